import Testing

extension Tag {
    /// Threads meet here: `.ci/run` runs it under the thread sanitizer as well.
    @Tag static var threads: Self
}
