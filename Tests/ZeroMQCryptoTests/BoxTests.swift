import CryptoComparison
import Testing
import ZeroMQCrypto

@Suite("Boxes")
struct BoxTests {
    // The example of the paper "Cryptography in NaCl".
    static let alice = Bytes32(
        hexadecimal: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    )
    static let bob = Bytes32(
        hexadecimal: "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    )
    static let firstKey = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389"
    static let nonce = bytes("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37")
    static let message = bytes(
        """
        be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc
        e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31
        0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde
        048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864
        5e0705
        """
    )
    static let box = bytes(
        """
        f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce
        48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972
        71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae
        90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3
        7973f622a43d14a6599b1f654cb45a74e355a5
        """
    )

    @Test("the keys of the NaCl paper come out")
    func derivation() throws {
        let shared = Bytes32(
            hexadecimal: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        )
        let first = Salsa20.derivedKey(shared, input: (0, 0))
        #expect(first == Bytes32(hexadecimal: Self.firstKey))
        let second = Salsa20.derivedKey(first, input: words(Array(Self.nonce.prefix(16))))
        let expected = "dc908dda0b9344a953629b733820778880f3ceb421bb61b91cbd4c3e66256ce4"
        #expect(second == Bytes32(hexadecimal: expected))
    }

    @Test("the box of the NaCl paper comes out, from either side and as a secret box")
    func paper() throws {
        let nonce = try #require(Nonce(Self.nonce))
        let forth = SecretKey(Self.alice).sharedKey(with: SecretKey(Self.bob).publicKey)
        let back = SecretKey(Self.bob).sharedKey(with: SecretKey(Self.alice).publicKey)
        #expect(forth == SharedKey(Bytes32(hexadecimal: Self.firstKey)))
        #expect(forth?.seal(Self.message, nonce: nonce) == Self.box)
        #expect(back?.open(Self.box, nonce: nonce) == Self.message)
    }

    @Test("a box does not open with any one bit changed, nor shorter, nor under another nonce")
    func forgeries() throws {
        let nonce = try #require(Nonce(Self.nonce))
        let key = SharedKey(Bytes32(hexadecimal: Self.firstKey))
        for bit in 0..<Self.box.count * 8 {
            var forged = Self.box
            forged[bit / 8] ^= 1 << (bit % 8)
            #expect(key.open(forged, nonce: nonce) == nil)
        }
        for count in 0..<Self.box.count {
            #expect(key.open(Array(Self.box.prefix(count)), nonce: nonce) == nil)
        }
        var other = Self.nonce
        other[23] ^= 1
        #expect(key.open(Self.box, nonce: try #require(Nonce(other))) == nil)
    }

    @Test("every length up to five batches of key stream goes there and back")
    func lengths() {
        var random = SeededGenerator(seed: 11)
        let key = SharedKey(random.bytes32())
        let prefix: NoncePrefix = .init("CurveZMQMESSAGEC")
        let cipher = MessageCipher(key, prefix: prefix)
        for count in 0...1300 {
            let message = random.bytes(count + 1)
            let counter = random.next()
            let expected = key.seal(message, nonce: Nonce(prefix, counter: counter))
            var sealed = [UInt8](repeating: 0, count: count + 17)
            sealed.withUnsafeMutableBytes { target in
                message.withUnsafeBytes { message in
                    guard let target = target.baseAddress else { return }
                    let body = UnsafeRawBufferPointer(rebasing: message[1...])
                    cipher.seal(head: message[0], body, counter: counter, to: target)
                }
            }
            #expect(sealed == expected)
            var opened = [UInt8](repeating: 0xaa, count: message.count)
            let isGenuine = opened.withUnsafeMutableBytes { memory in
                guard let base = memory.baseAddress else { return false }
                return sealed.withUnsafeBytes { cipher.open($0, counter: counter, to: base) }
            }
            #expect(isGenuine)
            #expect(opened == message)
        }
    }

    @Test("what a forged box would have said is wiped")
    func wiped() {
        let cipher = MessageCipher(
            SharedKey(Bytes32(hexadecimal: Self.firstKey)),
            prefix: NoncePrefix("CurveZMQMESSAGES")
        )
        var target = [UInt8](repeating: 0xaa, count: Self.box.count)
        let isGenuine = target.withUnsafeMutableBytes { memory in
            guard let base = memory.baseAddress else { return true }
            return Self.box.withUnsafeBytes { cipher.open($0, counter: 1, to: base) }
        }
        #expect(!isGenuine)
        #expect(target.dropLast(16).allSatisfy { $0 == 0 })
        #expect(target.suffix(16).allSatisfy { $0 == 0xaa })
    }
}
