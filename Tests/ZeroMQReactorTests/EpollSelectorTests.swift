import Glibc
import Testing

@testable import ZeroMQReactor

@Suite("The selector of Linux")
struct EpollSelectorTests {
    private let selector: EpollSelector

    init() throws { selector = try EpollSelector() }

    private func poll(nanoseconds: Int64? = 0) -> [ReadyEvent] {
        var events: [ReadyEvent] = []
        selector.wait(nanoseconds: nanoseconds, into: &events)
        return events
    }

    /// The two ends of a pipe with a byte in it, reported on under this number.
    private func withReadablePipe(token: UInt64, _ body: (Int32) -> Void) throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        try selector.add(ends[0], token: token)
        #expect(write(ends[1], "x", 1) == 1)
        body(ends[0])
    }

    @Test("each alarm ends a wait once, and the last one set is the one that rings")
    func alarm() {
        for _ in 0..<3 {
            selector.setAlarm(after: .seconds(3600))
            selector.setAlarm(after: .microseconds(100))
            // Without the alarm this wait would not end.
            #expect(poll(nanoseconds: nil) == [])
        }
        selector.setAlarm(after: .zero)
        #expect(poll(nanoseconds: nil) == [])
    }

    @Test("what was reported once is reported again after a reminder")
    func reminder() throws {
        try withReadablePipe(token: 7) { descriptor in
            #expect(poll().map(\.token) == [7])
            #expect(poll() == [])
            selector.remind(of: descriptor, token: 7)
            #expect(poll().map(\.token) == [7])
            #expect(poll() == [])
        }
    }

    @Test("a reminder of what is not reported on any more changes nothing")
    func lateReminder() throws {
        try withReadablePipe(token: 7) { descriptor in
            selector.remove(descriptor)
            selector.remind(of: descriptor, token: 7)
            #expect(poll() == [])
        }
    }
}
