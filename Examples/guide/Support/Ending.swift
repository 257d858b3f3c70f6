import Foundation
import ZeroMQ

/// Ends the program on Ctrl-C or SIGTERM: its task is cancelled, with all tasks that it has begun,
/// and ZeroMQ is shut down, which waits for no message that nobody takes.
func endCleanlyOnSignals(_ task: Task<Void, any Error>) {
    for number in [SIGINT, SIGTERM] {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
            withExtendedLifetime(source) {
                task.cancel()
                Context.shared.shutDown()
            }
        }
        source.activate()
    }
}

/// Prints to standard error and ends the program.
func complain(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data(text.utf8))
    exit(status)
}
