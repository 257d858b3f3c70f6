import Glibc

/// What went wrong.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Says what has to hold.
func expect(_ isSo: Bool, _ description: @autoclosure () -> String) throws(Failure) {
    if !isSo { throw Failure(description()) }
}

/// Prints a line at once, so that it is there if the process ends without warning.
func say(_ line: String) {
    print(line)
    fflush(nil)
}

/// Ends the process with the first thing that went wrong, and with what everybody was at then.
///
/// At once, whoever else is at work: workers that wait for one that has failed wait for ever.
func fail(_ error: any Error) -> Never {
    if Roster.shared.isFirstToFail() {
        say("torture: FAILED, \(Roster.shared.place): \(error)")
        Roster.shared.report()
    } else {
        // Who comes second must not cut the first one's words short.
        sleep(60)
    }
    _exit(1)
}
