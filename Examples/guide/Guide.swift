// The programs of The Guide: `swift run guide` lists them, `swift run guide NAME` plays one.
//
// Without a role a program plays all of its roles in one process and ends by itself. Each role can
// run alone too, against any peer that speaks ZeroMQ, in any language.

import Foundation
import ZeroMQ

@main
enum Guide {
    static func main() async {
        let words = Array(CommandLine.arguments.dropFirst())
        guard let name = words.first else { return print(GuideProgram.index) }
        guard let program = GuideProgram.all.first(where: { $0.name == name }) else {
            complain("There is no program '\(name)'. `guide` alone lists them.\n", status: 64)
        }
        let task = Task { try await run(program, Array(words.dropFirst())) }
        endCleanlyOnSignals(task)
        do {
            try await task.value
        } catch  where task.isCancelled {
            // Ctrl-C.
        } catch let error as WrongArguments {
            complain("\(error)\n\(program.usage)", status: 64)
        } catch {
            complain("\(error)\n", status: 1)
        }
    }

    /// Plays one role, or all of them.
    private static func run(_ program: GuideProgram, _ words: [String]) async throws {
        guard let name = words.first else { return try await program.play() }
        guard let role = program.roles.first(where: { $0.name == name }) else {
            throw WrongArguments(description: "There is no role '\(name)'.")
        }
        try await role.run(Arguments(Array(words.dropFirst())))
    }
}
