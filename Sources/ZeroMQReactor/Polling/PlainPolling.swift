internal import CLibrary

/// `poll`, for kernels and filters that refuse to wait at an epoll descriptor.
///
/// It is level-triggered, and takes time in proportion to all descriptors. It is the last resort,
/// and better than connections on which nothing moves any more.
enum PlainPolling {
    /// The pause between two polls if polling would not wait. Events may be late by this much.
    static let pause = Duration.milliseconds(1)

    /// What one descriptor is polled for, and the answer, as `poll` takes them.
    typealias Question = pollfd

    static func question(_ descriptor: Int32, readable: Bool, writable: Bool) -> Question {
        var events: Int16 = 0
        // The kernel's POLLRDHUP has epoll's number; a feature macro hides it from Swift.
        if readable { events |= Int16(POLLIN) | hangupOfPeer }
        if writable { events |= Int16(POLLOUT) }
        return Question(fd: descriptor, events: events, revents: 0)
    }

    private static var hangupOfPeer: Int16 { 0x2000 }

    /// Polls. Returns false if nothing is ready, or if the system refuses this as well.
    static func ask(_ questions: inout [Question], milliseconds: Int32) -> Bool {
        questions.withUnsafeMutableBufferPointer { list in
            poll(list.baseAddress, nfds_t(list.count), milliseconds) > 0
        }
    }

    static func readiness(_ question: Question) -> Readiness {
        let bits = question.revents
        var readiness: Readiness = []
        if bits & Int16(POLLIN) != 0 { readiness.insert(.readable) }
        if bits & Int16(POLLOUT) != 0 { readiness.insert(.writable) }
        if bits & (hangupOfPeer | Int16(POLLHUP)) != 0 { readiness.insert(.hangup) }
        if bits & Int16(POLLERR) != 0 { readiness.insert(.error) }
        return readiness
    }
}
