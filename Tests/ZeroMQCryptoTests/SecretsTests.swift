import CryptoComparison
import Testing
import ZeroMQCrypto

@Suite("Secrets")
struct SecretsTests {
    @Test("wiping leaves zeros, at every length and alignment")
    func wiping() {
        for offset in 0..<9 {
            for count in 0..<40 {
                var memory = [UInt8](repeating: 0xaa, count: 64)
                memory.withUnsafeMutableBytes {
                    Wiping.wipe(
                        UnsafeMutableRawBufferPointer(rebasing: $0[offset..<offset + count])
                    )
                }
                let expected = (0..<64).map { index -> UInt8 in
                    (offset..<offset + count).contains(index) ? 0 : 0xaa
                }
                #expect(memory == expected)
            }
        }
    }

    @Test("secrets print as redacted, however they are printed")
    func printing() {
        let octets = Octets32(hexadecimal: BoxTests.firstKey)
        let secret = SecretOctets(octets)
        let pair = KeyPair(SecretKey(octets))
        let shared = SharedKey(octets)
        var dumped = ""
        dump(secret, to: &dumped)
        dump(pair.secretKey, to: &dumped)
        dump(shared, to: &dumped)
        let texts = [
            "\(secret)", String(reflecting: secret), "\(pair.secretKey)", "\(shared)", dumped,
        ]
        for text in texts {
            #expect(text.contains("redacted"))
            for word in [octets.w0, octets.w1, octets.w2, octets.w3] {
                #expect(!text.contains("\(word)"))
            }
        }
    }

    @Test("comparison finds every single differing bit")
    func comparison() {
        var random = SeededGenerator(seed: 3)
        let octets = random.octets(40)
        #expect(ConstantTime.areEqual(octets, octets))
        #expect(!ConstantTime.areEqual(octets, Array(octets.dropLast())))
        for bit in 0..<octets.count * 8 {
            var other = octets
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!ConstantTime.areEqual(octets, other))
        }
        let value = random.octets32()
        for bit in 0..<256 {
            var array = value.array
            array[bit / 8] ^= 1 << (bit % 8)
            #expect(Octets32(array) != value)
        }
    }

    @Test("32 octets keep their order through every form")
    func forms() {
        let array = (0..<32).map { UInt8($0) }
        #expect(Octets32(array)?.array == array)
        #expect(Octets32(Array(array.dropLast())) == nil)
        #expect(array.withUnsafeBytes { SecretOctets(copying: $0).octets32() } == Octets32(array))
    }
}
