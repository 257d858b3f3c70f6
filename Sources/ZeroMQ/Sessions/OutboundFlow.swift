internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The writing half of a connection: control frames and the outbound stream, into the descriptor.
///
/// Everything here is guarded by the connection's `Ownership`; it runs on the event loop or on an
/// application thread that took the word, and knows no difference.
struct OutboundFlow: ~Copyable {
    enum Outcome {
        /// Everything is written and the stream sleeps, or there is no connection to write to.
        case drained
        /// Everything is written, and in a moment there is likely to be more: the loop comes back.
        case lingering
        /// The kernel takes no more now; the descriptor will say when it does.
        case blocked
        /// There is more to write; others should have a turn first.
        case moreToWrite
        case failed(SystemError)
        /// STREAM: the application asked for the connection to be closed.
        case closeRequested
    }

    /// What one call hands to the kernel before others have a turn.
    static let budget = 1 << 20
    private static let mostVectors = 64

    let reader: StreamReader.Pointer
    let stream: WireStream
    /// STREAM sends bodies without frames.
    let isRaw: Bool
    private(set) var channel: (any StreamChannel)?
    /// What seals frames, if the connection is encrypted.
    private var sealed: SealedOutput?
    /// Bytes that go out before anything else at the next boundary: commands, or a raw body.
    private var control: [UInt8] = []
    private var controlOffset = 0
    /// Answers to PINGs that follow `control`; of those that wait, the newest count.
    private var answers: [[UInt8]] = []
    private static let mostAnswers = 4
    /// The loop will come back by itself: the stream need not sleep, and nobody has to wake it.
    private(set) var isLingering = false
    /// A sender has written what it had sent itself since the loop last came back.
    private var isServedElsewhere = false
    private var cutBodies = 0
    /// The last message shall not leave, so nothing does any more.
    private var isWithdrawn = false

    private let traffic: TrafficCounters

    init(stream: WireStream, isRaw: Bool, traffic: TrafficCounters) {
        self.stream = stream
        self.traffic = traffic
        self.reader = stream.reader
        self.isRaw = isRaw
    }

    /// Begins to write to a connection, `control` first.
    mutating func connect(
        _ channel: any StreamChannel,
        control: [UInt8],
        sealed: SealedOutput?
    ) {
        self.channel = isWithdrawn ? nil : channel
        self.sealed = sealed
        self.control = control
        controlOffset = 0
    }

    /// The connection has gone: goes back to the first message it did not take whole.
    mutating func disconnect() {
        // A raw body that has not left whole is in no queue any more.
        if isRaw, channel != nil, waitingControl > 0 { cutBodies += 1 }
        channel = nil
        sealed = nil
        control = []
        controlOffset = 0
        answers = []
        isLingering = false
        if isRaw { reader.pointee.acknowledgeRest() } else { reader.pointee.rewind() }
        stream.wakeProducerIfNeeded()
    }

    /// Takes the last message back, unless the kernel has all of it: false if so. What it has in
    /// part stays a part, and so the peer never has the message. Nothing is written from then on.
    mutating func withdrawLast() -> Bool {
        guard reader.pointee.pendingMessages > 0 else { return false }
        isWithdrawn = true
        channel = nil
        return true
    }

    /// How many bodies were cut by the ends of raw connections since this was last asked.
    mutating func takeCutBodies() -> Int {
        defer { cutBodies = 0 }
        return cutBodies
    }

    /// Whether it is time for more bytes that do not wait for messages: those before are on their
    /// way.
    var takesControl: Bool { channel != nil && waitingControl == 0 }

    /// Adds bytes that do not wait for messages. They go out at the next boundary.
    mutating func add(control bytes: [UInt8]) { control += bytes }

    /// Adds the answer to a PING. A peer that does not read them gets the newest few.
    mutating func add(answer bytes: [UInt8]) {
        if answers.count == Self.mostAnswers { answers.removeFirst() }
        answers.append(bytes)
    }

    /// Says a last word, if this is the place for it: between two messages, and nothing before it.
    mutating func say(farewell bytes: [UInt8]) {
        guard let channel, !isRaw, waitingControl == 0, isAtBoundary else { return }
        guard let sealed else {
            _ = bytes.withUnsafeBytes { channel.send($0) }
            return
        }
        guard sealed.isEmpty, !sealed.isExhausted else { return }
        sealed.add(control: bytes)
        _ = channel.send(sealed.bytes)
    }

    /// The socket counts by another mark from now on.
    mutating func setMark(_ mark: Int) {
        reader.pointee.setMark(mark)
        stream.wakeProducerIfNeeded()
    }

    /// Bytes that go out at the next boundary; what has begun to go out is completed first.
    private var waitingControl: Int { control.count - controlOffset }

    /// STREAM: what is left to write. It only changes when the kernel takes something, or when the
    /// application sends something.
    var rest: (messages: Int, bytes: Int) { (reader.pointee.pendingMessages, waitingControl) }

    /// Whether everything has been handed to the kernel.
    var isEmpty: Bool {
        waitingControl == 0 && answers.isEmpty && reader.pointee.isEmpty
            && sealed?.isEmpty != false
    }

    /// The same as `flush`, but nil, and nothing done, if the connection is encrypted.
    mutating func flushUnlessSealed() -> Outcome? {
        sealed == nil ? flush() : nil
    }

