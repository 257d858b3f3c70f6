extension GuideProgram {
    /// Every program, in The Guide's order.
    static let all =
        socketsAndPatterns + requestReply + reliableRequests + publishSubscribe + distributed
        + applications

    /// Chapter 2.
    private static let socketsAndPatterns: [GuideProgram] = [
        .multiSocketReader, .requestQueue, .weatherProxy, .killSignal, .interrupt,
        .concurrentServer, .relay, .synchronizedPublisher, .publishedEnvelopes,
    ]

    /// Chapter 3.
    private static let requestReply: [GuideProgram] = [
        .identity, .readiness, .loadBalancing, .asyncServer, .peering,
    ]

    /// Chapter 4.
    private static let reliableRequests: [GuideProgram] = [
        .lazyPirate, .simplePirate, .paranoidPirate, .majordomo, .titanic, .binaryStar, .freelance1,
        .freelance2, .freelance3,
    ]

    /// Chapter 5.
    private static let publishSubscribe: [GuideProgram] = [
        .espresso, .lastValueCache, .suicidalSnail, .clone,
    ]

    /// Chapter 8.
    private static let distributed: [GuideProgram] = [
        .wouldBlock
    ]

    /// Larger ones, of chapters 5 and 8.
    private static let applications: [GuideProgram] = [
        .bridge, .chat, .presence, .logs,
    ]
}
