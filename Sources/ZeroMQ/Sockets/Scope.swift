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
    // Another ending of the socket, such as the shutdown of its context, keeps to it too.
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

// Written out for two and three: around a parameter pack, Swift 6.3.1 crashes at closures in which
// a call throws a type of its own.

/// Gives `body` two sockets, and closes both when `body` ends, in whatever way.
///
/// The last is closed first; otherwise as `withSocket(_:linger:_:)`.
/// - Throws: what `body` throws.
public func withSockets<S1: Socket, S2: Socket, Result, Failure: Error>(
    _ first: S1,
    _ second: S2,
    linger: Linger? = nil,
    _ body: (S1, S2) async throws(Failure) -> Result
) async throws(Failure) -> Result {
    try await withSocket(first, linger: linger) { first throws(Failure) in
        try await withSocket(second, linger: linger) { second throws(Failure) in
            try await body(first, second)
        }
    }
}

/// Gives `body` three sockets, and closes all of them when `body` ends, in whatever way.
///
/// The last is closed first; otherwise as `withSocket(_:linger:_:)`.
/// - Throws: what `body` throws.
public func withSockets<S1: Socket, S2: Socket, S3: Socket, Result, Failure: Error>(
    _ first: S1,
    _ second: S2,
    _ third: S3,
    linger: Linger? = nil,
    _ body: (S1, S2, S3) async throws(Failure) -> Result
) async throws(Failure) -> Result {
    try await withSockets(first, second, linger: linger) { first, second throws(Failure) in
        try await withSocket(third, linger: linger) { third throws(Failure) in
            try await body(first, second, third)
        }
    }
}
