import Glibc
import Synchronization
import ZeroMQProtocol
import ZeroMQReactor

@testable import ZeroMQ

/// Has the reading half read what a script says, and compares what comes of it with the reference.
///
/// Everything happens on the caller's thread, in an order that follows from the script alone.
final class WalkerRun {
    /// A command that begins with this byte is one that the handler refuses.
    static let badCommand: UInt8 = 3

    private let script: WalkerScript
    private let stream: WireStream
    private let traffic = TrafficCounters()
    private var flow: InboundFlow
    /// The highest that the mark has been.
    private var highestMark: Int
    private var recycled = Message()

    // Of the connection that is being read.
    private var image: WireImage
    private var reference: ReferenceDecoder
    private var notices: NoticeCheck
    private var taken = 0

    private(set) var complaint: String?

    /// What is wrong, or nil.
    static func complaint(about script: WalkerScript) -> String? {
        let run = WalkerRun(script)
        for (number, connection) in script.connections.enumerated() {
            run.read(connection)
            if let complaint = run.complaint { return "connection \(number): \(complaint)" }
        }
        return nil
    }

    private init(_ script: WalkerScript) {
        self.script = script
        stream = WireStream(highWaterMark: script.mark, readerRetains: false)
        highestMark = WireStream.effectiveMark(script.mark)
        flow = InboundFlow(stream: stream, traffic: traffic)
        var nobody: CurveSender?
        image = WireImage([], sealing: &nobody)
        reference = ReferenceDecoder(script, image)
        notices = NoticeCheck(image.clear, reference.notices)
    }

    private func read(_ connection: WalkerScript.Connection) {
        var sender = script.isSealed ? SealedPair.traffic?.sender : nil
        image = WireImage(connection.items, sealing: &sender)
        image.lose(connection.missing)
        reference = ReferenceDecoder(script, image)
        notices = NoticeCheck(image.clear, reference.notices)
        taken = 0
        let surplus = image.wire.prefix(script.surplus)
        let channel = ScriptedChannel(
            Array(image.wire.dropFirst(surplus.count)),
            cuts: connection.cuts
        )
        let received = traffic.bytesReceived.load(ordering: .relaxed)
        connect(channel)
        surplus.withUnsafeBytes { flow.fill(copying: $0) }
        drive(connection)
        flow.disconnect()
        _ = take(.max)
        if stream.reader.pointee.pendingMessages > 0 { complain("messages are left") }
        if taken != reference.messages.count {
            complain("\(taken) messages instead of \(reference.messages.count)")
        }
        if reference.fault == nil, notices.passed != reference.passed {
            complain("\(notices.passed) messages passed over instead of \(reference.passed)")
        }
        if let fault = channel.complaint ?? notices.finalComplaint { complain(fault) }
        let counted = traffic.bytesReceived.load(ordering: .relaxed) - received
        if counted != channel.delivered {
            complain("\(counted) bytes counted, \(channel.delivered) delivered")
        }
    }

    private func connect(_ channel: ScriptedChannel) {
        let walker = InboundWalker(
            writer: stream.writer,
            policy: InboundPolicy(script.kind),
            limits: script.limits
        )
        var sealed: SealedInput?
        if script.isSealed, let receiver = SealedPair.traffic?.receiver {
            sealed = SealedInput(receiver)
        }
        flow.connect(channel, walker, at: nil, sealed: sealed)
    }

    /// Follows the steps, and then goes on until the connection ends.
    private func drive(_ connection: WalkerScript.Connection) {
        var steps = connection.steps[...]
        // Each turn moves something or uses up a step or a cut; at the end there may be a few more.
        var turns = connection.steps.count + 2 * connection.cuts.count + image.wire.count + 64
        while complaint == nil {
            turns -= 1
            guard turns > 0 else { return complain("it stands still") }
            switch steps.popFirst() {
            case .readElsewhere: readElsewhere()
            case .take(let count): _ = take(count)
            case .setMark(let mark): setMark(mark)
            case .readOnLoop: if readOnLoop() { return }
            case nil:
                if readOnLoop() { return }
                if take(.max), stream.reader.pointee.hasHeldBack { readElsewhere() }
            }
        }
    }

    // MARK: Reading

