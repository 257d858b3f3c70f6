/// What one run of a cell has shown.
struct Sample: Sendable {
    private var values: [String: Double] = [:]

    /// A value of one phase; both ends of a cell may add to it.
    subscript(_ quantity: Quantity, _ phase: Phase = .main) -> Double? {
        get { values[Sample.key(quantity, phase)] }
        set { values[Sample.key(quantity, phase)] = newValue }
    }

    /// A value by the name that `key` gives it.
    subscript(named name: String) -> Double? {
        get { values[name] }
        set { values[name] = newValue }
    }

    static func key(_ quantity: Quantity, _ phase: Phase) -> String {
        "\(phase.rawValue).\(quantity.rawValue)"
    }
}

/// A part of a run that is measured by itself.
enum Phase: String, Sendable {
    case main
    /// While all peers connect.
    case storm
    /// Publishing what nobody subscribed to.
    case misses
    /// Publishing what one subscription matches.
    case hits
}

/// Something that is measured.
enum Quantity: String, CaseIterable, Sendable {
    /// Messages, round trips or handshakes.
    case count
    case nanoseconds
    /// Processor time of both ends together, in nanoseconds.
    case cpu
    /// Voluntary context switches of both ends together.
    case switches
    /// Percentiles of a time, in nanoseconds.
    case p50, p90, p99, p999
    /// Bytes of memory for each peer or subscription.
    case memory
    /// Jain's index of how evenly senders were served: one is even.
    case fairness
}

extension Sample {
    /// How many there were in a second.
    func rate(_ phase: Phase = .main) -> Double? {
        guard let count = self[.count, phase], let time = self[.nanoseconds, phase] else {
            return nil
        }
        return time > 0 ? count / time * 1e9 : nil
    }

    /// How much of something there was for each message.
    func perMessage(_ quantity: Quantity, _ phase: Phase = .main) -> Double? {
        guard let value = self[quantity, phase], let count = self[.count, phase] else { return nil }
        return count > 0 ? value / count : nil
    }
}
