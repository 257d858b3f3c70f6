internal import ZeroMQReactor

/// What decides how fast TCP sends.
public enum CongestionControl: Hashable, Sendable {
    /// The system's choice, but without pacing where both ends are on one machine.
    ///
    /// An algorithm such as BBR spreads packets over time. On the way from one program to another
    /// of the same machine that is of no use, and costs a third of the throughput. For connections
    /// to a loopback address, and for those that a socket accepts from its own machine.
    case automatic
    /// The system's choice everywhere.
    case system
    /// An algorithm that the system lets this program use, by its name, such as `cubic`.
    case named(String)
}

extension CongestionControl {
    /// The algorithm to ask the system for; nil leaves its own.
    var name: String? {
        if case .named(let name) = self { name } else { nil }
    }

    /// Why the system would refuse it, or nil.
    var refusal: String? {
        guard let name, !DescriptorOptions.canControlCongestion(name) else { return nil }
        let known = DescriptorOptions.congestionControls
        return known.isEmpty ? "the name of an algorithm of the system" : "one of \(known)"
    }
}
