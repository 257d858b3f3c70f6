extension LibZMQ.Socket {
    /// Sets an option whose value is an `int` in C.
    package func set(_ option: LibZMQ.Option, _ value: Int32) throws(LibZMQ.Failure) {
        try withUnsafeBytes(of: value) { bytes throws(LibZMQ.Failure) in
            try set(option, bytes)
        }
    }

    /// Sets an option whose value is an `int64_t` in C.
    package func set(_ option: LibZMQ.Option, long value: Int64) throws(LibZMQ.Failure) {
        try withUnsafeBytes(of: value) { bytes throws(LibZMQ.Failure) in
            try set(option, bytes)
        }
    }

    /// Sets an option whose value is a run of bytes, such as a topic or a routing id.
    package func set(_ option: LibZMQ.Option, bytes: [UInt8]) throws(LibZMQ.Failure) {
        try bytes.span.withUnsafeBytes { bytes throws(LibZMQ.Failure) in
            try set(option, bytes)
        }
    }

    /// Sets an option whose value is text.
    package func set(_ option: LibZMQ.Option, _ text: String) throws(LibZMQ.Failure) {
        try set(option, bytes: Array(text.utf8))
    }

    private func set(
        _ option: LibZMQ.Option,
        _ value: UnsafeRawBufferPointer
    ) throws(LibZMQ.Failure) {
        try library.check("zmq_setsockopt \(option)") {
            library.functions.setOption(handle, option.rawValue, value.baseAddress, value.count)
        }
    }

    /// Reads an option whose value is an `int` in C.
    package func integer(_ option: LibZMQ.Option) throws(LibZMQ.Failure) -> Int32 {
        try bytes(option, capacity: 4).withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
    }

    /// Reads an option whose value is an `int64_t` in C.
    package func long(_ option: LibZMQ.Option) throws(LibZMQ.Failure) -> Int64 {
        try bytes(option, capacity: 8).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    }

    /// Reads an option whose value is a run of bytes.
    package func bytes(
        _ option: LibZMQ.Option,
        capacity: Int = 1024
    ) throws(LibZMQ.Failure) -> [UInt8] {
        var value = [UInt8](repeating: 0, count: capacity)
        var count = capacity
        try library.check("zmq_getsockopt \(option)") {
            library.functions.getOption(handle, option.rawValue, &value, &count)
        }
        // An `int` is read back whole even if the library claims to have written less of it.
        return capacity <= 8 ? value : Array(value.prefix(count))
    }

    /// Reads an option whose value is text; the terminator that C adds is left out.
    package func string(_ option: LibZMQ.Option) throws(LibZMQ.Failure) -> String {
        String(decoding: try bytes(option).prefix { $0 != 0 }, as: UTF8.self)
    }
}
