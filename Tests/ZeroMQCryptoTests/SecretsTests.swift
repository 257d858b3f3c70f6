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
        let bytes = Bytes32(hexadecimal: BoxTests.firstKey)
        let secret = SecretBytes(bytes)
        let pair = KeyPair(SecretKey(bytes))
        let shared = SharedKey(bytes)
        var dumped = ""
        dump(secret, to: &dumped)
        dump(pair.secretKey, to: &dumped)
        dump(shared, to: &dumped)
        let texts = [
            "\(secret)", String(reflecting: secret), "\(pair.secretKey)", "\(shared)", dumped,
        ]
        for text in texts {
            #expect(text.contains("redacted"))
            for word in [bytes.w0, bytes.w1, bytes.w2, bytes.w3] {
                #expect(!text.contains("\(word)"))
            }
        }
    }

    @Test("comparison finds every single differing bit")
    func comparison() {
        var random = SeededGenerator(seed: 3)
        let bytes = random.bytes(40)
        #expect(ConstantTime.areEqual(bytes, bytes))
        #expect(!ConstantTime.areEqual(bytes, Array(bytes.dropLast())))
        for bit in 0..<bytes.count * 8 {
            var other = bytes
            other[bit / 8] ^= 1 << (bit % 8)
            #expect(!ConstantTime.areEqual(bytes, other))
        }
        let value = random.bytes32()
        for bit in 0..<256 {
            var array = value.array
            array[bit / 8] ^= 1 << (bit % 8)
            #expect(Bytes32(array) != value)
        }
    }

    @Test("32 bytes keep their order through every form")
    func forms() {
        let array = (0..<32).map { UInt8($0) }
        #expect(Bytes32(array)?.array == array)
        #expect(Bytes32(Array(array.dropLast())) == nil)
        #expect(array.withUnsafeBytes { SecretBytes(copying: $0).bytes32() } == Bytes32(array))
    }
}
