/// One kind of island.
struct Scenario: Sendable {
    let name: String
    var transports = Island.Transport.allCases
    var mayEncrypt = true
    let run: @Sendable (Island, inout Dice) throws -> Int

    static let all = [
        Scenario(name: "pipeline") { try $0.pipeline(&$1) },
        Scenario(name: "requests") { try $0.requests(&$1) },
        Scenario(name: "routing") { try $0.routing(&$1) },
        Scenario(name: "killing", transports: [.tcp, .ipc]) { try $0.killing(&$1) },
        Scenario(name: "publishing") { try $0.publishing(&$1) },
        Scenario(name: "missing") { try $0.missing(&$1) },
        Scenario(name: "pairs") { try $0.pairs(&$1) },
        Scenario(name: "rebinding") { try $0.rebinding(&$1) },
        Scenario(name: "cancelling") { try $0.cancelling(&$1) },
        Scenario(name: "leaving") { try $0.leaving(&$1) },
        Scenario(name: "outliving", transports: [.tcp, .ipc]) { try $0.outliving(&$1) },
        Scenario(name: "succeeding", transports: [.tcp, .ipc]) { try $0.succeeding(&$1) },
        Scenario(name: "books") { try $0.books(&$1) },
        Scenario(name: "churning") { try $0.churning(&$1) },
        Scenario(name: "streaming", transports: [.tcp], mayEncrypt: false) {
            try $0.streaming(&$1)
        },
        Scenario(name: "anything") { try $0.anything(&$1) },
    ]
}
