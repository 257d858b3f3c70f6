extension GuideProgram {
    /// Every program, in The Guide's order.
    static let all: [GuideProgram] = [
        // Chapter 4: reliable requests
        .lazyPirate
    ]
}
