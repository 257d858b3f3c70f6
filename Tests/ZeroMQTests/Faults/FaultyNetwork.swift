import Glibc
import ZeroMQReactor

@testable import ZeroMQ

/// The kernel's network, of which a test takes parts away.
///
/// Refusals are given to the next calls of a kind, in order; the calls after them are the kernel's.
/// A connection that was refused reading or writing is broken: it will be refused again.
final class FaultyNetwork: Network {
    /// The kinds of call that can be refused.
    enum Call: CaseIterable {
        case makeSelector, register, listen, connect, accept, receive, send
    }

    /// How much one call moves, at most.
    enum Step: Sendable {
        case everything
        case one
        /// Between one byte and this many, drawn for each call.
        case random(upTo: Int)
    }

    private struct State: Sendable {
        var refusals: [Call: [Int32]] = [:]
        var step = Step.everything
        var isMute = false
        var hidesAddresses = false
        var beforeReceiving: @Sendable () -> Void = {}
        var beforeSending: @Sendable () -> Void = {}
        var openChannels = 0
        var dice = SeededGenerator(seed: 8)
    }

    private let state = Locked(State())
    private let kernel = KernelNetwork()

    /// Refuses the next calls of a kind, one with each of these numbers.
    func refuse(_ call: Call, _ numbers: [Int32]) {
        state.withLock { $0.refusals[call, default: []] += numbers }
    }

    /// How many refusals of a kind have not been met yet.
    func pendingRefusals(_ call: Call) -> Int { state.withLock { $0.refusals[call]?.count ?? 0 } }

    /// Whether calls move less than they could.
    var isLimited: Bool {
        state.withLock { if case .everything = $0.step { false } else { true } }
    }

    func limit(to step: Step) { state.withLock { $0.step = step } }

    /// From here on nobody is told where a listener listens.
    func hideAddresses(_ hides: Bool = true) { state.withLock { $0.hidesAddresses = hides } }

    var hidesAddresses: Bool { state.withLock { $0.hidesAddresses } }

    /// From here on nobody takes anything that is sent.
    func takeNothing() { state.withLock { $0.isMute = true } }

    var isMute: Bool { state.withLock { $0.isMute } }

    /// Has something done before each attempt to receive, on the thread that makes it.
    func beforeReceiving(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.beforeReceiving = body }
    }

    func noteReceiving() { state.withLock { $0.beforeReceiving }() }

    /// Has something done before each attempt to send, on the thread that makes it.
    func beforeSending(_ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.beforeSending = body }
    }

    func noteSending() { state.withLock { $0.beforeSending }() }

    /// How many connections have a descriptor.
    var openChannels: Int { state.withLock { $0.openChannels } }

    func noteChannel(opened: Bool) { state.withLock { $0.openChannels += opened ? 1 : -1 } }

    func refusal(_ call: Call) -> SystemError? {
        state.withLock { state in
            guard let number = state.refusals[call]?.first else { return nil }
            state.refusals[call]?.removeFirst()
            return SystemError(errno: number)
        }
    }

    /// How much of `count` bytes the next call may move.
    func allowance(_ count: Int) -> Int {
        state.withLock { state in
            switch state.step {
            case .everything: count
            case .one: min(1, count)
            case .random(let most): min(count, Int.random(in: 1...most, using: &state.dice))
            }
        }
    }

    // MARK: Network

    func makeSelector() throws(SystemError) -> any Selector {
        if let refusal = refusal(.makeSelector) { throw refusal }
        return FaultySelector(self, try kernel.makeSelector())
    }

    func listen(
        on address: SocketAddress,
        backlog: Int32,
        options: DescriptorOptions
    ) throws(SystemError) -> any ListeningChannel {
        if let refusal = refusal(.listen) { throw refusal }
        return FaultyListener(
            self,
            try kernel.listen(on: address, backlog: backlog, options: options)
        )
    }

    func connect(
        to peer: SocketAddress,
        from source: SocketAddress?,
        options: DescriptorOptions
    ) throws(SystemError) -> ConnectAttempt {
        if let refusal = refusal(.connect) { throw refusal }
        let (stream, isInProgress) = try kernel.connect(to: peer, from: source, options: options)
        return (FaultyChannel(self, stream), isInProgress)
    }
}

/// A selector that says again what the kernel says once, as if each event were a new one.
///
/// Where calls move less than they could, the kernel would report the rest; here it does not know.
private final class FaultySelector: Selector {
    private let network: FaultyNetwork
    private let kernel: any Selector
    private let tokens = Locked<Set<UInt64>>([])

