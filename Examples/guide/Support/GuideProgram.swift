/// A program of The Guide.
struct GuideProgram: Sendable {
    /// What is written after `guide`.
    let name: String
    /// The socket types in it, or the protocol that it speaks.
    let pattern: String
    /// What to do to it, and see.
    let tryThis: String
    /// What it shows, in a line.
    let shows: String
    let roles: [Role]
    /// Plays all roles in one process, and ends by itself.
    let play: @Sendable () async throws -> Void

    /// What one process can be.
    struct Role: Sendable {
        let name: String
        /// The arguments as the usage shows them, such as `[endpoint] [count]`.
        let arguments: String
        let run: @Sendable (Arguments) async throws -> Void
    }

    var usage: String {
        var lines = ["usage: guide \(name)"]
        for role in roles {
            lines.append("       guide \(name) \(role.name) \(role.arguments)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The table that the README beside this program shows.
    static var index: String {
        let rows = all.map { program in
            let roles = program.roles.map { "`\($0.name)`" }.joined(separator: ", ")
            let cells = [
                "`\(program.name)`", program.pattern, roles, program.tryThis, program.shows,
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        let head = [
            "| Program | Pattern | Roles | What to try | What it shows |",
            "|---|---|---|---|---|",
        ]
        return (head + rows).joined(separator: "\n")
    }
}
