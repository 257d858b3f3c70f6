/// Something that waits for peers to connect, and never blocks.
///
/// As with a stream, one thread at a time holds it, and only the holder closes it.
package protocol ListeningChannel: AnyObject, Sendable {
    /// The kernel's number for registration with a loop; negative once closed.
    var descriptor: Int32 { get }

    /// The address bound to, with the port the kernel chose.
    var localAddress: SocketAddress? { get }

    /// Takes the next connection that has been made.
    ///
    /// A shortage of descriptors is a value like any other failure. Edge-triggered polling will not
    /// report the connections left behind, so the caller has to try again after a while.
    func accept() -> AcceptResult

    /// Stops listening; calling it again does nothing.
    func close()
}

/// The outcome of asking a listener for its next connection.
package enum AcceptResult {
    /// A connection, and its peer's address unless the peer has gone already.
    case accepted(any StreamChannel, SocketAddress?)
    /// Nobody is waiting.
    case wouldBlock
    /// This connection failed, or descriptors have run out; the listener itself goes on.
    case failed(SystemError)
}
