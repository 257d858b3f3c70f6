import Testing
import ZeroMQCrypto

/// The same work done by libsodium, on random input; it has to be installed.
@Suite("Compared with libsodium")
struct DifferentialTests {
    // Without optimisation a case takes a hundred times as long; `Tests/run` runs both ways.
    #if DEBUG
    static let cases = 10_000
    static let keyCases = 300
    #else
    static let cases = 100_000
    static let keyCases = 100_000
    #endif

    let sodium: Sodium

    init() throws {
        sodium = try Sodium()
    }

    @Test("X25519 and the keys of boxes", arguments: [1, 2] as [UInt64])
    func keys(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for number in 0..<Self.keyCases / 2 {
            let (scalar, point) = (random.octets32(), random.octets32())
            let ours = X25519.shared(scalar, with: point)
            #expect(ours?.array == sodium.x25519(scalar.array, point.array), "case \(number)")
            guard number.isMultiple(of: 16) else { continue }
            let theirs = sodium.boxKey(point.array, scalar.array).flatMap { Octets32($0) }
            let key = SecretKey(scalar).sharedKey(with: PublicKey(point))
            #expect(key == theirs.map { SharedKey($0) }, "case \(number)")
        }
    }

    @Test("HSalsa20")
    func hsalsa() {
        var random = SeededGenerator(seed: 3)
        for number in 0..<Self.cases {
            let (key, input) = (random.octets32(), random.octets(16))
            let ours = Salsa20.derivedKey(key, input: words(input)).array
            #expect(ours == sodium.hsalsa20(key.array, input: input), "case \(number)")
        }
    }

    @Test("Poly1305")
    func poly() {
        var random = SeededGenerator(seed: 4)
        for number in 0..<Self.cases {
            // Long runs of ones bring the sum near the modulus.
            var message = random.octets(Int.random(in: 0...300, using: &random))
            if number.isMultiple(of: 3) { message = message.map { $0 < 230 ? 0xff : $0 } }
            let key = random.octets32()
            let ours = message.withUnsafeBytes { Poly1305.tag(of: $0, key: key) }
            #expect(octets(ours) == sodium.poly1305(message, key: key.array), "case \(number)")
        }
    }

    @Test("boxes, sealed by one and opened by the other", arguments: [5, 6] as [UInt64])
    func boxes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for number in 0..<Self.cases / 2 {
            let count = Int.random(in: 0...(number.isMultiple(of: 64) ? 3000 : 400), using: &random)
            let (message, octets) = (random.octets(count), random.octets(24))
            let key = random.octets32()
            let nonce = try #require(Nonce(octets))
            let box = SharedKey(key).seal(message, nonce: nonce)
            #expect(box == sodium.seal(message, nonce: octets, key: key.array), "case \(number)")
            #expect(SharedKey(key).open(box, nonce: nonce) == message, "case \(number)")
            #expect(sodium.open(box, nonce: octets, key: key.array) == message, "case \(number)")
        }
    }
}
