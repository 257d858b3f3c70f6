import Glibc

/// Ends the process, with words, if anybody is at one thing for much longer than it may take.
///
/// Measured by the steps of each worker, not by the time that an island takes, which a slow machine
/// stretches. Every call that is given a time to wait has failed by itself long before.
enum Watch {
    private static let limit = Island.patience * 3

    static func begin() throws {
        try Crew().start("the watch", isListed: false) {
            var stuck: String?
            while stuck == nil {
                usleep(200_000)
                stuck = Roster.shared.stuck(since: .now - limit)
            }
            throw Failure("it hangs: \(stuck ?? "")")
        }
    }
}
