package import ZeroMQ

/// An endpoint of the command line: `bind:ENDPOINT`, `connect:ENDPOINT`, or as the tool likes it.
package struct EndpointArgument: Sendable {
    package let text: String
    package let isBound: Bool

    package init(_ word: String, isBoundByDefault: Bool) {
        if word.hasPrefix("bind:") {
            (text, isBound) = (String(word.dropFirst(5)), true)
        } else if word.hasPrefix("connect:") {
            (text, isBound) = (String(word.dropFirst(8)), false)
        } else {
            (text, isBound) = (word, isBoundByDefault)
        }
    }

    /// Binds or connects a socket, and says so.
    package func open(_ socket: some Socket, as name: String) throws(ZeroMQError) {
        if isBound {
            note("\(name) is bound to \(try socket.bind(text))")
        } else {
            try socket.connect(text)
            note("\(name) connects to \(text)")
        }
    }
}
