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

/// Repeats a kernel call that a signal interrupts, so often that no real signals come that far. A
/// filter of system calls that always answers EINTR makes the call fail, and does not make it hang.
func retryingInterrupted<Number: SignedInteger>(_ call: () -> Number) -> Number {
    var attempts = 1000
    while true {
        let result = call()
        attempts -= 1
        if result != -1 || errno != EINTR || attempts == 0 { return result }
    }
}

/// Makes a kernel call and turns "−1 and errno" into a thrown error.
@discardableResult
func checked<Number: SignedInteger>(_ call: () -> Number) throws(SystemError) -> Number {
    let result = retryingInterrupted(call)
    if result == -1 { throw SystemError.current }
    return result
}
