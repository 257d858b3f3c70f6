/// Plays a role in a task of its own while `body` runs, and cancels it afterwards.
///
/// The role may end before `body` does. If it fails, the play fails with its error.
func playing(
    _ role: @escaping @Sendable () async throws -> Void,
    _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await playing(together: [role], until: body)
}