    /// True if the connection has ended.
    private func readOnLoop() -> Bool {
        let outcome = flow.read(notices, hasHungUp: false)
        afterReading()
        switch outcome {
        case .drained, .awaitingUptake, .moreToDo, .moreToRead: return false
        case .heldBack:
            if stream.unacknowledged == 0 { complain("messages are kept back behind none") }
            return false
        case .ended(let end):
            check(end)
            return true
        }
    }

    private func readElsewhere() {
        // Whatever has to be done by the loop, the loop finds out again.
        _ = flow.readElsewhere()
        afterReading()
    }

    private func afterReading() {
        _ = flow.takeWakeUp()
        if let fault = notices.complaint { complain(fault) }
        if stream.unacknowledged > highestMark { complain("the mark is exceeded") }
    }

    private func setMark(_ mark: Int) {
        let mark = WireStream.effectiveMark(mark)
        highestMark = max(highestMark, mark)
        flow.setMark(mark)
        stream.reader.pointee.setMark(mark)
    }

    private func check(_ end: SessionEnd) {
        switch (end, reference.fault) {
        case (.closedByPeer, nil): break
        case (.violation(let error), let fault?) where error.reason == fault: break
        default: complain("ended by \(end) instead of \(String(describing: reference.fault))")
        }
    }

    // MARK: Taking

    /// Takes so many messages. True if there are none left.
    private func take(_ most: Int) -> Bool {
        for _ in 0..<most {
            guard stream.reader.pointee.hasMessage() else { return stream.reader.pointee.sleep() }
            if script.recycles {
                stream.reader.pointee.takeMessage(into: &recycled)
            } else {
                recycled = stream.reader.pointee.takeMessage()
            }
            check(recycled)
            guard complaint == nil else { return true }
        }
        return false
    }

    private func check(_ message: Message) {
        guard taken < reference.messages.count else { return complain("a message too many") }
        let parts = reference.messages[taken]
        if parts.count != message.count {
            complain("message \(taken) has \(message.count) parts instead of \(parts.count)")
        } else {
            for (frame, part) in zip(message, parts) where !frame.isEqual(to: image.clear[part]) {
                complain("message \(taken) is not what was sent")
            }
        }
        taken += 1
    }

    private func complain(_ text: String) { complaint = complaint ?? text }
}

extension UnsafeRawBufferPointer {
    /// By the C library: comparing element by element is slow in a build for debugging.
    fileprivate func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let base = baseAddress, let start = other.baseAddress else { return true }
        return memcmp(base, start, count) == 0
    }
}

extension Frame {
    func isEqual(to bytes: ArraySlice<UInt8>) -> Bool {
        withUnsafeBytes { own in bytes.withUnsafeBytes { own.isEqual(to: $0) } }
    }
}

/// Compares what the loop is told of with what it has to be told of.
final class NoticeCheck: CommandHandler {
    private let clear: [UInt8]
    private var expected: ArraySlice<ReferenceDecoder.Notice>
    /// Messages that were not to be received.
    private(set) var passed = 0
    private(set) var complaint: String?

    init(_ clear: [UInt8], _ notices: [ReferenceDecoder.Notice]) {
        self.clear = clear
        expected = notices[...]
    }

    var finalComplaint: String? {
        complaint ?? (expected.isEmpty ? nil : "\(expected.count) notices were not given")
    }

    func answer(_ command: UnsafeRawBufferPointer) -> ProtocolError? {
        guard case .command(let range) = expected.popFirst() else {
            complaint = "a command that was not expected"
            return nil
        }
        compare(command, range)
        return command.first == WalkerRun.badCommand ? ProtocolError(.heartbeat) : nil
    }

    func subscriptionChanged(_ topic: UnsafeRawBufferPointer, isSubscribe: Bool) {
        guard case .topic(let range, let wanted) = expected.popFirst(), wanted == isSubscribe else {
            complaint = "a subscription that was not expected"
            return
        }
        compare(topic, range)
    }

    func hasRoomForSubscription() -> Bool { true }

    func passedOver(_ messages: Int) { passed += messages }

    private func compare(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        let isEqual = clear[range].withUnsafeBytes { bytes.isEqual(to: $0) }
        if !isEqual { complaint = complaint ?? "a notice is not what was sent" }
    }
}
