@testable import HostileSubject

/// A PULL with a good PUSH.
func pullSubject(at transport: String, _ numbers: [Setting.Key: Int] = [:]) throws -> Subject {
    try Subject(Setting(.pull, numbers), at: transport)
}

/// A PUB with a good SUB.
func publisherSubject(at transport: String, _ numbers: [Setting.Key: Int] = [:]) throws -> Subject {
    try Subject(Setting(.publisher, numbers), at: transport)
}

/// An XPUB with a good SUB.
func xPublisherSubject(
    at transport: String,
    _ numbers: [Setting.Key: Int] = [:]
) throws -> Subject {
    try Subject(Setting(.xPublisher, numbers), at: transport)
}

/// A ROUTER with a good DEALER: there and back.
func routerSubject(at transport: String, _ numbers: [Setting.Key: Int] = [:]) throws -> Subject {
    try Subject(Setting(.router, numbers), at: transport)
}
