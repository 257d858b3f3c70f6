internal import CLibrary

/// The sole owner of an open descriptor, which closes it when it goes away.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The kernel's number, valid for as long as this owner lives.
    package let number: Int32

    /// Takes over a descriptor that no other code will close.
    package init(owning number: Int32) {
        precondition(number >= 0, "A descriptor number is never negative.")
        self.number = number
    }

    deinit {
        // Not repeated after an interruption: Linux has released the number by then, and a second
        // close could hit a descriptor that another thread has just opened.
        _ = CLibrary.close(number)
    }

    /// Releases the descriptor without closing it.
    package consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
