import Foundation
import ZeroMQ

/// Shuts ZeroMQ down on Ctrl-C or SIGTERM: every waiting call throws, and `main` comes to its end.
func endCleanlyOnSignals() {
    for number in [SIGINT, SIGTERM] {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { withExtendedLifetime(source) { Context.shared.shutDown() } }
        source.activate()
    }
}

/// Prints to standard error and ends the program.
func complain(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data(text.utf8))
    exit(status)
}
