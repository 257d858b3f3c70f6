/// Where connections and their news come from: the kernel, or a simulation in its place.
///
/// Everything that opens a descriptor for a socket goes through here, so that a test can refuse
/// what the kernel rarely refuses, or wrap what it gives.
package protocol Network: Sendable {
    /// Makes what an event loop waits with.
    func makeSelector() throws(SystemError) -> any Selector

    /// Binds and listens; accepted connections inherit the options.
    func listen(
        on address: SocketAddress,
        backlog: Int32,
        options: DescriptorOptions
    ) throws(SystemError) -> any ListeningChannel

    /// Begins to connect; when in progress, wait for writability and call `finishConnect()`.
    func connect(
        to peer: SocketAddress,
        from source: SocketAddress?,
        options: DescriptorOptions
    ) throws(SystemError) -> ConnectAttempt
}

/// A channel on its way to a peer, and whether the peer has yet to answer.
package typealias ConnectAttempt = (stream: any StreamChannel, isInProgress: Bool)

/// The network as the kernel has it.
package struct KernelNetwork: Network {
    /// Makes the network; all of them are the same one.
    package init() {}

    package func makeSelector() throws(SystemError) -> any Selector { try EpollSelector() }

    package func listen(
        on address: SocketAddress,
        backlog: Int32,
        options: DescriptorOptions
    ) throws(SystemError) -> any ListeningChannel {
        try ListeningDescriptor.listen(on: address, backlog: backlog, options: options)
    }

    package func connect(
        to peer: SocketAddress,
        from source: SocketAddress?,
        options: DescriptorOptions
    ) throws(SystemError) -> ConnectAttempt {
        let (stream, isInProgress) = try StreamDescriptor.connect(
            to: peer,
            from: source,
            options: options
        )
        return (stream, isInProgress)
    }
}
