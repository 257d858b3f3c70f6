internal import CLibrary
internal import CZeroMQKernel

/// A non-blocking socket that waits for peers to connect.
package final class ListeningDescriptor: ListeningChannel, @unchecked Sendable {
    // Unchecked: as with a stream, one thread at a time holds it and only the holder closes it.

    /// The kernel's number for registration with a loop; negative once closed.
    package private(set) var descriptor: Int32

    /// The one option that accepted connections do not inherit.
    private let priority: Int?

    /// The congestion control algorithm to restore for peers on other machines; nil if it is the
    /// same.
    private let controlElsewhere: String?

    private init(
        owning descriptor: consuming FileDescriptor,
        at address: SocketAddress?,
        options: DescriptorOptions
    ) {
        self.descriptor = descriptor.release()
        let isInternet = address?.isInternet == true
        priority = isInternet ? options.priority : nil
        // Connections use the listener's algorithm from their first packet on.
        controlElsewhere =
            isInternet && options.removesPacing ? LocalPacing.remove(from: self.descriptor) : nil
    }

    deinit {
        close()
    }

    /// Binds and listens; accepted connections inherit the options from the listener.
    package static func listen(
        on address: SocketAddress,
        backlog: Int32,
        options: DescriptorOptions = DescriptorOptions()
    ) throws(SystemError) -> ListeningDescriptor {
        let socket = try Kernel.streamSocket(family: address.family)
        let listener = ListeningDescriptor(owning: socket, at: address, options: options)
        if address.isInternet, options.reuseAddress {
            try Kernel.setOption(listener.descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        }
        try options.apply(to: listener.descriptor, address: address)
        _ = try checked { address.withKernelAddress { bind(listener.descriptor, $0, $1) } }
        try checked { CLibrary.listen(listener.descriptor, backlog) }
        return listener
    }

    /// Takes over a listening descriptor; it is closed with this object.
    ///
    /// The options apply to connections that come from now on.
    package static func adopt(
        _ number: Int32,
        options: DescriptorOptions = DescriptorOptions()
    ) throws(SystemError) -> ListeningDescriptor {
        guard number >= 0 else { throw SystemError(errno: EBADF) }
        guard Kernel.option(number, SOL_SOCKET, SO_ACCEPTCONN) == 1 else {
            throw SystemError(
                errno: Kernel.option(number, SOL_SOCKET, SO_TYPE) == nil ? EBADF : EINVAL
            )
        }
        let flags = fcntl(number, F_GETFL)
        try checked { fcntl(number, F_SETFL, flags | O_NONBLOCK) }
        let address = SocketAddress.localAddress(of: number)
        var changes = options
        changes.ipv6Only = nil
        if let address { try changes.apply(to: number, address: address) }
        return ListeningDescriptor(
            owning: FileDescriptor(owning: number),
            at: address,
            options: options
        )
    }

    /// The bound address, with the port that the kernel chose.
    package var localAddress: SocketAddress? { .localAddress(of: descriptor) }

    package func accept() -> AcceptResult {
        let flags = Int(zeromq_sock_nonblock | zeromq_sock_cloexec)
        // A feature macro hides the wrapper `accept4` from Swift, but not the kernel call.
        let number = retryingInterrupted {
            KernelCall.invoke(SYS_accept4, Int(descriptor), 0, 0, flags)
        }
        guard let accepted = Int32(exactly: number), accepted >= 0 else {
            let error = SystemError.current
            return error.errno == EAGAIN ? .wouldBlock : .failed(error)
        }
        if let priority {
            // Cannot fail, because the listener was given the same priority.
            try? Kernel.setOption(accepted, SOL_SOCKET, SO_PRIORITY, Int32(clamping: priority))
        }
        let stream = StreamDescriptor(owning: FileDescriptor(owning: accepted))
        let peer = stream.peerAddress
        if let controlElsewhere, !LocalPacing.isLocal(stream.localAddress, peer) {
            // Cannot fail, because this was the system's own choice.
            try? Kernel.setCongestionControl(of: accepted, to: controlElsewhere)
        }
        return .accepted(stream, peer)
    }

    package func close() {
        guard descriptor >= 0 else { return }
        // The owner closes on leaving this scope.
        _ = FileDescriptor(owning: descriptor)
        descriptor = -1
    }
}
