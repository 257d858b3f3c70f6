import CryptoComparison
import ZeroMQCrypto

/// How long our cryptography takes, and libsodium's: figures to look at, which nothing depends on.
struct Speed {
    private let sodium: Sodium
    private let key: [UInt8]
    private let shared: SharedKey
    private let nonce: [UInt8]
    private let prefix = NoncePrefix("CurveZMQMESSAGEC")

    static func show(_ sodium: Sodium) {
        var random = SeededGenerator(seed: 1)
        let bytes = random.bytes32()
        let speed = Speed(
            sodium: sodium,
            key: bytes.array,
            shared: SharedKey(bytes),
            nonce: Array("CurveZMQMESSAGEC".utf8) + [0, 0, 0, 0, 0, 0, 0, 1]
        )
        print("nanoseconds, the best of many    ours   libsodium   times as fast")
        speed.x25519()
        for size in [64, 1024, 65_536] { speed.bytes(random.bytes(size)) }
    }

    private func x25519() {
        let (scalar, point) = (Bytes32(w0: 1, w1: 2, w2: 3, w3: 4), Bytes32(key))
        guard let point else { return }
        let ours = time(20) { _ = X25519.shared(scalar, with: point) }
        let theirs = time(20) { _ = sodium.x25519(scalar.array, point.array) }
        show("X25519", ours, theirs)
    }

    private func bytes(_ message: [UInt8]) {
        let (size, rounds) = (message.count, (1 << 18) / (message.count + 256) + 1)
        guard let bytes = Bytes32(key) else { return }
        let cipher = MessageCipher(shared, prefix: prefix)
        var (ours, theirs) = ([UInt8](repeating: 0, count: size + 17), message + message)
        theirs += [UInt8](repeating: 0, count: 16)
        message.withUnsafeBufferPointer { message in
            let raw = UnsafeRawBufferPointer(message)
            ours.withUnsafeMutableBytes { ours in
                theirs.withUnsafeMutableBufferPointer { theirs in
                    guard let mine = ours.baseAddress, let other = theirs.baseAddress else {
                        return
                    }
                    var sum: UInt64 = 0
                    show(
                        "Poly1305, \(size)",
                        time(rounds) {
                            // Another key each time, so that nothing is worked out once for all.
                            sum &+= Poly1305.tag(of: raw, key: bytes.varied(by: sum)).0
                        },
                        time(rounds) { _ = sodium.poly1305(message, key: key, to: other) }
                    )
                    show(
                        "sealed box, \(size)",
                        time(rounds) { cipher.seal(head: 0, raw, counter: 1, to: mine) },
                        time(rounds) {
                            _ = sodium.seal(message, nonce: nonce, key: key, to: other)
                        }
                    )
                    opening(cipher, UnsafeRawBufferPointer(ours), theirs, size, rounds)
                }
            }
        }
    }

    /// Opens what was sealed last.
    private func opening(
        _ cipher: MessageCipher,
        _ ours: UnsafeRawBufferPointer,
        _ theirs: UnsafeMutableBufferPointer<UInt8>,
        _ size: Int,
        _ rounds: Int
    ) {
        let box = UnsafeBufferPointer(rebasing: theirs[..<(size + 16)])
        withUnsafeTemporaryAllocation(byteCount: size + 1, alignment: 16) { target in
            guard let start = target.baseAddress else { return }
            let bytes = start.assumingMemoryBound(to: UInt8.self)
            show(
                "opened box, \(size)",
                time(rounds) { _ = cipher.open(ours, counter: 1, to: start) },
                time(rounds) { _ = sodium.open(box, nonce: nonce, key: key, to: bytes) }
            )
        }
    }

    private func show(_ name: String, _ ours: Double, _ theirs: Double) {
        func column(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let ratio = (theirs / ours * 100).rounded() / 100
        print(
            name + column("\(Int(ours.rounded()))", 37 - name.count)
                + column("\(Int(theirs.rounded()))", 12) + column("\(ratio)", 16)
        )
    }

    /// Nanoseconds of one round, in the best of many samples: what the machine did besides is not
    /// in them.
    private func time(_ rounds: Int, _ body: () -> Void) -> Double {
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<100 {
            let start = clock.now
            for _ in 0..<rounds { body() }
            best = min(best, (clock.now - start) / .nanoseconds(1) / Double(rounds))
        }
        return best
    }
}

extension Bytes32 {
    /// Another key.
    fileprivate func varied(by number: UInt64) -> Bytes32 {
        Bytes32(w0: w0 ^ number, w1: w1, w2: w2, w3: w3)
    }
}
