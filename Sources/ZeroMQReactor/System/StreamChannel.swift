/// A connected or connecting byte stream that never blocks: the seam for simulated transports.
///
/// A channel may be handed from thread to thread, but one thread at a time holds it: only the
/// holder may call it or close it.
package protocol StreamChannel: AnyObject, Sendable {
    /// The kernel's number for registration with a loop; negative once closed.
    var descriptor: Int32 { get }

    /// Reads received bytes, up to the size of the buffer.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult

    /// Reads received bytes into one buffer and, when that is full, into another.
    func receive(
        into first: UnsafeMutableRawBufferPointer,
        then second: UnsafeMutableRawBufferPointer
    ) -> IOResult

    /// Writes as many of the bytes as there is room for.
    func send(_ bytes: UnsafeRawBufferPointer) -> IOResult

    /// Writes several stretches of memory in order, as far as there is room.
    func send(vectors: UnsafeBufferPointer<IOVector>) -> IOResult

    /// Why a connection attempt failed, or nil if it succeeded; call it once writable.
    func finishConnect() -> SystemError?

    /// Whether both ends are the same socket, which can happen when connecting to a free local
    /// port.
    var isSelfConnected: Bool { get }

    /// Closes the stream in both directions; calling it again does nothing.
    func close()
}
