import CryptoComparison
import Glibc

/// Compares our cryptography, optimised as it is shipped, with libsodium.
///
/// Usage: crypto-check [cases | speed]. Exits with 1 where the two differ.
@main
struct CryptoCheck {
    static func main() {
        if CommandLine.arguments.dropFirst() == ["speed"] {
            do throws(Sodium.Missing) {
                return Speed.print(try Sodium())
            } catch {
                return end("\(error)", 2)
            }
        }
        let argument = CommandLine.arguments.dropFirst().first ?? "100000"
        guard let cases = Int(argument), cases > 0 else {
            return end("usage: crypto-check [cases | speed]", 2)
        }
        let sodium: Sodium
        do throws(Sodium.Missing) {
            sodium = try Sodium()
        } catch {
            return end("\(error)", 2)
        }
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var hasDifference = false
        for comparison in Comparison.all {
            let clock = ContinuousClock()
            let start = clock.now
            let difference = comparison.firstDifference(among: cases, seed: seed, from: sodium)
            let verdict = difference.map { "differ in case \($0)" } ?? "agree with libsodium"
            let count = min(cases, comparison.most)
            print("\(comparison), \(count) cases: \(verdict), \(clock.now - start)")
            hasDifference = hasDifference || difference != nil
        }
        if hasDifference { end("ours and libsodium differ", 1) }
    }

    private static func end(_ text: String, _ status: Int32) {
        print(text)
        exit(status)
    }
}
