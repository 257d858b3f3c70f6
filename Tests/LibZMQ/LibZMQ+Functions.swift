internal import Glibc

extension LibZMQ {
    /// The entry points of the library, in the types that its C header gives them.
    @usableFromInline
    struct Functions: Sendable {
        @usableFromInline typealias Handle = UnsafeMutableRawPointer?
        @usableFromInline typealias Number = UnsafeMutablePointer<Int32>
        @usableFromInline typealias Text = UnsafePointer<CChar>
        @usableFromInline typealias OnHandle = @convention(c) @Sendable (Handle) -> Int32
        @usableFromInline typealias OnEndpoint = @convention(c) @Sendable (Handle, Text) -> Int32
        @usableFromInline typealias Transfer =
            @convention(c) @Sendable (Handle, Handle, Int32) -> Int32

        let version: @convention(c) @Sendable (Number, Number, Number) -> Void
        @usableFromInline let errorNumber: @convention(c) @Sendable () -> Int32
        let errorText: @convention(c) @Sendable (Int32) -> Text?
        let has: @convention(c) @Sendable (Text) -> Int32

        let makeContext: @convention(c) @Sendable () -> Handle
        let setContext: @convention(c) @Sendable (Handle, Int32, Int32) -> Int32
        let shutDownContext: OnHandle
        let terminateContext: OnHandle

        let makeSocket: @convention(c) @Sendable (Handle, Int32) -> Handle
        let close: OnHandle
        let bind: OnEndpoint
        let connect: OnEndpoint
        let unbind: OnEndpoint
        let disconnect: OnEndpoint
        let proxy: @convention(c) @Sendable (Handle, Handle, Handle) -> Int32
        /// Takes an array of `PollItem`.
        let poll: @convention(c) @Sendable (Handle, Int32, Int) -> Int32
        let monitor: @convention(c) @Sendable (Handle, Text, Int32) -> Int32
        let setOption: @convention(c) @Sendable (Handle, Int32, UnsafeRawPointer?, Int) -> Int32
        let getOption:
            @convention(c) @Sendable (Handle, Int32, Handle, UnsafeMutablePointer<Int>) -> Int32

        @usableFromInline let send:
            @convention(c) @Sendable (Handle, UnsafeRawPointer?, Int, Int32) -> Int32
        @usableFromInline let receive:
            @convention(c) @Sendable (Handle, Handle, Int, Int32) -> Int32

        @usableFromInline let makeMessage: OnHandle
        @usableFromInline let closeMessage: OnHandle
        /// Takes the message first and the socket second, unlike all the others.
        @usableFromInline let receiveMessage: Transfer
        @usableFromInline let messageData: @convention(c) @Sendable (Handle) -> Handle
        @usableFromInline let messageSize: @convention(c) @Sendable (Handle) -> Int
        @usableFromInline let messageHasMore: OnHandle
        let messageProperty: @convention(c) @Sendable (Handle, Text) -> Text?
    }
}

extension LibZMQ.Functions {
    /// Looks every function up; throws naming the first that the library lacks.
    init(library: UnsafeMutableRawPointer) throws(LibZMQ.Failure) {
        let symbols = Symbols(library: library)
        version = try symbols.find("zmq_version")
        errorNumber = try symbols.find("zmq_errno")
        errorText = try symbols.find("zmq_strerror")
        has = try symbols.find("zmq_has")
        makeContext = try symbols.find("zmq_ctx_new")
        setContext = try symbols.find("zmq_ctx_set")
        shutDownContext = try symbols.find("zmq_ctx_shutdown")
        terminateContext = try symbols.find("zmq_ctx_term")
        makeSocket = try symbols.find("zmq_socket")
        close = try symbols.find("zmq_close")
        bind = try symbols.find("zmq_bind")
        connect = try symbols.find("zmq_connect")
        unbind = try symbols.find("zmq_unbind")
        disconnect = try symbols.find("zmq_disconnect")
        proxy = try symbols.find("zmq_proxy")
        poll = try symbols.find("zmq_poll")
        monitor = try symbols.find("zmq_socket_monitor")
        setOption = try symbols.find("zmq_setsockopt")
        getOption = try symbols.find("zmq_getsockopt")
        send = try symbols.find("zmq_send")
        receive = try symbols.find("zmq_recv")
        makeMessage = try symbols.find("zmq_msg_init")
        closeMessage = try symbols.find("zmq_msg_close")
        receiveMessage = try symbols.find("zmq_msg_recv")
        messageData = try symbols.find("zmq_msg_data")
        messageSize = try symbols.find("zmq_msg_size")
        messageHasMore = try symbols.find("zmq_msg_more")
        messageProperty = try symbols.find("zmq_msg_gets")
    }

    /// A loaded library in which functions are found by name.
    private struct Symbols {
        let library: UnsafeMutableRawPointer

        /// Finds a function; the caller's type must be the one that the C header declares.
        func find<Function>(
            _ name: String,
            as type: Function.Type = Function.self
        ) throws(LibZMQ.Failure) -> Function {
            guard let address = dlsym(library, name) else {
                let text = LibZMQ.linkerComplaint()
                throw LibZMQ.Failure(operation: "dlsym \(name)", number: 0, text: text)
            }
            return unsafeBitCast(address, to: type)
        }
    }
}
