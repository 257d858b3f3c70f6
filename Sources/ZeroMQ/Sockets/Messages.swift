/// The messages of a receiving socket as an asynchronous sequence; see `ReceivingSocket.messages`.
public struct Messages: AsyncSequence, Sendable {
    public typealias Element = Message
    public typealias Failure = ZeroMQError

    @usableFromInline let core: SocketCore

    @inlinable
    init(_ core: SocketCore) { self.core = core }

    @inlinable
    public func makeAsyncIterator() -> Iterator { Iterator(core) }

    /// Takes messages one by one. Several iterators of one socket share its messages out.
    public struct Iterator: AsyncIteratorProtocol {
        @usableFromInline let core: SocketCore

        @inlinable
        init(_ core: SocketCore) { self.core = core }

        /// Takes the next message; nil once the socket is closed.
        /// - Throws: `cancelled`; otherwise as `receive()`, but never `timedOut` and never
        ///   `socketClosed`.
        @inlinable
        public mutating func next() async throws(ZeroMQError) -> Message? {
            do throws(ZeroMQError) {
                if !Task.isCancelled, let message = try core.tryReceive() {
                    if core.receiveTurns.isOver { await Task.yield() }
                    return message
                }
                return try await core.nextSuspending()
            } catch {
                guard error.code == .socketClosed else { throw error }
                return nil
            }
        }

        /// Takes the next message on the given actor; nil once the socket is closed.
        /// - Throws: `cancelled`; otherwise as `receive()`, but never `timedOut` and never
        ///   `socketClosed`.
        @inlinable
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ZeroMQError) -> Message? {
            do throws(ZeroMQError) {
                if !Task.isCancelled, let message = try core.tryReceive() {
                    if core.receiveTurns.isOver { await Task.yield() }
                    return message
                }
                return try await core.nextSuspending()
            } catch {
                guard error.code == .socketClosed else { throw error }
                return nil
            }
        }
    }
}
