internal import Glibc

/// How often a test does things: as often as is good for every day, or for a thorough check.
public enum Counts {
    /// Whether the environment has THOROUGH_TESTS.
    public static let areFull = getenv("THOROUGH_TESTS") != nil

    public static func pick<Value>(everyday: Value, full: Value) -> Value {
        areFull ? full : everyday
    }
}
