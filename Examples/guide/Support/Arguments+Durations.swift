extension Arguments {
    /// The milliseconds at a place, or the default.
    func milliseconds(_ index: Int, default number: Int) throws(WrongArguments) -> Duration {
        .milliseconds(try self.number(index, default: number))
    }
}
