import Testing

extension Tag {
    /// Threads meet here: `.ci/run` runs it under the thread sanitizer as well.
    @Tag static var threads: Self
    /// Bytes of peers are put into memory here: `.ci/run` runs it under the address sanitizer.
    @Tag static var memory: Self
}
