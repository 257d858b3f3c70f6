internal import Glibc

/// libsodium, loaded while the tests run, to compare with.
package struct Sodium: Sendable {
    private typealias Bytes = UnsafePointer<UInt8>
    private typealias Buffer = UnsafeMutablePointer<UInt8>
    private typealias Combine = @convention(c) @Sendable (Buffer, Bytes, Bytes) -> Int32
    private typealias Derive = @convention(c) @Sendable (Buffer, Bytes, Bytes, Bytes?) -> Int32
    private typealias Tag = @convention(c) @Sendable (Buffer, Bytes, UInt64, Bytes) -> Int32
    private typealias Box = @convention(c) @Sendable (Buffer, Bytes, UInt64, Bytes, Bytes) -> Int32

    private let multiply: Combine
    private let beforenm: Combine
    private let hsalsa: Derive
    private let authenticate: Tag
    private let sealBox: Box
    private let openBox: Box

    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// Loads the library, the system's if no other is named; throws when it is not there.
    package init(_ path: String = "libsodium.so.23") throws(Missing) {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw Missing(description: "\(path) is not installed")
        }
        func find<Function>(_ name: String) throws(Missing) -> Function {
            guard let address = dlsym(library, name) else { throw Missing(description: name) }
            return unsafeBitCast(address, to: Function.self)
        }
        let initialize: @convention(c) () -> Int32 = try find("sodium_init")
        guard initialize() >= 0 else { throw Missing(description: "sodium_init") }
        multiply = try find("crypto_scalarmult")
        beforenm = try find("crypto_box_beforenm")
        hsalsa = try find("crypto_core_hsalsa20")
        authenticate = try find("crypto_onetimeauth")
        sealBox = try find("crypto_secretbox_easy")
        openBox = try find("crypto_secretbox_open_easy")
    }

    /// The product, or nil where libsodium refuses the point.
    package func x25519(_ scalar: [UInt8], _ point: [UInt8]) -> [UInt8]? {
        result(32) { multiply($0, scalar, point) }
    }

    package func boxKey(_ theirs: [UInt8], _ ours: [UInt8]) -> [UInt8]? {
        result(32) { beforenm($0, theirs, ours) }
    }

    package func hsalsa20(_ key: [UInt8], input: [UInt8]) -> [UInt8]? {
        result(32) { hsalsa($0, input, key, nil) }
    }

    package func poly1305(_ message: [UInt8], key: [UInt8]) -> [UInt8]? {
        result(16) { authenticate($0, message, UInt64(message.count), key) }
    }

    package func seal(_ message: [UInt8], nonce: [UInt8], key: [UInt8]) -> [UInt8]? {
        result(message.count + 16) { sealBox($0, message, UInt64(message.count), nonce, key) }
    }

    package func open(_ box: [UInt8], nonce: [UInt8], key: [UInt8]) -> [UInt8]? {
        result(box.count - 16) { openBox($0, box, UInt64(box.count), nonce, key) }
    }

    // MARK: Into memory that is there, for whoever takes the time of it

    package func seal(
        _ message: UnsafeBufferPointer<UInt8>,
        nonce: [UInt8],
        key: [UInt8],
        to target: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard let base = message.baseAddress else { return false }
        return sealBox(target, base, UInt64(message.count), nonce, key) == 0
    }

    package func open(
        _ box: UnsafeBufferPointer<UInt8>,
        nonce: [UInt8],
        key: [UInt8],
        to target: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard let base = box.baseAddress else { return false }
        return openBox(target, base, UInt64(box.count), nonce, key) == 0
    }

    package func poly1305(
        _ message: UnsafeBufferPointer<UInt8>,
        key: [UInt8],
        to target: UnsafeMutablePointer<UInt8>
    ) -> Bool {
        guard let base = message.baseAddress else { return false }
        return authenticate(target, base, UInt64(message.count), key) == 0
    }

    private func result(_ count: Int, _ fill: (Buffer) -> Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count + 1)
        let status = bytes.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.map(fill) ?? -1
        }
        return status == 0 ? Array(bytes.dropLast()) : nil
    }
}
