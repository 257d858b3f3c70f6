extension LibZMQ {
    /// A socket of the library. One thread at a time may use it.
    package final class Socket: @unchecked Sendable {
        // Sendable so that a socket can be handed to another thread, which libzmq allows; that only
        // one thread uses it at a time is the caller's duty, as in C.
        package let library: LibZMQ
        @usableFromInline let handle: UnsafeMutableRawPointer

        init(library: LibZMQ, handle: UnsafeMutableRawPointer) {
            self.library = library
            self.handle = handle
        }

        /// Listens at an endpoint and returns it with everything resolved, such as the port.
        @discardableResult
        package func bind(_ endpoint: String) throws(Failure) -> String {
            try library.check("zmq_bind \(endpoint)") {
                library.functions.bind(handle, endpoint)
            }
            return try string(.lastEndpoint)
        }

        /// Connects to an endpoint, and again after every loss.
        package func connect(_ endpoint: String) throws(Failure) {
            try library.check("zmq_connect \(endpoint)") {
                library.functions.connect(handle, endpoint)
            }
        }

        /// Stops listening at an endpoint, in the form that `bind` returned.
        package func unbind(_ endpoint: String) throws(Failure) {
            try library.check("zmq_unbind \(endpoint)") {
                library.functions.unbind(handle, endpoint)
            }
        }

        /// Takes back every connect made with this endpoint.
        package func disconnect(_ endpoint: String) throws(Failure) {
            try library.check("zmq_disconnect \(endpoint)") {
                library.functions.disconnect(handle, endpoint)
            }
        }

        /// Reports events to whoever connects a PAIR socket to the given inproc endpoint.
        package func monitor(
            at endpoint: String,
            events: MonitorEvents
        ) throws(Failure) {
            try library.check("zmq_socket_monitor \(endpoint)") {
                library.functions.monitor(handle, endpoint, events.rawValue)
            }
        }

        /// Gives the socket back, exactly once; what is unsent lingers in the context.
        package func close() {
            _ = library.functions.close(handle)
        }
    }
}
