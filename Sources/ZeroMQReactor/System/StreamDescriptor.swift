internal import CLibrary

/// A non-blocking stream socket of the kernel.
package final class StreamDescriptor: StreamChannel, @unchecked Sendable {
    // Unchecked: the only mutable state is the number, and the layers above ensure that one thread
    // at a time holds a channel and that only the holder closes it.

    package private(set) var descriptor: Int32

    /// Takes over an open, non-blocking stream socket.
    package init(owning descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor.release()
    }

    deinit {
        close()
    }

    package func receive(into buffer: UnsafeMutableRawBufferPointer) -> IOResult {
        guard buffer.count > 0 else { return .processed(0) }
        return .reading { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
    }

    package func receive(
        into first: UnsafeMutableRawBufferPointer,
        then second: UnsafeMutableRawBufferPointer
    ) -> IOResult {
        guard first.count + second.count > 0 else { return .processed(0) }
        var vectors = (
            iovec(iov_base: first.baseAddress, iov_len: first.count),
            iovec(iov_base: second.baseAddress, iov_len: second.count)
        )
        return withUnsafePointer(to: &vectors) { pointer in
            pointer.withMemoryRebound(to: iovec.self, capacity: 2) { list in
                .reading { readv(descriptor, list, 2) }
            }
        }
    }

    package func send(_ bytes: UnsafeRawBufferPointer) -> IOResult {
        // Without the flag, writing to a connection that the peer has reset would kill the process.
        .writing { CLibrary.send(descriptor, bytes.baseAddress, bytes.count, Kernel.noSignal) }
    }

    package func send(vectors: UnsafeBufferPointer<IOVector>) -> IOResult {
        IOVector.withKernelVectors(vectors) { list, count in
            var message = msghdr()
            message.msg_iov = list
            message.msg_iovlen = numericCast(count)
            return .writing { sendmsg(descriptor, &message, Kernel.noSignal) }
        }
    }

    /// Tells the peer that nothing more will be sent; reading continues.
    package func finishSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    package func close() {
        guard descriptor >= 0 else { return }
        // The owner closes on leaving this scope.
        _ = FileDescriptor(owning: descriptor)
        descriptor = -1
    }
}
