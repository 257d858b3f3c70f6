/// A value in JSON.
enum JSONValue {
    case null
    case number(Double)
    case text(String)
    case list([JSONValue])
    /// Members in the order in which they are to be read.
    case object([(String, JSONValue)])

    init(_ value: Double?) { self = value.map { .number($0) } ?? .null }

    /// The value on lines of its own, lists of numbers on one.
    var text: String { text(indent: "") + "\n" }

    private func text(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .null: return "null"
        case .number(let value): return value.isFinite ? JSONValue.digits(value) : "null"
        case .text(let text): return JSONValue.quoted(text)
        case .list(let values):
            let isFlat = values.allSatisfy { if case .number = $0 { true } else { false } }
            let texts = values.map { $0.text(indent: inner) }
            if isFlat { return "[" + texts.joined(separator: ", ") + "]" }
            return "[\n\(inner)" + texts.joined(separator: ",\n\(inner)") + "\n\(indent)]"
        case .object(let members):
            let texts = members.map { "\(JSONValue.quoted($0)): \($1.text(indent: inner))" }
            return "{\n\(inner)" + texts.joined(separator: ",\n\(inner)") + "\n\(indent)}"
        }
    }

    private static func digits(_ value: Double) -> String {
        let isWhole = value == value.rounded() || abs(value) >= 1e6
        return Figures.fixed(value, isWhole ? 0 : 4)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case " "...: result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
