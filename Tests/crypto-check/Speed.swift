import CryptoComparison
import ZeroMQCrypto

/// How long boxes take, ours and libsodium's: figures to look at, which nothing depends on.
enum Speed {
    static func print(_ sodium: Sodium) {
        for size in [64, 1024, 65_536] {
            var random = SeededGenerator(seed: 1)
            let message = random.octets(size)
            let key = SharedKey(random.octets32())
            let cipher = MessageCipher(key, prefix: NoncePrefix("CurveZMQMESSAGEC"))
            var box = [UInt8](repeating: 0, count: size + 17)
            let rounds = (64 << 20) / (size + 256)
            let sealing = time(rounds) { number in
                box.withUnsafeMutableBytes { target in
                    message.withUnsafeBytes { message in
                        guard let target = target.baseAddress else { return }
                        cipher.seal(head: 0, message, counter: number, to: target)
                    }
                }
            }
            var opened = box
            let opening = time(rounds) { _ in
                opened.withUnsafeMutableBytes { target in
                    box.withUnsafeBytes { box in
                        guard let target = target.baseAddress else { return }
                        _ = cipher.open(box, counter: UInt64(rounds / 5), to: target)
                    }
                }
            }
            let poly = time(rounds) { _ in
                _ = message.withUnsafeBytes { Poly1305.tag(of: $0, key: random.octets32()) }
            }
            let nonce = [UInt8](repeating: 1, count: 24)
            let secret = random.octets(32)
            let theirs = time(rounds) { _ in
                _ = sodium.seal(message, nonce: nonce, key: secret)
            }
            let theirPoly = time(rounds) { _ in _ = sodium.poly1305(message, key: secret) }
            let figures = [sealing, opening, poly, theirs, theirPoly].map { $0 / Double(size) }
            Swift.print(size, "octets, ns each: seal, open, Poly1305; theirs:", figures)
        }
    }

    /// Nanoseconds of one round.
    private static func time(_ rounds: Int, _ body: (UInt64) -> Void) -> Double {
        let clock = ContinuousClock()
        var best = Double.infinity
        for _ in 0..<5 {
            let start = clock.now
            for number in 0..<rounds / 5 + 1 { body(UInt64(number)) }
            best = min(best, (clock.now - start) / .nanoseconds(1) / Double(rounds / 5 + 1))
        }
        return best
    }
}
