/// Opens connections and selectors: the kernel, or a simulation in its place.
///
/// Everything that opens a descriptor for a socket calls this, so that a test can fail what the
/// kernel rarely fails, or wrap what it returns.
package protocol Network: Sendable {
    /// Makes the selector of an event loop.
    func makeSelector() throws(SystemError) -> any Selector

    /// Binds and listens; accepted connections inherit the options.
    func listen(
        on address: SocketAddress,
        backlog: Int32,
        options: DescriptorOptions
    ) throws(SystemError) -> any ListeningChannel

    /// Begins to connect; if in progress, wait for writability and call `finishConnect()`.
    func connect(
        to peer: SocketAddress,
        from source: SocketAddress?,
        options: DescriptorOptions
    ) throws(SystemError) -> ConnectAttempt
}

/// A connecting channel, and whether the peer has yet to answer.
package typealias ConnectAttempt = (stream: any StreamChannel, isInProgress: Bool)

/// The kernel's network.
package struct KernelNetwork: Network {
    /// Makes the network; all instances are alike.
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
