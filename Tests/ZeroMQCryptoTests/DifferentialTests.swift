import CryptoComparison
import Testing

/// The same work done by libsodium, on random input; it has to be installed.
///
/// These are few cases, as it takes long without optimisation: `crypto-check` does many more.
@Suite("Compared with libsodium")
struct DifferentialTests {
    @Test("both come to the same", arguments: Comparison.all)
    func comparison(_ comparison: Comparison) throws {
        let isSlow = ["X25519", "keys of boxes"].contains(comparison.description)
        let difference = comparison.firstDifference(
            among: isSlow ? 50 : 1000,
            seed: 1,
            from: try Sodium()
        )
        #expect(difference == nil)
    }
}
