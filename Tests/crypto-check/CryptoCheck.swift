import CryptoComparison
import Glibc

/// Compares our cryptography, optimised as it is shipped, with libsodium.
///
/// Usage: crypto-check [cases | speed] [library], or crypto-check timing, or crypto-check secret
/// [work]. Exits with 1 where the two differ, or where a time tells something of a secret.
///
/// The library is the system's libsodium, which chooses code for the processor, or another one:
/// built with --disable-asm it is what libsodium has for every processor.
@main
struct CryptoCheck {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        if words == ["timing"] { return Timing.judge() ? () : end("times differ", 1) }
        if words.first == "secret" { return work(words.dropFirst()) }
        let isTimed = words.first == "speed"
        guard words.count <= 2, let cases = isTimed ? 1 : Int(words.first ?? "100000"), cases > 0
        else {
            return end("usage: crypto-check [cases | speed] [library] | timing | secret [work]", 2)
        }
        let sodium: Sodium
        do throws(Sodium.Missing) {
            sodium = try words.count == 2 ? Sodium(words[1]) : Sodium()
        } catch {
            return end("\(error)", 2)
        }
        if isTimed { return Speed.show(sodium) }
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

    /// Does a work on secrets, or lists the works and how many verdicts each contains.
    private static func work(_ words: ArraySlice<String>) {
        guard !words.isEmpty else {
            for work in Secrets.works { print(work.name, work.verdicts) }
            return
        }
        guard let work = Secrets.works.first(where: { [$0.name] == words }) else {
            return end("there is no such work", 2)
        }
        work.run()
    }

    private static func end(_ text: String, _ status: Int32) {
        print(text)
        exit(status)
    }
}
