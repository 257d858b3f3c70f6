/// A connected or connecting byte stream that never blocks: the seam for simulated transports.
///
/// A channel may be handed from thread to thread but is used by one at a time: whoever holds it may
/// call it, and only the holder may close it.
package protocol StreamChannel: AnyObject, Sendable {
    /// The kernel's number for registration with a loop; negative once closed.
    var descriptor: Int32 { get }

    /// Reads what has arrived, up to the size of the buffer.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult

    /// Reads what has arrived into one buffer and, when that is full, into another.
    func receive(
        into first: UnsafeMutableRawBufferPointer,
        then second: UnsafeMutableRawBufferPointer
    ) -> IOResult

    /// Writes as many of the bytes as there is room for.
    func send(_ bytes: UnsafeRawBufferPointer) -> IOResult

    /// Writes several stretches of memory, one after the other, as far as there is room.
    func send(vectors: UnsafeBufferPointer<IOVector>) -> IOResult

    /// The reason a connection attempt failed, or nil when it succeeded; call it once writable.
    func finishConnect() -> SystemError?

    /// Whether both ends are the same socket, as may happen to calls of a free local port.
    var isSelfConnected: Bool { get }

    /// Ends the stream in both directions; calling it again does nothing.
    func close()
}
