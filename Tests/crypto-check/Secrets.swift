import ZeroMQCrypto

/// Work on secrets that nobody has written: bytes that valgrind takes for undefined.
///
/// It follows them through every instruction, and reports each jump and each address that depends
/// on them. Nothing may but a verdict, genuine or not, which is no secret. `Tests/constant-time`
/// has each work done under valgrind, and counts.
enum Secrets {
    struct Work: Sendable {
        let name: String
        /// How many verdicts there are among it, at most.
        var verdicts = 0
        let run: @Sendable () -> Void
    }

    static let works = [
        Work(name: "public-key") { keep(X25519.publicKey(of: secret())) },
        // A key with which nothing but zero can be agreed on is refused.
        Work(name: "agreement", verdicts: 1) { keep(X25519.shared(secret(), with: point)) },
        Work(name: "tag") { withSecret(1000) { keep(Poly1305.tag(of: $0, key: secret())) } },
        Work(name: "seal") { withSecret(1000, seal) },
        Work(name: "open", verdicts: 1) { withSecret(1016, open) },
        Work(name: "comparison") {
            withSecret(32) { secret in
                point.array.withUnsafeBytes { keep(ConstantTime.areEqual(secret, $0)) }
            }
        },
        Work(name: "encoding") { withSecret(32) { keep(Z85.encode($0)) } },
        // This one stops early, and shows that valgrind finds what it is to look for.
        Work(name: "control", verdicts: -1) {
            withSecret(32) { keep($0.elementsEqual(point.array)) }
        },
    ]

    private static let point = Bytes32(w0: 9, w1: 8, w2: 7, w3: 6)

    /// What has been worked out ends here, where the compiler cannot see that nobody uses it.
    @inline(never)
    private static func keep<T>(_ result: T) {
        let place = UnsafeMutablePointer<T>.allocate(capacity: 1)
        place.initialize(to: result)
    }

    private static func secret() -> Bytes32 { withSecret(32) { Bytes32(loading: $0.start) } }

    /// Gives bytes to `body` that have never been written.
    private static func withSecret<T>(_ count: Int, _ body: (UnsafeRawBufferPointer) -> T) -> T {
        let start = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
        defer { start.deallocate() }
        return body(UnsafeRawBufferPointer(start: start, count: count))
    }

    private static var cipher: MessageCipher {
        MessageCipher(SharedKey(secret()), prefix: NoncePrefix("CurveZMQMESSAGEC"))
    }

    private static func seal(_ message: UnsafeRawBufferPointer) {
        let box = UnsafeMutableRawPointer.allocate(byteCount: message.count + 17, alignment: 16)
        cipher.seal(head: 0, message, counter: 1, to: box)
    }

    private static func open(_ box: UnsafeRawBufferPointer) {
        let message = UnsafeMutableRawPointer.allocate(byteCount: box.count, alignment: 16)
        keep(cipher.open(box, counter: 1, to: message))
    }
}

extension UnsafeRawBufferPointer {
    /// Where the bytes are, of which there must be some.
    fileprivate var start: UnsafeRawPointer {
        guard let baseAddress else { preconditionFailure("there are bytes") }
        return baseAddress
    }
}
