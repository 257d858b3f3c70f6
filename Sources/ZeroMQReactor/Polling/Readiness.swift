/// What has become possible on a descriptor since the last event for it.
package struct Readiness: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Reading will not block; it may also report the end or an error.
    package static let readable = Readiness(rawValue: 1)
    /// Writing will not block, or a connection attempt has ended.
    package static let writable = Readiness(rawValue: 2)
    /// The peer has finished sending or has gone; bytes may still wait to be read.
    package static let hangup = Readiness(rawValue: 4)
    /// The socket has an error to report.
    package static let error = Readiness(rawValue: 8)
}
