// Sends lines and prints messages, with any type of socket: for looking into a ZeroMQ network.

import CLibrary
import ToolSupport
import ZeroMQ

let usage = """
    usage: zmq-cat TYPE [options] ENDPOINT...

    TYPE is one of: req rep dealer router pub sub xpub xsub push pull pair stream

    Lines of standard input are sent, received messages are printed, as far as the type allows.
    In a line, a tab separates two frames, and \\xNN stands for a byte, \\\\ for a backslash.
    Messages are printed in the same form.

    -s, --subscribe PREFIX   sub, xsub: what to subscribe to; may be repeated; else everything
    -n, --count N            end after N messages were received, or sent if none can be received
    -t, --timeout SECONDS    end with code 75 if nothing can be received or sent for so long
    -i, --identity NAME      the routing id by which a ROUTER knows us
    -x, --hex                print bytes in hexadecimal, with their text beside them
    -e, --echo               rep: answer every request with itself instead of with lines
    -h, --help               print this

    \(SecurityArguments.usage)

    Endpoints are connected, unless they begin with bind: as in bind:tcp://*:5555.
    A pub waits for its first subscriber. Ctrl-C ends the program.
    Exit codes: 0 ended, 1 failed, 64 wrong command line, 75 timed out.
    """

@main
enum ZMQCat {
    static func main() {
        let arguments = Arguments.read(usage: usage)
        let socket = arguments.kind.makeSocket()
        onInterrupt {
            socket.linger = .discard
            Context.shared.shutDown()
        }
        do throws(ZeroMQError) {
            try prepare(socket, arguments)
            try Conversation(socket: socket, arguments: arguments).run()
            try flush(socket)
            let unsent = socket.close()
            if unsent > 0 {
                complain("\(unsent) messages were not sent", status: ExitCode.failure)
            }
        } catch {
            // What could not be sent so far is not waited for again at the exit.
            socket.linger = .discard
            end(with: error, usage: usage)
        }
    }

    /// Waits for what was sent to leave: a client that is refused learns it here.
    private static func flush(_ socket: any Socket) throws(ZeroMQError) {
        guard let sender = socket as? any SendingSocket else { return }
        do throws(ZeroMQError) {
            try sender.flush(timeout: .seconds(30))
        } catch {
            guard error.code == .timedOut else { throw error }
            socket.linger = .discard
        }
    }

    private static func prepare(
        _ socket: any Socket,
        _ arguments: Arguments
    ) throws(ZeroMQError) {
        try arguments.security.apply(to: socket)
        if let identity = arguments.identity { socket.options.routingID = Frame(identity) }
        if let subscriber = socket as? any SubscribingSocket {
            let topics = arguments.topics.isEmpty ? [Frame()] : arguments.topics
            for topic in topics { try subscriber.subscribe(topic) }
        }
        for endpoint in arguments.endpoints {
            try endpoint.open(socket, as: arguments.kind.rawValue)
        }
    }
}
