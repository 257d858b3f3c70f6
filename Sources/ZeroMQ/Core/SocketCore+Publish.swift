internal import Synchronization

/// Sending of PUB and XPUB: finds the peers that want a message, and writes it to each of them.
extension SocketCore {
    /// Writes the message to every peer that wants it; a peer without room misses it.
    func publish(_ message: borrowing Message) -> SendOutcome {
        let matched = match(message)
        if sending.pointee.adjustsMatches { return publishAdjusted(message, matching: matched) }
        return publish(message, to: matched)
    }

    /// The rare case that not all who match get the message, or others.
    @inline(never)
    private func publishAdjusted(
        _ message: borrowing Message,
        matching matched: UnsafeBufferPointer<UInt32>
    ) -> SendOutcome {
        let target = sending.pointee.onlyTarget
        let outcome = publish(message, to: adjust(matched))
        // A message that waits for room is for the same peer when it is tried again.
        if case .blocked = outcome { sending.pointee.onlyTarget = target }
        return outcome
    }

    @inline(__always)
    private func publish(
        _ message: borrowing Message,
        to matched: UnsafeBufferPointer<UInt32>
    ) -> SendOutcome {
        if matched.isEmpty {
            drops.countUnwanted()
            return .sent
        }
        guard haveRoom(matched) else { return publishWhereRoom(message, to: matched) }
        switch message.body {
        case .inline(let bytes):
            let frame = ShortFrame(bytes)
            deliver(to: matched) { $0.deliver(frame) }
        case .shared(let storage, let offset, let count)
        where count < StreamWriter.smallestReference:
            let base = UnsafeRawPointer(storage.base) + offset
            deliver(to: matched) { $0.deliver(copying: base, count: count) }
        case .shared, .frames, .described:
            deliver(to: matched) { $0.deliver(message) }
        }
        return .sent
    }

    /// Writes to all subscribers in the list, which must have room, and then wakes those that
    /// sleep.
    @inline(__always)
    private func deliver(
        to subscribers: UnsafeBufferPointer<UInt32>,
        _ write: (inout StreamWriter) -> Void
    ) {
        for subscriber in subscribers {
            guard let lane = sending.pointee.subscribers[subscriber] else { continue }
            write(&lane.writer.pointee)
        }
        // See `StreamWriter.deliver`.
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        for subscriber in subscribers {
            guard let lane = sending.pointee.subscribers[subscriber] else { continue }
            guard StreamWriter.mustWakeConsumer(at: lane.writer.pointee.shared) else { continue }
            lane.pipe.outlet.wakeConsumer()
        }
    }

    // MARK: Room

    /// Whether all subscribers in the list have room for a message.
    ///
    /// Checking one costs as much as writing to it. So a check of every subscriber also notes how
    /// many messages all of them have room for. Only publishing uses that room up. A changed mark
    /// or a new subscriber resets the note.
    @inline(__always)
    private func haveRoom(_ subscribers: UnsafeBufferPointer<UInt32>) -> Bool {
        if sending.pointee.sureRoom > 0 {
            sending.pointee.sureRoom -= 1
            return true
        }
        return lookForRoom(subscribers)
    }

    @inline(never)
    private func lookForRoom(_ subscribers: UnsafeBufferPointer<UInt32>) -> Bool {
        var least = Int.max
        for subscriber in subscribers {
            guard let lane = sending.pointee.subscribers[subscriber] else { continue }
            least = min(least, lane.writer.pointee.currentRoom())
        }
        guard least > 0 else { return false }
        if subscribers.count == sending.pointee.subscribers.count {
            sending.pointee.sureRoom = least - 1
        }
        return true
    }

    /// Writes to the subscribers that have room; if messages must not be lost, waits until all
    /// have.
    @inline(never)
    private func publishWhereRoom(
        _ message: borrowing Message,
        to subscribers: UnsafeBufferPointer<UInt32>
    ) -> SendOutcome {
        if sending.pointee.isLossless, !allHaveRoom(subscribers) { return .blocked }
        for subscriber in subscribers {
            guard let lane = sending.pointee.subscribers[subscriber] else { continue }
            guard lane.writer.pointee.hasRoom() else {
                drops.count(.peerFull)
                continue
            }
            lane.writer.pointee.begin()
            lane.writer.pointee.append(message)
            if lane.writer.pointee.publish() { lane.pipe.outlet.wakeConsumer() }
        }
        return .sent
    }

    /// Whether all have room. If not, the first one without room announces when it has some.
    private func allHaveRoom(_ subscribers: UnsafeBufferPointer<UInt32>) -> Bool {
        for subscriber in subscribers {
            guard let lane = sending.pointee.subscribers[subscriber] else { continue }
            while !lane.writer.pointee.hasRoom() {
                if lane.writer.pointee.waitForRoom() { return false }
            }
        }
        return true
    }

    // MARK: Matching

    /// The subscribers that want a message.
    @inline(__always)
    private func match(_ message: borrowing Message) -> UnsafeBufferPointer<UInt32> {
        guard case .inline(let bytes) = message.body else {
            return matchFirstFrame(message)
        }
        // Written as whole words, because it is read back as whole words.
        let words = bytes.paddedWords
        return withUnsafeBytes(of: words) { padded in
            match(
                UnsafeRawBufferPointer(start: padded.baseAddress, count: Int(bytes.count)),
                readable: padded.count
            )
        }
    }

    @inline(never)
    private func matchFirstFrame(
        _ message: borrowing Message
    ) -> UnsafeBufferPointer<UInt32> {
        message.withUnsafeBytes { bytes in matchBytes(bytes) }
    }

    @inline(never)
    private func matchBytes(_ bytes: UnsafeRawBufferPointer) -> UnsafeBufferPointer<UInt32> {
        match(bytes, readable: bytes.count)
    }

    @inline(__always)
    private func match(
        _ bytes: UnsafeRawBufferPointer,
        readable: Int
    ) -> UnsafeBufferPointer<UInt32> {
        let matcher = sending.pointee.matcher
        let found = matcher.match(bytes, readable: readable)
        return matcher.isComplete ? found : sending.pointee.subscriptions.matchInTree(bytes)
    }
}

extension InlineBytes {
    /// Calls `body` with the bytes, padded with unspecified bytes, as whole words.
    @inline(__always)
    fileprivate var paddedWords: (UInt64, UInt64, UInt64, UInt64) {
        (words.0, words.1, words.2, UInt64(words.3) | UInt64(words.4) << 32)
    }
}
