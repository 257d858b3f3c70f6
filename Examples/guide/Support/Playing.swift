/// Plays a role in a task of its own while `body` runs, and cancels it afterwards.
func playing(
    _ role: @escaping @Sendable () async throws -> Void,
    _ body: () async throws -> Void
) async throws {
    let task = Task { try await role() }
    defer { task.cancel() }
    try await body()
}
