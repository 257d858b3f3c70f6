/// Plays several roles side by side until `body` ends, and cancels those that go on.
///
/// A role that fails ends the others as well.
func playing(
    together roles: [@Sendable () async throws -> Void],
    until body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        for role in roles {
            group.addTask {
                try await role()
                return false
            }
        }
        group.addTask {
            try await body()
            return true
        }
        while let isOver = try await group.next(), !isOver {}
        group.cancelAll()
    }
}
