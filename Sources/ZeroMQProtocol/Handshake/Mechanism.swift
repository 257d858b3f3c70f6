/// The security mechanisms, one of which each side announces in its greeting.
///
/// The set is closed: what a connection speaks is decided by an exhaustive switch.
package enum Mechanism: Sendable, Equatable, CaseIterable {
    case null
    case plain
    case curve

    package var wireName: String {
        switch self {
        case .null: "NULL"
        case .plain: "PLAIN"
        case .curve: "CURVE"
        }
    }

    /// The name as it stands in the greeting, padded with zeros to 20 bytes.
    var greetingField: [UInt8] {
        let padding = Greeting.mechanismField.count - wireName.utf8.count
        return Array(wireName.utf8) + repeatElement(0, count: padding)
    }

    /// Accepts a peer's field that equals ours in all 20 bytes.
    func check(_ theirs: [UInt8]) throws(ProtocolError) {
        guard theirs != greetingField else { return }
        throw ProtocolError(
            .mechanismMismatch(ours: wireName, theirs: Self.printable(theirs))
        )
    }

    /// A peer's mechanism for people: without the padding, but with any zero inside the name.
    private static func printable(_ field: [UInt8]) -> String {
        guard let last = field.lastIndex(where: { $0 != 0 }) else { return "(none)" }
        return Escaping.text(field[...last])
    }
}
