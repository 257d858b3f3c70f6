internal import Synchronization
internal import ZeroMQProtocol
internal import ZeroMQReactor

/// The writing half of a connection: control frames and the outbound stream, into the descriptor.
///
/// Used only by the holder of its claim: the event loop, or an application thread. It behaves the
/// same on either.
struct OutboundFlow: ~Copyable {
    enum Outcome {
        /// Everything is written and the stream sleeps, or there is no connection.
        case drained
        /// Everything is written, and more is likely to come in a moment: the loop comes back.
        case lingering
        /// The kernel takes no more now; the descriptor will report when it does.
        case blocked
        /// There is more to write, but others should have a turn first.
        case moreToWrite
        case failed(SystemError)
        /// STREAM: the application asked to close the connection.
        case closeRequested
    }

    /// The most bytes that one call hands to the kernel before others have a turn.
    static let budget = 1 << 20
    private static let mostVectors = 64

    let reader: StreamReader.Pointer
    let stream: WireStream
    /// STREAM sends bodies without frames.
    let isRaw: Bool
    private(set) var channel: (any StreamChannel)?
    /// Seals frames, if the connection is encrypted.
    private var sealed: SealedOutput?
    /// Bytes that go out first at the next message boundary: commands, or a raw body.
    private var control: [UInt8] = []
    private var controlOffset = 0
    /// PINGs and answers to PINGs, sent after `control`. Only the newest few are kept waiting.
    private var answers: [[UInt8]] = []
    private static let mostAnswers = 4
    /// The loop comes back by itself, so the stream need not sleep and producers need not wake it.
    private(set) var isLingering = false
    /// An application thread has written to the descriptor since the loop last came back.
    private var isServedElsewhere = false
    private var cutBodies = 0
    /// The last message was taken back, so nothing is written any more.
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

    /// The connection has ended: returns to the first message that it did not take whole.
    mutating func disconnect() {
        // A raw body that was not written whole has already left the queue.
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

    /// Takes the last message back. Returns false if the kernel has all of it. Otherwise nothing is
    /// written any more, so the peer never receives the message whole, even if a part was written.
    mutating func withdrawLast() -> Bool {
        guard reader.pointee.pendingMessages > 0 else { return false }
        isWithdrawn = true
        channel = nil
        return true
    }

    /// Returns how many bodies were cut by the end of a raw connection, and resets the count.
    mutating func takeCutBodies() -> Int {
        defer { cutBodies = 0 }
        return cutBodies
    }

    /// Whether more control bytes may be added, because all earlier ones were handed to the kernel.
    var takesControl: Bool { channel != nil && waitingControl == 0 }

    /// Adds bytes that need not wait for messages. They go out at the next message boundary.
    mutating func add(control bytes: [UInt8]) { control += bytes }

    /// Adds the answer to a PING. A peer that does not read them gets only the newest few.
    mutating func add(answer bytes: [UInt8]) {
        if answers.count == Self.mostAnswers { answers.removeFirst() }
        answers.append(bytes)
    }

    /// Adds a PING of this side, unless the same waits already.
    mutating func add(ping bytes: [UInt8]) {
        if !answers.contains(bytes) { add(answer: bytes) }
    }

    /// Sends a last ERROR frame, if possible: at a message boundary, with nothing waiting before
    /// it.
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

    /// Sets the high-water mark of the stream.
    mutating func setMark(_ mark: Int) {
        reader.pointee.setMark(mark)
        stream.wakeProducerIfNeeded()
    }

    /// Bytes that go out at the next boundary. A frame that was begun is completed first.
    private var waitingControl: Int { control.count - controlOffset }

    /// STREAM: what is left to write. Changes only when the kernel takes bytes, or the application
    /// sends more.
    var rest: (messages: Int, bytes: Int) { (reader.pointee.pendingMessages, waitingControl) }

    /// Whether everything has been handed to the kernel.
    var isEmpty: Bool {
        waitingControl == 0 && answers.isEmpty && reader.pointee.isEmpty
            && sealed?.isEmpty != false
    }

    /// Like `flush`, but does nothing and returns nil if the connection is encrypted.
    mutating func flushUnlessSealed() -> Outcome? {
        sealed == nil ? flush() : nil
    }

    /// Writes until nothing is left, the kernel takes no more, or the budget is used up.
    ///
    /// In the middle of a burst the stream is kept awake, if the loop comes back to it. Messages
    /// that a sender publishes meanwhile need no wake-up, and go out in one batch.
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
                // The descriptor will report when it takes more.
                isLingering = false
                stream.wakeProducerIfNeeded()
                return outcome
            }
        }
        isLingering = false
        stream.wakeProducerIfNeeded()
        return .moreToWrite
    }

    /// Called when the loop comes back after a burst. If an application thread has written since
    /// the last time, it is left to write; when it no longer does, the loop writes the rest.
    mutating func flushAgain() -> Outcome {
        guard channel != nil, isServedElsewhere else { return flush(mayLinger: true) }
        isServedElsewhere = false
        return .lingering
    }

    /// Begins or continues to wait for more, if the last interval brought so much that more is
    /// likely.
    ///
    /// Messages that have come meanwhile wait too. They would be a small batch, and taking them
    /// from a sender that is still publishing slows down both threads.
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

    /// Writes what is already sealed, or seals more.
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

    /// STREAM: takes the next body out of the queue, as the bytes to write next.
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
    /// Whether the next byte begins a message, as far as that is known without parsing headers.
    var isAtSafePoint: Bool { bodyOffset == 0 && position == safe.position }
}
