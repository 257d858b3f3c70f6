extension LibZMQ {
    /// Makes a context; its threads start with the first socket.
    package func makeContext(ioThreads: Int32 = 1) throws(Failure) -> Context {
        guard let handle = functions.makeContext() else { throw failure("zmq_ctx_new") }
        let context = Context(library: self, handle: handle)
        try context.set(.ioThreads, ioThreads)
        return context
    }

    /// Whether the library was built with a capability such as `ipc`, `curve` or `draft`.
    package func has(_ capability: String) -> Bool { functions.has(capability) == 1 }

    /// The home of sockets.
    package final class Context: @unchecked Sendable {
        // Sendable because libzmq allows every thread to use a context.
        package let library: LibZMQ
        private let handle: UnsafeMutableRawPointer

        init(library: LibZMQ, handle: UnsafeMutableRawPointer) {
            self.library = library
            self.handle = handle
        }

        /// Sets an option of the context; most must be set before the first socket is made.
        package func set(_ option: ContextOption, _ value: Int32) throws(Failure) {
            try library.check("zmq_ctx_set") {
                library.functions.setContext(handle, option.rawValue, value)
            }
        }

        /// Makes a socket.
        package func socket(_ kind: Kind) throws(Failure) -> Socket {
            guard let socket = library.functions.makeSocket(handle, kind.rawValue) else {
                throw library.failure("zmq_socket")
            }
            return Socket(library: library, handle: socket)
        }

        /// Makes every waiting call fail with `terminated`, and waits for nothing.
        package func shutDown() throws(Failure) {
            try library.check("zmq_ctx_shutdown") { library.functions.shutDownContext(handle) }
        }

        /// Frees the context, once every socket is closed and has sent what its linger allows.
        package func terminate() throws(Failure) {
            try library.check("zmq_ctx_term") { library.functions.terminateContext(handle) }
        }
    }
}
