extension GuideProgram {
    /// Every program, in The Guide's order.
    static let all = requestReply + reliableRequests + publishSubscribe

    /// Chapter 3.
    private static let requestReply: [GuideProgram] = [
        .loadBalancing, .asyncServer, .peering,
    ]

    /// Chapter 4.
    private static let reliableRequests: [GuideProgram] = [
        .lazyPirate, .simplePirate, .paranoidPirate, .freelance1, .freelance2, .freelance3,
    ]

    /// Chapter 5.
    private static let publishSubscribe: [GuideProgram] = [
        .espresso, .lastValueCache, .suicidalSnail,
    ]
}
