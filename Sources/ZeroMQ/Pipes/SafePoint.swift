/// The last message boundary up to which everything is known to be out of the consumer's hands.
///
/// A consumer that writes bytes to a connection keeps everything from here on, so that after the
/// connection breaks it can find the first message that was not handed whole to the kernel.
struct SafePoint {
    var position: UInt64 = 0
    /// Messages that lie before the point.
    var messages: UInt64 = 0
    /// The chunk that holds the point; chunks before it are free.
    var chunk: Chunk.Pointer?
    /// The last body before the point, kept because its `next` leads on.
    var passedReference: BodyReference.Pointer?
}
