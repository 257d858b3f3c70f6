extension LibZMQ.Socket {
    /// Moves messages between this socket and another until their context is shut down, and then
    /// throws `terminated`.
    package func proxy(to backend: LibZMQ.Socket) throws(LibZMQ.Failure) {
        try library.check("zmq_proxy") {
            library.functions.proxy(handle, backend.handle, nil)
        }
    }
}
