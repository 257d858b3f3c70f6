// Logs: programs hand over records and never wait for the collector; errors overtake the rest.
//
// Each priority has a socket of its own, with a queue that has an end. What does not fit is not
// sent, but it is counted, and the count arrives: what came and what is missing add up.

import Foundation
import ZeroMQ

extension GuideProgram {
    static let logs = GuideProgram(
        name: "logs",
        pattern: "PUSH, PULL",
        tryThis: "stop the collector with SIGSTOP while programs log, and let it go on",
        shows: "priorities, back-pressure, and losses that are counted",
        roles: [
            Role(name: "collector", arguments: "[errors] [records] [file]") { arguments in
                try await LogCollector(
                    errors: arguments.text(0, default: "tcp://*:7021"),
                    records: arguments.text(1, default: "tcp://*:7022"),
                    file: arguments.text(2, default: "/dev/null")
                ).run()
            },
            Role(name: "program", arguments: "[errors] [records] [name] [count]") { arguments in
                try await LoggingProgram(
                    errors: arguments.text(0, default: "tcp://localhost:7021"),
                    records: arguments.text(1, default: "tcp://localhost:7022"),
                    name: arguments.text(2, default: "a")
                ).log(try arguments.number(3, default: 20_000))
            },
        ],
        play: {
            let (errors, records) = ("inproc://log-errors", "inproc://log-records")
            let collector = LogCollector(errors: errors, records: records, file: "/dev/null")
            func program(_ name: String) -> LoggingProgram {
                LoggingProgram(errors: errors, records: records, name: name)
            }
            let (a, b) = (program("a"), program("b"))
            try await playing(together: [{ try await a.log(5000) }, { try await b.log(5000) }]) {
                try await collector.run(programs: 2)
            }
        }
    )
}

/// Writes down what programs hand over.
private struct LogCollector {
    let errors: String
    let records: String
    let file: String

    private enum Input {
        case error(Message)
        case record(Message)
        case flush
    }

    /// Runs until so many programs have said everything; nil is no limit.
    func run(programs: Int? = nil) async throws {
        guard let handle = FileHandle(forWritingAtPath: file) ?? Self.create(file) else {
            throw CannotWrite(file: file)
        }
        try handle.seekToEnd()
        try await withSockets(PullSocket(), PullSocket(), linger: .discard) { urgent, ordinary in
            say("collector: errors at \(try urgent.bind(errors))")
            say("collector: records at \(try ordinary.bind(records))")
            var batch: [Message] = []
            var books = LogBooks()
            let select = Select<Input>()
            select.add(urgent) { .error($0) }
            // What there is no time for stays in the queues, and in the end with the programs.
            select.add(ordinary, when: { batch.count < 1000 }) { .record($0) }
            select.every(.milliseconds(20)) { .flush }
            for try await input in select {
                switch input {
                case .error(let message):
                    batch.append(message)
                    try Self.write(&batch, to: handle)
                    books.add(message)
                case .record(let message):
                    batch.append(message)
                    books.add(message)
                case .flush: try Self.write(&batch, to: handle)
                }
                let lines = books.takeBalanced()
                guard !lines.isEmpty else { continue }
                // Nobody is told that all is there before all is written.
                try Self.write(&batch, to: handle)
                for line in lines { say("collector: \(line)") }
                if books.balancedCount == programs { return }
            }
        }
    }

    private static func create(_ path: String) -> FileHandle? {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        return FileHandle(forWritingAtPath: path)
    }

    private static func write(_ batch: inout [Message], to handle: FileHandle) throws {
        let lines = batch.map { $0.map { String($0) }.joined(separator: " ") + "\n" }
        try handle.write(contentsOf: Data(lines.joined().utf8))
        batch.removeAll(keepingCapacity: true)
    }

    private struct CannotWrite: Error, CustomStringConvertible {
        let file: String

        var description: String { "collector: cannot write to \(file)" }
    }
}

/// What has come from each program, and what it says is missing.
private struct LogBooks {
    private var received: [Frame: Int] = [:]
    private var ends: [Frame: (count: Int, lost: Int)] = [:]
    private(set) var balancedCount = 0

    /// Level, program and text; or "end", program, number of records and of those lost.
    mutating func add(_ message: Message) {
        guard let program = message.frame(at: 1) else { return }
        guard message.first == "end" else {
            received[program, default: 0] += 1
            return
        }
        guard let count = message.frame(at: 2).flatMap({ Int(String($0)) }),
            let lost = message.frame(at: 3).flatMap({ Int(String($0)) })
        else { return }
        ends[program] = (count, lost)
    }

    /// The programs of which everything has come. Their errors may come after their end: the two
    /// travel on connections of their own.
    mutating func takeBalanced() -> [String] {
        var lines: [String] = []
        for (program, end) in ends where received[program, default: 0] + end.lost == end.count {
            ends[program] = nil
            received[program] = nil
            balancedCount += 1
            lines.append("\(program) has all of \(end.count), \(end.lost) of them as lost")
        }
        return lines
    }
}

/// A program that has better things to do than to wait for its log.
private struct LoggingProgram {
    let errors: String
    let records: String
    let name: String

    func log(_ count: Int) async throws {
        try await withSockets(PushSocket(), PushSocket()) { urgent, ordinary in
            for socket in [urgent, ordinary] {
                // Records that nobody has read for so long are of no use to anybody.
                socket.sendHighWaterMark = 1000
            }
            try urgent.connect(errors)
            try ordinary.connect(records)
            var lost = 0
            for number in 1...count {
                let isError = number % 100 == 0
                let record: Message = [
                    isError ? "error" : "info", Frame(name), "record \(number)",
                ]
                if try !(isError ? urgent : ordinary).trySend(record) { lost += 1 }
            }
            // This one waits for room, behind everything that is still on its way.
            say("\(name): \(lost) of \(count) records had no room")
            try await ordinary.send(["end", Frame(name), "\(count)", "\(lost)"])
        }
    }
}