    init(_ network: FaultyNetwork, _ kernel: any Selector) {
        (self.network, self.kernel) = (network, kernel)
    }

    func add(_ descriptor: Int32, token: UInt64) throws(SystemError) {
        if let refusal = network.refusal(.register) { throw refusal }
        try kernel.add(descriptor, token: token)
        tokens.withLock { _ = $0.insert(token) }
    }

    // Each event is said again anyway.
    func remind(of descriptor: Int32, token: UInt64) {}

    // Tokens are never used again, so that what is left of one finds nobody.
    func remove(_ descriptor: Int32) { kernel.remove(descriptor) }

    func wait(nanoseconds: Int64?, into events: inout [ReadyEvent]) {
        let pause = network.isLimited ? 0 : min(nanoseconds ?? .max, 1_000_000)
        kernel.wait(nanoseconds: pause, into: &events)
        let reported = Set(events.map(\.token))
        for token in tokens.withLock({ $0 }) where !reported.contains(token) {
            events.append(ReadyEvent(token: token, readiness: [.readable, .writable]))
        }
    }

    func setAlarm(after delay: Duration) { kernel.setAlarm(after: delay) }

    func wake() { kernel.wake() }
}

private final class FaultyListener: ListeningChannel {
    private let network: FaultyNetwork
    private let kernel: any ListeningChannel

    init(_ network: FaultyNetwork, _ kernel: any ListeningChannel) {
        (self.network, self.kernel) = (network, kernel)
    }

    var descriptor: Int32 { kernel.descriptor }
    var localAddress: SocketAddress? { network.hidesAddresses ? nil : kernel.localAddress }
    func close() { kernel.close() }

    func accept() -> AcceptResult {
        // A refusal is met by somebody who waits, and leaves him waiting.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 0) == 1 else { return .wouldBlock }
        if let refusal = network.refusal(.accept) { return .failed(refusal) }
        guard case .accepted(let channel, let address) = kernel.accept() else {
            return .wouldBlock
        }
        return .accepted(FaultyChannel(network, channel), address)
    }
}

private final class FaultyChannel: StreamChannel {
    private let network: FaultyNetwork
    private let kernel: any StreamChannel
    private let broken = Locked<[FaultyNetwork.Call: SystemError]>([:])
    private let isOpen = Locked(true)

    init(_ network: FaultyNetwork, _ kernel: any StreamChannel) {
        (self.network, self.kernel) = (network, kernel)
        network.noteChannel(opened: true)
    }

    deinit { close() }

    private func refusal(_ call: FaultyNetwork.Call) -> SystemError? {
        broken.withLock { broken in
            if broken[call] == nil { broken[call] = network.refusal(call) }
            return broken[call]
        }
    }

    var descriptor: Int32 { kernel.descriptor }
    var isSelfConnected: Bool { kernel.isSelfConnected }
    func finishConnect() -> SystemError? { kernel.finishConnect() }

    func close() {
        kernel.close()
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        if wasOpen { network.noteChannel(opened: false) }
    }

    func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        network.noteReceiving()
        if let refusal = refusal(.receive) { return .failed(refusal) }
        guard buffer.count > 0 else { return .processed(0) }
        return kernel.receive(into: .init(rebasing: buffer[..<network.allowance(buffer.count)]))
    }

    func receive(
        into first: UnsafeMutableRawBufferPointer,
        then second: UnsafeMutableRawBufferPointer
    ) -> IOResult {
        network.noteReceiving()
        if let refusal = refusal(.receive) { return .failed(refusal) }
        let allowed = network.allowance(first.count + second.count)
        let whole = min(allowed, first.count)
        return kernel.receive(
            into: .init(rebasing: first[..<whole]),
            then: .init(rebasing: second[..<(allowed - whole)])
        )
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        network.noteSending()
        guard !network.isMute else { return .wouldBlock }
        if let refusal = refusal(.send) { return .failed(refusal) }
        return kernel.send(.init(rebasing: bytes[..<network.allowance(bytes.count)]))
    }

    func send(vectors: UnsafeBufferPointer<IOVector>) -> IOResult {
        network.noteSending()
        guard !network.isMute else { return .wouldBlock }
        if let refusal = refusal(.send) { return .failed(refusal) }
        var left = network.allowance(vectors.reduce(0) { $0 + $1.count })
        var list: [IOVector] = []
        for vector in vectors where left > 0 {
            list.append(IOVector(base: vector.base, count: min(left, vector.count)))
            left -= min(left, vector.count)
        }
        return list.withUnsafeBufferPointer { kernel.send(vectors: $0) }
    }
}
