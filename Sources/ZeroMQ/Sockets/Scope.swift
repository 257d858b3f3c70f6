/// Gives `body` a socket, and closes it when `body` ends, in whatever way.
///
/// Without it an error that is thrown early leaves the socket to its last reference, whose linger
/// goes on in the background. The task is suspended while what was accepted is sent, for as long as
/// `linger` allows, even if it is cancelled; nil stands for the socket's own linger. Code that
/// blocks writes `defer { socket.close() }`.
/// - Throws: what `body` throws.
public func withSocket<S: Socket, Result, Failure: Error>(
    _ socket: S,
    linger: Linger? = nil,
    _ body: (S) async throws(Failure) -> Result
) async throws(Failure) -> Result {
    // Whoever else ends the socket, such as the shutdown of its context, keeps to it too.
    if let linger { socket.linger = linger }
    do throws(Failure) {
        let result = try await body(socket)
        await socket.close(linger: linger)
        return result
    } catch {
        await socket.close(linger: linger)
        throw error
    }
}
