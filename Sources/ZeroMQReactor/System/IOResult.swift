internal import CLibrary

/// The outcome of one non-blocking read or write. "Not now" is a value and not an error.
package enum IOResult: Sendable, Equatable {
    /// This many bytes were moved; never zero for a non-empty buffer.
    case processed(Int)
    /// The kernel has nothing to read, or no room to write, until the next readiness event.
    case wouldBlock
    /// The peer has finished sending.
    case endOfStream
    /// The connection failed; nothing else is affected.
    case failed(SystemError)
}

extension IOResult {
    /// Makes a call, repeating it if signals interrupt it, and interprets its result as that of a
    /// read.
    static func reading(_ call: () -> Int) -> IOResult {
        let count = retryingInterrupted(call)
        if count > 0 { return .processed(count) }
        return count == 0 ? .endOfStream : refused(SystemError.current)
    }

    /// Makes a call, repeating it if signals interrupt it, and interprets its result as that of a
    /// write.
    static func writing(_ call: () -> Int) -> IOResult {
        let count = retryingInterrupted(call)
        return count >= 0 ? .processed(count) : refused(SystemError.current)
    }

    private static func refused(_ error: SystemError) -> IOResult {
        error.errno == EAGAIN || error.errno == EWOULDBLOCK ? .wouldBlock : .failed(error)
    }
}

/// Repeats a kernel call for as long as a signal interrupts it.
func retryingInterrupted<Number: SignedInteger>(_ call: () -> Number) -> Number {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

/// Makes a kernel call and turns "−1 and errno" into a thrown error.
@discardableResult
func checked<Number: SignedInteger>(_ call: () -> Number) throws(SystemError) -> Number {
    let result = retryingInterrupted(call)
    if result == -1 { throw SystemError.current }
    return result
}
