/// Waits for peers to connect, and never blocks.
///
/// As with a stream, one thread at a time holds it, and only the holder closes it.
package protocol ListeningChannel: AnyObject, Sendable {
    /// The kernel's number for registration with a loop; negative once closed.
    var descriptor: Int32 { get }

    /// The bound address, with the port that the kernel chose.
    var localAddress: SocketAddress? { get }

    /// Accepts the next connection.
    ///
    /// A shortage of descriptors is returned like any other failure. Edge-triggered polling will
    /// not report the remaining connections, so the caller has to try again after a while.
    func accept() -> AcceptResult

    /// Stops listening; calling it again does nothing.
    func close()
}

/// The outcome of accepting a connection.
package enum AcceptResult {
    /// A connection, and its peer's address unless the peer has already gone.
    case accepted(any StreamChannel, SocketAddress?)
    /// No connection is waiting.
    case wouldBlock
    /// This connection failed, or descriptors have run out; the listener itself still works.
    case failed(SystemError)
}
