internal import ZeroMQReactor

/// The addresses of a name, some of which are tried in each round.
///
/// A round takes them in the system's order of preference. If a name has very many addresses, a
/// round starts where the previous one stopped. So each address is tried eventually, and the
/// endpoint still pauses and looks the name up again between rounds.
struct Candidates {
    /// How many addresses a round tries.
    static let perRound = 16

    private var round: [SocketAddress] = []
    /// Where the next round begins.
    private var start = 0

    /// Begins a round.
    mutating func begin(with addresses: [SocketAddress]) {
        let count = min(addresses.count, Self.perRound)
        let first = addresses.count > count ? start % addresses.count : 0
        // Reversed, because addresses are taken from the end.
        round = (0..<count).map { addresses[(first + $0) % addresses.count] }.reversed()
        start = first + count
    }

    mutating func next() -> SocketAddress? { round.popLast() }

    /// An address worked: the next round begins with the one that the system prefers.
    mutating func startOver() { start = 0 }
}
