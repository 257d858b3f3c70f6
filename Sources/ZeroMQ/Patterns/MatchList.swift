/// The subscribers that a match finds, each once.
///
/// Behind a pointer, so that matching can write here while it reads the table. Subscribing makes
/// room for one more; matching itself checks no capacity. A handle: its creator must deallocate it.
struct MatchList: BitwiseCopyable {
    private struct State: ~Copyable {
        var found = PlainArray<UInt32>()
        /// For each subscriber, the number of the last match that found it.
        var stamps = PlainArray<UInt64>()
        var stamp: UInt64 = 0
        var count = 0
        /// Whether the subscribers found so far have the current stamp.
        var isStamped = false
    }

    private let state: UnsafeMutablePointer<State>

    init() {
        state = .allocate(capacity: 1)
        state.initialize(to: State())
    }

    func deallocate() {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// The subscribers that the last match found, valid until the next one.
    @inline(__always)
    var subscribers: UnsafeBufferPointer<UInt32> {
        UnsafeBufferPointer(
            start: state.pointee.found.elements.baseAddress,
            count: state.pointee.count
        )
    }

    /// Makes room for a subscriber.
    func admit(_ subscriber: UInt32) {
        state.pointee.found.extend(to: Int(subscriber) + 1, with: 0)
        state.pointee.stamps.extend(to: Int(subscriber) + 1, with: 0)
    }

    @inline(__always)
    func begin() {
        state.pointee.count = 0
        state.pointee.isStamped = false
    }

    /// Adds one subscriber of a topic.
    func add(_ subscriber: UInt32) {
        guard state.pointee.count == 0 else {
            return withUnsafePointer(to: subscriber) {
                merge(UnsafeBufferPointer(start: $0, count: 1))
            }
        }
        state.pointee.found[0] = subscriber
        state.pointee.count = 1
    }

    /// Adds all subscribers of a topic, which contain no duplicates.
    func add(_ subscribers: UnsafeBufferPointer<UInt32>) {
        guard state.pointee.count == 0, let source = subscribers.baseAddress else {
            return merge(subscribers)
        }
        let target = state.pointee.found.elements.baseAddress.unsafelyUnwrapped
        target.update(from: source, count: subscribers.count)
        state.pointee.count = subscribers.count
    }

    /// Adds those that are not in the list yet. Not needed if only one topic matches the message.
    @inline(never)
    private func merge(_ subscribers: UnsafeBufferPointer<UInt32>) {
        if !state.pointee.isStamped {
            state.pointee.stamp += 1
            state.pointee.isStamped = true
            for subscriber in self.subscribers {
                state.pointee.stamps[Int(subscriber)] = state.pointee.stamp
            }
        }
        for subscriber in subscribers
        where state.pointee.stamps[Int(subscriber)] != state.pointee.stamp {
            state.pointee.stamps[Int(subscriber)] = state.pointee.stamp
            state.pointee.found[state.pointee.count] = subscriber
            state.pointee.count += 1
        }
    }

    /// Replaces the subscribers that were found.
    func replace(by subscribers: [UInt32]) {
        begin()
        for subscriber in subscribers {
            admit(subscriber)
            state.pointee.found[state.pointee.count] = subscriber
            state.pointee.count += 1
        }
    }
}
