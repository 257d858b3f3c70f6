import Testing
import ZeroMQ
import ZeroMQTestSupport

@testable import HostileSubject

/// What a row may cost, where that is not what every row may cost.
struct Bounds {
    /// Bytes of resident memory by which the subject may have grown.
    var memory = 4 << 20
    /// Whether the subject may be busy: in rows that flood it.
    var isFlood = false
    /// How long a hundred messages with the good peer may take.
    var patience = Bounds.usualPatience

    #if DEBUG
    /// What is not optimised takes several times as long, and more where others use the machine.
    static let usualPatience = Duration.seconds(10)
    #else
    static let usualPatience = Duration.seconds(2)
    #endif
}

/// A socket in a process of its own.
final class Remote {
    private let process: ChildProcess
    private var baseline = (descriptors: 0, memory: 0)

    init(_ setting: Setting) throws {
        process = try ChildProcess("HostileSubject", setting.words)
    }

    // MARK: Questions

    /// Has the subject do something. Throws what it threw there.
    @discardableResult
    func ask(_ words: String...) throws -> [String] {
        try begin(words.joined(separator: " "))
        return try finish()
    }

    func begin(_ line: String) throws { try process.say(line) }

    func finish() throws -> [String] {
        let words = try process.hear().split(separator: " ").map(String.init)
        guard words.first == "ok", let count = Int(words[1]) else {
            throw RemoteError(code: words[1], text: Dialogue.text(words[2]))
        }
        return try (0..<count).map { _ in try process.hear() }
    }

    func receive() throws -> [[UInt8]] {
        try ask("receive", "1")[0].split(separator: ",").map { Dialogue.bytes($0) }
    }

    /// Receives one message and compares it.
    func expectMessage(
        _ message: Message,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let seen = try ask("receive", "1")
        #expect(seen == [Dialogue.fingerprint(message)], sourceLocation: sourceLocation)
    }

    func send(_ message: Message) throws {
        try begin("send " + message.map { Dialogue.hexadecimal($0) }.joined(separator: " "))
        _ = try finish()
    }

    var subscriptionCount: Int { get throws { Int(try ask("subscriptions")[0]) ?? -1 } }

    func waitForSubscribers(to topic: [UInt8]) throws {
        try ask("subscribers", "1", Dialogue.hexadecimal(topic))
    }

    /// Kills the subject.
    func crash() {
        #expect(throws: ChildProcess.Failure.ended(status: 9)) { try process.crash() }
    }

    /// Has the subject exit without closing anything.
    func exit() throws {
        try process.say("exit")
        #expect(throws: ChildProcess.Failure.ended(status: 0)) { _ = try process.hear() }
    }

    /// The error that a question is answered with; nil if it is none.
    func error(of words: String...) throws -> RemoteError? {
        do {
            try begin(words.joined(separator: " "))
            _ = try finish()
            return nil
        } catch let error as RemoteError {
            return error
        }
    }

    // MARK: Events

    /// Waits for the next event; nil if there is none in time.
    func nextEvent(milliseconds: Int = 10_000) throws -> SeenEvent? {
        try ask("event", "\(milliseconds)").first.flatMap(SeenEvent.init(line:))
    }

    /// Waits for the next completed handshake.
    func waitUntilReady() throws {
        if let reason = try nextOutcome() { throw Unexpected(reason: reason) }
    }

    /// Waits for the end of a handshake: nil if it succeeded, else the reason.
    func nextOutcome() throws -> DisconnectReason? {
        while let event = try nextEvent() {
            if event.name == "handshakeSucceeded" { return nil }
            if let reason = event.endReason { return reason }
        }
        throw Unexpected(reason: nil)
    }

    /// Waits for the end of a connection and returns its reason.
    func nextEnd() throws -> DisconnectReason {
        while let event = try nextEvent() {
            if let reason = event.endReason { return reason }
        }
        throw Unexpected(reason: nil)
    }

    /// Takes all events that are there; none of them may hold a control byte.
    func takeEvents(_ sourceLocation: SourceLocation = #_sourceLocation) throws -> [SeenEvent] {
        var events: [SeenEvent] = []
        while let event = try nextEvent(milliseconds: 0) {
            #expect(event.text.isPrintable, "U7 \(event)", sourceLocation: sourceLocation)
            events.append(event)
        }
        return events
    }

    // MARK: Costs

    /// What the subject uses now is what it shall use in the end.
    func noteBaseline() {
        baseline = (process.descriptorCount, process.residentBytes)
    }

    var hasBaseline: Bool { baseline.descriptors > 0 }

    /// What the subject has used so far.
    var processorTime: Duration { process.processorTime }

    /// U6: the subject does nothing while only `bad` is there to do something.
    func expectIdle(
        _ bounds: Bounds = Bounds(),
        _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        guard !bounds.isFlood else { return }
        let window = Counts.pick(everyday: Duration.milliseconds(40), full: .milliseconds(500))
        var share = 1.0
        // What is left to do from before ends; a subject that is kept busy stays so.
        for _ in 0..<5 where share >= 0.2 {
            let (start, used) = (ContinuousClock.now, process.processorTime)
            letPass(window)
            share = (process.processorTime - used) / (ContinuousClock.now - start)
        }
        #expect(share < 0.2, "U6", sourceLocation: sourceLocation)
    }

    /// U4, U5: descriptors and memory are what they were, a second after `bad` has gone at most.
    func expectNothingLeft(
        _ bounds: Bounds = Bounds(),
        _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let deadline = ContinuousClock.now + .seconds(1)
        while process.descriptorCount != baseline.descriptors, ContinuousClock.now < deadline {
            letPass(.milliseconds(1))
        }
        #expect(
            process.descriptorCount == baseline.descriptors,
            "U4",
            sourceLocation: sourceLocation
        )
        expectBoundedMemory(bounds, sourceLocation)
    }

    /// U5, at this moment.
    func expectBoundedMemory(
        _ bounds: Bounds = Bounds(),
        _ sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let growth = process.residentBytes - baseline.memory
        #expect(growth < bounds.memory, "U5", sourceLocation: sourceLocation)
    }
}

/// What a call threw in the subject's process.
struct RemoteError: Error, Equatable {
    let code: String
    let text: String
}

/// An event that a row does not allow, or none at all.
struct Unexpected: Error {
    let reason: DisconnectReason?
}

extension SocketEvent {
    /// Why a connection ended, if this event says that one did.
    var endReason: DisconnectReason? { SeenEvent(self).endReason }
}

extension String {
    /// Whether there is no control byte in it.
    var isPrintable: Bool { utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f } }
}
