/// XSalsa20 and Poly1305 together, under a key that is made of key and nonce already.
///
/// A box is a tag of 16 bytes and then as many bytes as the message has. The first 32 bytes of
/// the key stream are the tag's key; the message meets those behind them. Bytes go through
/// cipher and authenticator while they are in the cache.
enum BoxCore {
    private typealias Words = SalsaRun.Words

    private static let tagKeyCount = Bytes32.count
    /// More bytes than this, which no memory holds, would need blocks with longer numbers.
    private static let most = (1 << 38) - 2 * Salsa20.batchCount

    /// Seals a message that may have one byte standing elsewhere in front of it.
    static func seal(
        head: UInt8?,
        _ body: UnsafeRawBufferPointer,
        key: Bytes32,
        nonce: UInt64,
        to target: UnsafeMutableRawPointer
    ) {
        let headCount = head == nil ? 0 : 1
        let output = target + Poly1305.tagCount
        let passage = Passage(
            input: (body.baseAddress ?? UnsafeRawPointer(output)) - headCount,
            output: output,
            ciphertext: UnsafeRawPointer(output),
            count: headCount + body.count
        )
        let tag = pass(passage, head: head, key: key, nonce: nonce)
        target.storeBytes(of: tag.0.littleEndian, as: UInt64.self)
        target.storeBytes(of: tag.1.littleEndian, toByteOffset: 8, as: UInt64.self)
    }

    /// Opens a box of at least 16 bytes; the target does not overlap it.
    ///
    /// When the tag is wrong, what was written is wiped and the answer is false.
    static func open(
        _ box: UnsafeRawBufferPointer,
        key: Bytes32,
        nonce: UInt64,
        to target: UnsafeMutableRawPointer
    ) -> Bool {
        guard let base = box.baseAddress, box.count >= Poly1305.tagCount else { return false }
        let tag0 = UInt64(littleEndian: base.loadUnaligned(as: UInt64.self))
        let tag1 = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let input = base + Poly1305.tagCount
        let count = box.count - Poly1305.tagCount
        let (start, end) = (UnsafeRawPointer(target), UnsafeRawPointer(target) + count)
        precondition(start >= base + box.count || end <= base, "what is opened goes elsewhere")
        let passage = Passage(input: input, output: target, ciphertext: input, count: count)
        let tag = pass(passage, head: nil, key: key, nonce: nonce)
        guard ConstantTime.isZero((tag.0 ^ tag0) | (tag.1 ^ tag1)) else {
            Wiping.wipe(UnsafeMutableRawBufferPointer(start: target, count: count))
            return false
        }
        return true
    }

    /// What goes through the cipher in one way or the other.
    private struct Passage {
        let input: UnsafeRawPointer
        let output: UnsafeMutableRawPointer
        /// The one of the two that is authenticated.
        let ciphertext: UnsafeRawPointer
        let count: Int
    }

    /// Sends bytes through the cipher; the answer is their tag.
    ///
    /// A head is taken in place of the first byte of the input.
    @inline(__always)
    private static func pass(
        _ passage: Passage,
        head: UInt8?,
        key: Bytes32,
        nonce: UInt64
    ) -> (UInt64, UInt64) {
        let (count, output) = (passage.count, passage.output)
        precondition(count <= most, "the message is in memory")
        return withBatch { batch in
            Salsa20.keyStream(key, nonce: nonce, block: 0, atLeast: tagKeyCount + count, to: batch)
            var authenticator = Poly1305(key: Bytes32(loading: batch))
            let stream = batch + tagKeyCount
            var headCount = 0
            if let head {
                output.storeBytes(of: head ^ stream.load(as: UInt8.self), as: UInt8.self)
                headCount = 1
            }
            var masked = min(count, Salsa20.batchCount - tagKeyCount)
            mask(
                passage.input + headCount,
                with: stream + headCount,
                count: masked - headCount,
                to: output + headCount
            )
            var authenticated = 0
            if count - masked >= Salsa20.batchCount {
                masked = passBatches(passage, key: key, nonce: nonce, by: &authenticator)
                authenticated = masked - Salsa20.batchCount
            }
            let left = count - masked
            if left > 0 {
                let block = UInt64(truncatingIfNeeded: masked + tagKeyCount) / 64
                Salsa20.keyStream(key, nonce: nonce, block: block, atLeast: left, to: batch)
                mask(passage.input + masked, with: batch, count: left, to: output + masked)
            }
            authenticator.end(
                UnsafeRawBufferPointer(
                    start: passage.ciphertext + authenticated,
                    count: count - authenticated
                )
            )
            return authenticator.tag()
        }
    }

