/// The first byte of a frame.
@usableFromInline
package struct FrameFlags: OptionSet, Sendable {
    @usableFromInline package let rawValue: UInt8

    @inlinable
    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Further frames of the same message follow.
    @inlinable package static var more: FrameFlags { FrameFlags(rawValue: 1) }
    /// The size takes eight bytes instead of one.
    @inlinable package static var long: FrameFlags { FrameFlags(rawValue: 2) }
    /// The frame is a command, not a part of a message.
    @inlinable package static var command: FrameFlags { FrameFlags(rawValue: 4) }
}
