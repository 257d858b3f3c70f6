import Foundation
import Testing
import ZeroMQCrypto

@Suite("X25519 and Project Wycheproof")
struct WycheproofTests {
    @Test("all 518 cases come out")
    func cases() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Vectors/x25519-wycheproof.txt")
        let lines = try String(contentsOf: file, encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 518)
        for line in lines {
            let fields = line.split(separator: " ")
            try #require(fields.count == 4)
            let secret = Bytes32(hexadecimal: fields[2])
            let product = X25519.multiply(Bytes32(hexadecimal: fields[1]), by: secret)
            let expected = Bytes32(hexadecimal: fields[3])
            #expect(product == expected, "case \(fields[0])")
            let isZero = expected.array.allSatisfy { $0 == 0 }
            let shared = X25519.shared(secret, with: Bytes32(hexadecimal: fields[1]))
            #expect((shared == nil) == isZero, "case \(fields[0])")
        }
    }
}
