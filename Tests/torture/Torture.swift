import Glibc
import ZeroMQ

/// Islands of sockets under load, one after the other, with exact accounts.
///
/// Every message is made so that each of its bytes can be checked, and everything that was sent is
/// received once, in order, or dropped and counted. After each island there are as many threads and
/// descriptors, and as little memory, as before it.
@main
struct Torture {
    var seconds = 60
    var seed = UInt64.random(in: 0 ... .max)
    var only: String?
    var isLoud = false

    static func main() {
        let words = CommandLine.arguments.dropFirst()
        if words.first == "--child" {
            do {
                try Child.run(words.dropFirst())
            } catch {
                say("torture: a child: \(error)")
                exit(1)
            }
            exit(0)
        }
        guard let torture = Torture(words) else {
            say("usage: torture [--seconds N] [--seed S] [--only ISLAND] [--loud]")
            say("ISLAND is one of " + Scenario.all.map(\.name).joined(separator: ", "))
            exit(64)
        }
        let desk = Desk("the island")
        Roster.shared.enter(desk)
        Desk.$own.withValue(desk) {
            do { try torture.run() } catch { fail(error) }
        }
    }

    init?(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            switch word {
            case "--loud": isLoud = true
            case "--seconds":
                guard let number = words.popFirst().flatMap({ Int($0) }) else { return nil }
                seconds = number
            case "--seed":
                guard let number = words.popFirst().flatMap({ UInt64($0) }) else { return nil }
                seed = number
            case "--only":
                only = words.popFirst()
                guard Scenario.all.contains(where: { $0.name == only }) else { return nil }
            default: return nil
            }
        }
    }

    private func run() throws {
        Vitals.prepare()
        try Watch.begin()
        let scenarios = Scenario.all.filter { only == nil || $0.name == only }
        say("torture: seed \(seed), \(seconds) s, \(scenarios.count) kinds of islands")
        let begin = ContinuousClock.now
        var flatness = Flatness(warmUp: 2 * scenarios.count)
        var (islands, received, islandSeed) = (0, 0, seed)
        repeat {
            received += try visit(scenarios[islands % scenarios.count], islandSeed)
            try during("compares memory and descriptors") { try flatness.check() }
            islands += 1
            var dice = Dice(seed: islandSeed)
            islandSeed = dice.next()
        } while ContinuousClock.now < begin + .seconds(seconds)
        let last = flatness.last
        say(
            "torture: \(islands) islands, \(received) messages received, all accounts exact; "
                + "\(last.descriptors) descriptors, \(last.heap >> 10) KiB of heap, "
                + "at most \(flatness.highestResident >> 20) MiB resident between islands"
        )
    }

    private func visit(_ scenario: Scenario, _ seed: UInt64) throws -> Int {
        var dice = Dice(seed: seed)
        let island = try Island(&dice, for: scenario)
        let place = "--only \(scenario.name) --seed \(seed) (\(island.description))"
        Roster.shared.open(place)
        if isLoud { say("torture: \(place)") }
        let received = try scenario.run(island, &dice)
        during("shuts its context down") { island.context.shutDown() }
        return received
    }
}
