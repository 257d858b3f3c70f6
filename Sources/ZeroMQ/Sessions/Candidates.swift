internal import ZeroMQReactor

/// The addresses of a name, some of which are tried in each round.
///
/// A round takes them in the system's order of preference. One of a name with very many addresses
/// goes on where the last one stopped, so that each is tried in the end, and none keeps the
/// endpoint from pausing and looking the name up again.
struct Candidates {
    /// How many are tried in a round.
    static let perRound = 16

    private var round: [SocketAddress] = []
    /// Where the next round begins.
    private var start = 0

    /// Begins a round.
    mutating func begin(with addresses: [SocketAddress]) {
        let count = min(addresses.count, Self.perRound)
        let first = addresses.count > count ? start % addresses.count : 0
        // The last is taken first.
        round = (0..<count).map { addresses[(first + $0) % addresses.count] }.reversed()
        start = first + count
    }

    mutating func next() -> SocketAddress? { round.popLast() }

    /// One of them was right: the next round begins with the one that the system prefers.
    mutating func startOver() { start = 0 }
}
