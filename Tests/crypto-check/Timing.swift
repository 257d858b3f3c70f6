import CryptoComparison
import ZeroMQCrypto

/// Whether times tell secrets: two kinds of secrets by turns that nobody foresees, and Welch's t of
/// the two kinds of times.
///
/// Equal means give a t of a few units, whichever the number of samples; a difference that is
/// there grows with it. The last row is a comparison that stops at the first difference: it shows
/// that the measurement finds what it looks for.
enum Timing {
    /// Beyond this, chance is not what made the difference.
    private static let suspicious = 10.0
    private static let samples = 40_000

    /// Prints a row for each primitive; false if one of ours is suspicious, or the control is not.
    static func judge() -> Bool {
        var random = SeededGenerator(seed: 2)
        let (plain, point) = (random.bytes(256), random.bytes32())
        let zeros = Bytes32(w0: 0, w1: 0, w2: 0, w3: 0)
        let shared = SharedKey(random.bytes32())
        let nonce = Nonce(NoncePrefix("CurveZMQMESSAGEC"), counter: 1)
        let box = shared.seal(plain, nonce: nonce)
        let forged = [changed(box, at: 0), changed(box, at: 15)]
        let secret = random.bytes(32)
        let guesses = [changed(secret, at: 0), changed(secret, at: 31)]
        var worst = 0.0
        func look(_ title: String, _ count: Int, _ body: (Int, Bytes32) -> Bool) -> Double {
            let t = welch(count, body)
            print("\(title): t \((t * 10).rounded() / 10)")
            return abs(t)
        }
        worst = look("X25519, a key of zeros or of chance", samples / 40) { kind, chance in
            X25519.shared(kind == 0 ? zeros : chance, with: point) != nil
        }
        let poly = look("Poly1305, a key of zeros or of chance", samples) { kind, chance in
            let key = kind == 0 ? zeros : chance
            return plain.withUnsafeBytes { Poly1305.tag(of: $0, key: key).0 == 0 }
        }
        let opening = look("a box, its key of zeros or of chance", samples) { kind, chance in
            SharedKey(kind == 0 ? zeros : chance).open(box, nonce: nonce) != nil
        }
        let tag = look("a box, its tag wrong at the start or the end", samples) { kind, _ in
            shared.open(forged[kind], nonce: nonce) != nil
        }
        let comparing = look("bytes that differ at the start or the end", samples) { kind, _ in
            ConstantTime.areEqual(secret, guesses[kind])
        }
        worst = max(worst, poly, opening, tag, comparing)
        let long = [UInt8](repeating: 7, count: 4096)
        let others = [changed(long, at: 0), changed(long, at: 4095)]
        let control = look("control, which stops early", samples) { kind, _ in
            long.elementsEqual(others[kind])
        }
        return worst < suspicious && control > suspicious
    }

    private static func changed(_ bytes: [UInt8], at place: Int) -> [UInt8] {
        var bytes = bytes
        bytes[place] ^= 1
        return bytes
    }

    /// Times both kinds, leaves out what the machine disturbed, and compares the means.
    private static func welch(_ count: Int, _ body: (Int, Bytes32) -> Bool) -> Double {
        let clock = ContinuousClock()
        var random = SeededGenerator(seed: 3)
        var (times, sink) = ([[Double](), []], 0)
        for _ in 0..<count {
            let (kind, chance) = (Int(random.next() & 1), random.bytes32())
            let start = clock.now
            let answer = body(kind, chance)
            times[kind].append((clock.now - start) / .nanoseconds(1))
            sink += answer ? 1 : 0
        }
        precondition(sink <= count)
        let limit = times.joined().sorted()[count * 9 / 10]
        let parts = times.map { $0.filter { $0 <= limit } }.map { part in
            let mean = part.reduce(0, +) / Double(part.count)
            let squares = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (mean: mean, error: squares / Double(part.count) / Double(part.count))
        }
        return (parts[0].mean - parts[1].mean) / (parts[0].error + parts[1].error).squareRoot()
    }
}
