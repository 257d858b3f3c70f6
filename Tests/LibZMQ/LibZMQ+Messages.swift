extension LibZMQ.Socket {
    /// Sends a message of the given frames; waits as the socket's pattern and options say.
    package func send(
        _ frames: [[UInt8]],
        flags: LibZMQ.Flags = []
    ) throws(LibZMQ.Failure) {
        for (index, frame) in frames.enumerated() {
            let more: LibZMQ.Flags = index < frames.count - 1 ? .sendMore : []
            try frame.span.withUnsafeBytes { bytes throws(LibZMQ.Failure) in
                try sendBuffer(bytes, flags: flags.union(more))
            }
        }
    }

    /// Sends a message of one frame that holds the UTF-8 form of `text`.
    package func send(_ text: String, flags: LibZMQ.Flags = []) throws(LibZMQ.Failure) {
        try send([Array(text.utf8)], flags: flags)
    }

    /// Receives a whole message; nil when none came in time. Without a timeout waits for ever.
    ///
    /// The timeout becomes the socket's receive timeout until the next call.
    package func receive(timeout: Duration? = nil) throws(LibZMQ.Failure) -> [[UInt8]]? {
        try set(.receiveTimeout, timeout.map(milliseconds) ?? -1)
        let message = try LibZMQ.MessageBuffer(library)
        do {
            try receive(into: message)
        } catch let failure where failure.number == LibZMQ.ErrorNumber.tryAgain {
            return nil
        }
        var frames = [Array(message.bytes)]
        while message.hasMore {
            try receive(into: message)
            frames.append(Array(message.bytes))
        }
        return frames
    }

    /// A duration in the unit of C, rounded up so that a short wait is not none.
    private func milliseconds(_ duration: Duration) -> Int32 {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return Int32.max }
        return Int32(clamping: whole + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// Sends one frame that holds a copy of `bytes`, and allocates nothing itself.
    @inlinable
    package func sendBuffer(
        _ bytes: UnsafeRawBufferPointer,
        flags: LibZMQ.Flags = []
    ) throws(LibZMQ.Failure) {
        try library.check("zmq_send") {
            library.functions.send(handle, bytes.baseAddress, bytes.count, flags.rawValue)
        }
    }

    /// Copies the next frame into `buffer` and returns its true size, which may be larger.
    @inlinable
    package func receiveBuffer(
        into buffer: UnsafeMutableRawBufferPointer,
        flags: LibZMQ.Flags = []
    ) throws(LibZMQ.Failure) -> Int {
        let size = try library.check("zmq_recv") {
            library.functions.receive(handle, buffer.baseAddress, buffer.count, flags.rawValue)
        }
        return Int(size)
    }

    /// Receives the next frame without copying it; what `message` held before is released.
    @inlinable
    package func receive(
        into message: LibZMQ.MessageBuffer,
        flags: LibZMQ.Flags = []
    ) throws(LibZMQ.Failure) {
        try library.check("zmq_msg_recv") {
            library.functions.receiveMessage(message.storage, handle, flags.rawValue)
        }
    }
}
