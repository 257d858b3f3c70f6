/// The version of ZMTP that a peer speaks.
///
/// Peers newer than 3.1 are treated as 3.1; those before 3.0 are recognised in order to be refused.
package enum ProtocolVersion: UInt8, Sendable, Comparable, CustomStringConvertible {
    case zmtp10
    case zmtp20
    case zmtp30
    case zmtp31

    /// The version meant by bytes 10 and 11 of a 3.x greeting.
    ///
    /// A major version of 2 counts as 3.1, because libzmq does so and no 2.0 peer ever sent it.
    package init(major: UInt8, minor: UInt8) {
        self = major == 3 && minor == 0 ? .zmtp30 : .zmtp31
    }

    package var description: String {
        switch self {
        case .zmtp10: "1.0"
        case .zmtp20: "2.0"
        case .zmtp30: "3.0"
        case .zmtp31: "3.1"
        }
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}
