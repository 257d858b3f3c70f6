import Testing
import ZeroMQCrypto

@Suite("Poly1305")
struct Poly1305Tests {
    struct Case: Sendable {
        let r: String
        let s: String
        let message: String
        let tag: String
    }

    private static let zero = "00000000000000000000000000000000"
    private static let two = "02000000000000000000000000000000"
    private static let ones = "ffffffffffffffffffffffffffffffff"

    /// RFC 8439, section 2.5.2 and appendix A.3: sums that reach the modulus, carries that ripple.
    static let published = [
        Case(
            r: "85d6be7857556d337f4452fe42d506a8",
            s: "0103808afb0db2fd4abff6af4149f51b",
            message: "43727970746f6772617068696320466f72756d2052657365617263682047726f7570",
            tag: "a8061dc1305136c6c22b8baf0c0127a9"
        ),
        Case(r: zero, s: zero, message: zero + zero + zero + zero, tag: zero),
        Case(r: two, s: zero, message: ones, tag: "03000000000000000000000000000000"),
        Case(r: two, s: ones, message: two, tag: "03000000000000000000000000000000"),
        Case(
            r: "01000000000000000000000000000000",
            s: zero,
            message: ones + "f0ffffffffffffffffffffffffffffff11000000000000000000000000000000",
            tag: "05000000000000000000000000000000"
        ),
        Case(
            r: "01000000000000000000000000000000",
            s: zero,
            message: ones + "fbfefefefefefefefefefefefefefefe01010101010101010101010101010101",
            tag: zero
        ),
        Case(
            r: two,
            s: zero,
            message: "fdffffffffffffffffffffffffffffff",
            tag: "faffffffffffffffffffffffffffffff"
        ),
        Case(
            r: "01000000000000000400000000000000",
            s: zero,
            message: """
                e33594d7505e43b900000000000000003394d7505e4379cd0100000000000000
                0000000000000000000000000000000001000000000000000000000000000000
                """,
            tag: "14000000000000005500000000000000"
        ),
        Case(
            r: "01000000000000000400000000000000",
            s: zero,
            message: """
                e33594d7505e43b900000000000000003394d7505e4379cd0100000000000000
                00000000000000000000000000000000
                """,
            tag: "13000000000000000000000000000000"
        ),
    ]

    @Test("the published vectors come out", arguments: published)
    func vectors(_ vector: Case) {
        let tag = bytes(vector.message).withUnsafeBytes {
            Poly1305.tag(of: $0, key: Bytes32(hexadecimal: vector.r + vector.s))
        }
        #expect(bytes(tag) == bytes(vector.tag))
    }
}
