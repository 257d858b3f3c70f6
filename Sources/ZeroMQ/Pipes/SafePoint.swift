/// A message boundary: the consumer is known to have handed on everything before it.
///
/// A consumer that writes to a connection keeps everything from here on. If the connection breaks,
/// it can find the first message that was not handed whole to the kernel.
struct SafePoint {
    var position: UInt64 = 0
    /// The number of messages before the point.
    var messages: UInt64 = 0
    /// The chunk that contains the point; earlier chunks were freed.
    var chunk: Chunk.Pointer?
    /// The last body before the point, kept because its `next` leads to the following ones.
    var passedReference: BodyReference.Pointer?
}
