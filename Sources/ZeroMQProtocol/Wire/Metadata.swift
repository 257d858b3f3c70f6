/// The property list of READY: properties one after the other, up to the end.
package struct Metadata: Sendable, Equatable {
    package static let socketType = "Socket-Type"
    package static let identity = "Identity"
    /// Says that the sender comes back after an ERROR, if it was for want of a place. A peer that
    /// does not say so, such as libzmq, takes every ERROR for the end.
    package static let comesBack = "X-Comes-Back"
    /// Says that the sender, a publisher, answers a PING once it has applied the changes of
    /// subscription that came before it.
    package static let confirms = "X-Confirms"

    package private(set) var properties: [MetadataProperty]

    package init(_ properties: [MetadataProperty] = []) {
        self.properties = properties
    }

    /// Reads a property list, in which nothing may be missing or left over.
    package init(
        parsing bytes: UnsafeRawBufferPointer,
        limit: Int
    ) throws(ProtocolError) {
        properties = []
        var reader = ByteReader(bytes)
        while !reader.isAtEnd {
            guard properties.count < limit else {
                throw ProtocolError(.limitExceeded(.properties))
            }
            properties.append(try Self.property(from: &reader))
        }
    }

    /// The bytes of the property list. Code that takes properties from users asks each of them for
    /// its `obstacle` first.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        for property in properties {
            precondition(!property.name.isEmpty, "a property of ours has a name")
            bytes.appendShortString(property.name.utf8)
            bytes.appendLongString(property.value)
        }
        return bytes
    }

    /// The value of a property that may occur once, or nil if it does not occur.
    package func single(_ name: String) throws(ProtocolError) -> [UInt8]? {
        let matches = properties.filter { $0.isNamed(name) }
        guard matches.count <= 1 else {
            throw ProtocolError(.invalidMetadata(.repeatedProperty))
        }
        return matches.first?.value
    }

    private static func property(
        from reader: inout ByteReader
    ) throws(ProtocolError) -> MetadataProperty {
        guard let name = reader.shortString() else {
            throw ProtocolError(.invalidMetadata(.truncated))
        }
        guard !name.isEmpty else {
            throw ProtocolError(.invalidMetadata(.emptyName))
        }
        guard let value = reader.longString() else {
            throw ProtocolError(.invalidMetadata(.truncated))
        }
        return MetadataProperty(name: Escaping.text(name), value: [UInt8](value))
    }
}
