/// One name and value of what two peers tell each other in READY.
package struct MetadataProperty: Sendable, Equatable {
    /// The name; in one from a peer, unprintable bytes are escaped.
    package let name: String
    /// The value, opaque bytes.
    package let value: [UInt8]

    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// Why no property list can hold this; nil if one can.
    package var obstacle: String? {
        switch (name.utf8.count, value.count) {
        case (0, _): "a property without a name"
        case (256..., _): "a property with a name of \(name.utf8.count) bytes; it takes 255"
        case (_, let count) where count > Int(Int32.max): "a property of more than 2 GiB"
        default: nil
        }
    }

    /// Whether the name is this one; the case of ASCII letters does not matter.
    package func isNamed(_ other: String) -> Bool {
        name.utf8.count == other.utf8.count
            && zip(name.utf8, other.utf8).allSatisfy { Self.lowercased($0) == Self.lowercased($1) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
