extension LibZMQ {
    /// A call into the library that failed.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The C function that was called.
        package let operation: String
        /// The value of `zmq_errno` afterwards; zero if the library could not be loaded.
        package let number: Int32
        /// What the library says about that number.
        package let text: String

        package var description: String { "\(operation): \(text) (\(number))" }
    }

    /// Describes the failure of the call made last on this thread.
    @usableFromInline
    func failure(_ operation: String) -> Failure {
        let number = functions.errorNumber()
        let text = functions.errorText(number).map { String(cString: $0) } ?? "unknown error"
        return Failure(operation: operation, number: number, text: text)
    }

    /// Makes a call again for as long as a signal interrupts it; throws what else goes wrong.
    @discardableResult
    @inlinable
    func check(
        _ operation: @autoclosure () -> String,
        _ call: () -> Int32
    ) throws(Failure) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            if functions.errorNumber() == ErrorNumber.interrupted { continue }
            throw failure(operation())
        }
    }
}

extension LibZMQ {
    /// The error numbers that callers tell apart, as on Linux.
    package enum ErrorNumber {
        /// EINTR: a signal came while the call waited.
        package static let interrupted: Int32 = 4
        /// EAGAIN: the call would have to wait, or has waited long enough.
        package static let tryAgain: Int32 = 11
        /// EADDRINUSE: somebody else is bound there.
        package static let addressInUse: Int32 = 98
        /// EHOSTUNREACH: no peer has that routing id.
        package static let hostUnreachable: Int32 = 113
        /// EFSM: the socket's pattern does not allow the call now.
        package static let wrongState: Int32 = 156_384_763
        /// ETERM: the context was shut down.
        package static let terminated: Int32 = 156_384_765
    }
}
