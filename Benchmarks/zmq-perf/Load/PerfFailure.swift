/// A measurement that cannot be made, with the reason.
struct PerfFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
