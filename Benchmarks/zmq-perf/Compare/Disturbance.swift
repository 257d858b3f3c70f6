/// Whether something else kept the machine busy.
enum Disturbance {
    /// Part of the machine's time that others may use.
    private static let foreign = 0.05
    /// Part of the time that the host may take away from one run, and by how much more from one
    /// run of a pair than from the other. What hits both alike leaves their ratio as it is.
    private static let stolen = 0.4
    private static let unevenlyStolen = 0.05

    /// Judges a pair by the state of the machine before, between and after its runs.
    static func isTooMuch(_ before: MachineLoad?, _ between: MachineLoad?, _ after: MachineLoad?)
        -> Bool
    {
        guard let before, let between, let after else { return false }
        let first = between.disturbance(since: before)
        let second = after.disturbance(since: between)
        return max(first.foreign, second.foreign) > foreign
            || max(first.stolen, second.stolen) > stolen
            || abs(first.stolen - second.stolen) > unevenlyStolen
    }

    /// Judges a single run.
    static func isTooMuch(_ before: MachineLoad?, _ after: MachineLoad?) -> Bool {
        guard let before, let after else { return false }
        let shares = after.disturbance(since: before)
        return shares.foreign > foreign || shares.stolen > stolen
    }
}
