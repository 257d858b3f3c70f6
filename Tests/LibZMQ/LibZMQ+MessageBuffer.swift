extension LibZMQ {
    /// A `zmq_msg_t`: holds one received frame until the next is received into it.
    package final class MessageBuffer {
        /// The size that the C header fixes for all versions.
        private static let size = 64

        private let library: LibZMQ
        @usableFromInline let storage: UnsafeMutableRawPointer

        /// Makes an empty one.
        package init(_ library: LibZMQ) throws(Failure) {
            self.library = library
            storage = .allocate(byteCount: MessageBuffer.size, alignment: 8)
            try library.check("zmq_msg_init") { library.functions.makeMessage(storage) }
        }

        deinit {
            _ = library.functions.closeMessage(storage)
            storage.deallocate()
        }

        /// The bytes of the frame, valid until the next receive.
        package var bytes: UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(
                start: library.functions.messageData(storage),
                count: library.functions.messageSize(storage)
            )
        }

        /// What the peer said of itself under a name; nil if it said nothing.
        package func property(_ name: String) -> String? {
            library.functions.messageProperty(storage, name).map { String(cString: $0) }
        }

        /// Whether more frames of the same message follow.
        package var hasMore: Bool { library.functions.messageHasMore(storage) != 0 }
    }
}