    /// Writes until there is nothing left, the kernel takes no more, or the budget is used up.
    ///
    /// In the middle of a burst the stream is not put to sleep if the loop comes back to it; what a
    /// sender publishes meanwhile costs it no wake-up, and becomes one batch.
    mutating func flush(mayLinger: Bool = false) -> Outcome {
        guard let channel else { return .drained }
        if !mayLinger { isServedElsewhere = true }
        var budget = Self.budget
        while budget > 0 {
            if waitingControl == 0, !answers.isEmpty { takeAnswers() }
            let step =
                if let sealed {
                    writeSealed(sealed, channel)
                } else if waitingControl > 0, isAtBoundary {
                    writeControl(channel)
                } else {
                    writeStream(channel)
                }
            switch step {
            case .wrote(let count):
                budget -= count
                if mayLinger, waitingControl == 0, lingers() { return .lingering }
            case .nothing:
                if isLingering, !mayLinger || lingers() {
                    reader.pointee.acknowledgeRest()
                    stream.wakeProducerIfNeeded()
                    return mayLinger ? .lingering : .drained
                }
                isLingering = false
                if reader.pointee.sleep() {
                    stream.wakeProducerIfNeeded()
                    return .drained
                }
            case .stopped(let outcome):
                // The descriptor will say when it takes more.
                isLingering = false
                stream.wakeProducerIfNeeded()
                return outcome
            }
        }
        isLingering = false
        stream.wakeProducerIfNeeded()
        return .moreToWrite
    }

    /// The loop comes back after a burst. A sender that fills the stream and writes it itself is
    /// best left alone; once it has ceased to, what is left is written here.
    mutating func flushAgain() -> Outcome {
        guard channel != nil, isServedElsewhere else { return flush(mayLinger: true) }
        isServedElsewhere = false
        return .lingering
    }

    /// Begins or goes on to linger if so much came since the last time that more is to come.
    ///
    /// What has come meanwhile waits as well: it would be a small batch, and whoever takes it away
    /// from a sender at work slows both down.
    private mutating func lingers() -> Bool {
        isLingering = !isRaw && reader.pointee.ranDryAfterBurst()
        guard isLingering else { return false }
        reader.pointee.stayAwake()
        stream.wakeProducerIfNeeded()
        return true
    }

    private enum Step {
        case wrote(Int)
        case nothing
        case stopped(Outcome)
    }

    /// Between two messages, where commands may go.
    private var isAtBoundary: Bool { isRaw || controlOffset > 0 || reader.pointee.isAtSafePoint }

    private mutating func takeAnswers() {
        control = Array(answers.joined())
        controlOffset = 0
        answers = []
    }

    private mutating func writeControl(_ channel: any StreamChannel) -> Step {
        let result = control.withUnsafeBytes {
            channel.send(UnsafeRawBufferPointer(rebasing: $0[controlOffset...]))
        }
        let step = step(for: result)
        if case .wrote(let count) = step {
            controlOffset += count
            if controlOffset == control.count {
                control.removeAll(keepingCapacity: false)
                controlOffset = 0
            }
        }
        return step
    }

    private mutating func writeStream(_ channel: any StreamChannel) -> Step {
        if isRaw { return takeRawBody() }
        let result = withUnsafeTemporaryAllocation(
            of: IOVector.self,
            capacity: Self.mostVectors
        ) { vectors -> IOResult? in
            let count = reader.pointee.gather(into: vectors, limit: Self.budget)
            guard count > 0 else { return nil }
            if count == 1 {
                let only = vectors[0]
                return channel.send(UnsafeRawBufferPointer(start: only.base, count: only.count))
            }
            return channel.send(vectors: UnsafeBufferPointer(rebasing: vectors[..<count]))
        }
        guard let result else { return .nothing }
        let step = step(for: result)
        if case .wrote(let count) = step { reader.pointee.advance(by: count) }
        return step
    }

    /// Writes what is sealed, or seals more.
    private mutating func writeSealed(_ sealed: SealedOutput, _ channel: any StreamChannel) -> Step
    {
        if sealed.isEmpty {
            guard !sealed.isExhausted else { return .stopped(.failed(.connectionReset)) }
            if waitingControl > 0, isAtBoundary {
                sealed.add(control: control)
                control = []
            }
            sealed.fill(from: reader)
            guard !sealed.isEmpty else {
                sealed.rest()
                return .nothing
            }
        }
        let step = step(for: channel.send(sealed.bytes))
        if case .wrote(let count) = step {
            let clear = sealed.sent(count)
            if clear > 0 { reader.pointee.advance(by: clear) }
        }
        return step
    }

    /// STREAM: makes the next body the bytes to be written.
    private mutating func takeRawBody() -> Step {
        guard reader.pointee.hasMessage() else { return .nothing }
        let message = reader.pointee.takeMessage()
        guard message.byteCount > 0 else { return .stopped(.closeRequested) }
        control = message.withUnsafeBytes { Array($0) }
        controlOffset = 0
        return .wrote(0)
    }

    private func step(for result: IOResult) -> Step {
        switch result {
        case .processed(let count):
            traffic.bytesSent.wrappingAdd(count, ordering: .relaxed)
            return .wrote(count)
        case .wouldBlock: return .stopped(.blocked)
        case .endOfStream: return .stopped(.failed(.connectionReset))
        case .failed(let error): return .stopped(.failed(error))
        }
    }
}

extension StreamReader {
    /// Whether the next byte begins a message, as far as is known without a look at headers.
    var isAtSafePoint: Bool { bodyOffset == 0 && position == safe.position }
}
