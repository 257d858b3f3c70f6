import CryptoComparison
import Testing
import ZeroMQCrypto

@Suite("X25519")
struct X25519Tests {
    struct Case: Sendable {
        let scalar: String
        let point: String
        let result: String
    }

    /// RFC 7748, section 5.2; the last is the NaCl paper's.
    static let published = [
        Case(
            scalar: "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            point: "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            result: "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
        ),
        Case(
            scalar: "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            point: "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            result: "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
        ),
        Case(
            scalar: "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
            point: "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            result: "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        ),
    ]

    @Test("the published vectors come out", arguments: published)
    func vectors(_ vector: Case) {
        let product = X25519.multiply(
            Bytes32(hexadecimal: vector.point),
            by: Bytes32(hexadecimal: vector.scalar)
        )
        #expect(product == Bytes32(hexadecimal: vector.result))
    }

    @Test("RFC 7748's chain comes out after 1 step and after 1,000")
    func iterated() {
        var scalar = Bytes32(w0: 9, w1: 0, w2: 0, w3: 0)
        var point = scalar
        for step in 1...1000 {
            (scalar, point) = (X25519.multiply(point, by: scalar), scalar)
            if step == 1 {
                let first = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
                #expect(scalar == Bytes32(hexadecimal: first))
            }
        }
        let last = "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51"
        #expect(scalar == Bytes32(hexadecimal: last))
    }

    @Test("public keys belong to their secret ones")
    func publicKeys() {
        let pairs = [
            "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a":
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
            "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb":
                "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            "7bb864b489afa3671fbe69101f94b38972f24816dfb01b51656b3fec8dfd0888":
                "bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518",
            "8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7":
                "54fcba24e93249969316fb617c872bb0c1d1ff14800427c594cbfacf1bc2d652",
        ]
        for (secret, expected) in pairs {
            let pair = KeyPair(SecretKey(Bytes32(hexadecimal: secret)))
            #expect(pair.publicKey == PublicKey(Bytes32(hexadecimal: expected)))
        }
    }

    /// Points of small order, reduced and not, with which any secret gives zero.
    static let smallOrder = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ]

    @Test("a public key of small order shares nothing", arguments: smallOrder)
    func refused(_ key: String) {
        var random = SeededGenerator(seed: 7)
        let secret = SecretKey(random.bytes32())
        #expect(secret.sharedKey(with: PublicKey(Bytes32(hexadecimal: key))) == nil)
    }
}