    /// Sends what makes whole batches behind the first one through the cipher.
    ///
    /// Says up to where. Of that, all but the last batch is authenticated.
    ///
    /// Salsa20 is vectors and Poly1305 is multiplications that wait for each other: done by turns,
    /// each fills the gaps that the other leaves. So a batch is masked while the bytes before it
    /// are authenticated, and the key stream never leaves the registers.
    @inline(never)
    private static func passBatches(
        _ passage: Passage,
        key: Bytes32,
        nonce: UInt64,
        by shared: inout Poly1305
    ) -> Int {
        withUnsafeTemporaryAllocation(of: SalsaRun.self, capacity: 1) { memory in
            guard let run = memory.baseAddress else { preconditionFailure("there is room for one") }
            run.initialize(to: SalsaRun(key: key, nonce: nonce, block: 4))
            var authenticator = shared
            var next = passage.ciphertext
            var masked = Salsa20.batchCount - tagKeyCount
            while passage.count &- masked >= Salsa20.batchCount {
                let (source, target) = (passage.input + masked, passage.output + masked)
                let end = passage.ciphertext + masked
                var state = run.pointee.afterTwoRounds()
                // Nine times two blocks are more than the sixteen of a batch.
                for _ in 0..<9 {
                    if next < end {
                        authenticator.block(next)
                        authenticator.block(next + Poly1305.blockCount)
                        next += 2 * Poly1305.blockCount
                    }
                    state.doubleRound()
                }
                run.pointee.finish(state) { words, place in
                    let bytes = source.loadUnaligned(fromByteOffset: place, as: Words.self)
                    target.storeBytes(of: words ^ bytes, toByteOffset: place, as: Words.self)
                }
                masked &+= Salsa20.batchCount
            }
            shared = authenticator
            return masked
        }
    }

    /// Room for a batch of key stream. It is not wiped: it tells no more than the message does.
    @inline(__always)
    private static func withBatch<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
        withUnsafeTemporaryAllocation(byteCount: Salsa20.batchCount, alignment: 16) { batch in
            guard let base = batch.baseAddress else {
                preconditionFailure("the batch is not empty")
            }
            return body(base)
        }
    }

    /// Combines bytes with key stream.
    @inline(__always)
    private static func mask(
        _ source: UnsafeRawPointer,
        with stream: UnsafeRawPointer,
        count: Int,
        to target: UnsafeMutableRawPointer
    ) {
        typealias Vector = SIMD2<UInt64>
        var position = 0
        while position &+ 16 <= count {
            let bytes = source.loadUnaligned(fromByteOffset: position, as: Vector.self)
            let keys = stream.loadUnaligned(fromByteOffset: position, as: Vector.self)
            target.storeBytes(of: bytes ^ keys, toByteOffset: position, as: Vector.self)
            position &+= 16
        }
        while position < count {
            let byte = source.load(fromByteOffset: position, as: UInt8.self)
            let key = stream.load(fromByteOffset: position, as: UInt8.self)
            target.storeBytes(of: byte ^ key, toByteOffset: position, as: UInt8.self)
            position &+= 1
        }
    }
}
