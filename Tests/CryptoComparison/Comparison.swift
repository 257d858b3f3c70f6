internal import ZeroMQCrypto

/// One kind of work that libsodium and we both do, on random input.
package struct Comparison: Sendable, CustomStringConvertible {
    package let description: String
    /// More cases than this are not worth their time.
    package var most = Int.max
    /// Whether both agree on one more case.
    private let agree: @Sendable (Sodium, inout SeededGenerator) -> Bool

    /// The number of the first case on which the two do not agree, or nil if there is none.
    package func firstDifference(among cases: Int, seed: UInt64, from sodium: Sodium) -> Int? {
        var random = SeededGenerator(seed: seed)
        return (0..<min(cases, most)).first { _ in !agree(sodium, &random) }
    }

    /// Everything that is compared.
    package static let all = [x25519, boxKeys, hsalsa, poly, sealing, opening]

    private static let x25519 = Comparison(description: "X25519") { sodium, random in
        let (scalar, point) = (random.bytes32(), random.bytes32())
        let theirs = sodium.x25519(scalar.array, point.array)
        return X25519.shared(scalar, with: point)?.array == theirs
    }

    // A multiplication again, which takes nearly all of the time, and a hash.
    private static let boxKeys = Comparison(description: "keys of boxes", most: 10_000) {
        sodium,
        random in
        let (scalar, point) = (random.bytes32(), random.bytes32())
        let ours = SecretKey(scalar).sharedKey(with: PublicKey(point))
        let theirs = sodium.boxKey(point.array, scalar.array).flatMap { Bytes32($0) }
        return ours == theirs.map { SharedKey($0) }
    }

    private static let hsalsa = Comparison(description: "HSalsa20") { sodium, random in
        let (key, input) = (random.bytes32(), random.bytes(16))
        let words = input.withUnsafeBytes {
            (
                UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        let ours = Salsa20.derivedKey(key, input: words)
        return ours.array == sodium.hsalsa20(key.array, input: input)
    }

    private static let poly = Comparison(description: "Poly1305") { sodium, random in
        let number = random.next()
        var message = random.bytes(
            Int.random(in: 0...(isRare(number) ? 3000 : 300), using: &random)
        )
        // Long runs of ones bring the sum near the modulus.
        if number % 3 == 0 { message = message.map { $0 < 230 ? 0xff : $0 } }
        let key = random.bytes32()
        let (low, high) = message.withUnsafeBytes { Poly1305.tag(of: $0, key: key) }
        guard let theirs = sodium.poly1305(message, key: key.array) else { return false }
        let (theirLow, theirHigh) = theirs.withUnsafeBytes {
            (
                UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)),
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        return (low, high) == (theirLow, theirHigh)
    }

    private static let sealing = Comparison(description: "sealed boxes") { sodium, random in
        let (message, bytes, key) = boxCase(&random)
        guard let nonce = Nonce(bytes) else { return false }
        let box = SharedKey(key).seal(message, nonce: nonce)
        return box == sodium.seal(message, nonce: bytes, key: key.array)
    }

    private static let opening = Comparison(description: "opened boxes") { sodium, random in
        let (message, bytes, key) = boxCase(&random)
        guard let nonce = Nonce(bytes),
            var box = sodium.seal(message, nonce: bytes, key: key.array)
        else { return false }
        guard SharedKey(key).open(box, nonce: nonce) == message else { return false }
        // Neither of the two opens a box with one bit changed.
        let place = Int.random(in: 0..<box.count, using: &random)
        box[place] ^= 1 << UInt8(truncatingIfNeeded: random.next() % 8)
        return SharedKey(key).open(box, nonce: nonce) == nil
            && sodium.open(box, nonce: bytes, key: key.array) == nil
    }

    /// A message, which is now and then a long one, a nonce and a key.
    private static func boxCase(_ random: inout SeededGenerator) -> ([UInt8], [UInt8], Bytes32) {
        let longest = isRare(random.next()) ? 3000 : 400
        let message = random.bytes(Int.random(in: 0...longest, using: &random))
        return (message, random.bytes(24), random.bytes32())
    }

    private static func isRare(_ number: UInt64) -> Bool { number % 64 == 1 }
}
