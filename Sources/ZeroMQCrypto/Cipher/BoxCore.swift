/// XSalsa20 and Poly1305 together, under a key that is made of key and nonce already.
///
/// A box is a tag of 16 octets and then as many octets as the message has. The first 32 octets of
/// the key stream are the tag's key; the message meets those behind them. Octets go through
/// cipher and authenticator while they are in the cache.
enum BoxCore {
    private static let tagKeyCount = Octets32.count

    /// Seals a message that may have one octet standing elsewhere in front of it.
    static func seal(
        head: UInt8?,
        _ body: UnsafeRawBufferPointer,
        key: Octets32,
        nonce: UInt64,
        to target: UnsafeMutableRawPointer
    ) {
        withBatch { batch in
            let headCount = head == nil ? 0 : 1
            let count = headCount + body.count
            let output = target + Poly1305.tagCount
            Salsa20.keyStream(key, nonce: nonce, block: 0, atLeast: tagKeyCount + count, to: batch)
            var authenticator = Poly1305(key: Octets32(loading: batch))
            var pieces = Pieces(count: count, key: key, nonce: nonce, stream: batch)
            if let head {
                output.storeBytes(
                    of: head ^ (batch + tagKeyCount).load(as: UInt8.self),
                    as: UInt8.self
                )
            }
            var skipped = headCount
            while let piece = pieces.next() {
                if let base = body.baseAddress {
                    let start = piece.start + skipped
                    mask(
                        base + (start - headCount),
                        with: piece.stream + skipped,
                        count: piece.count - skipped,
                        to: output + start
                    )
                }
                skipped = 0
                pieces.finish(piece, of: output, by: &authenticator)
            }
            let tag = authenticator.tag()
            target.storeBytes(of: tag.0.littleEndian, as: UInt64.self)
            target.storeBytes(of: tag.1.littleEndian, toByteOffset: 8, as: UInt64.self)
        }
    }

    /// Opens a box of at least 16 octets; the target may be the box itself or memory before it.
    ///
    /// When the tag is wrong, what was written is wiped and the answer is false.
    static func open(
        _ box: UnsafeRawBufferPointer,
        key: Octets32,
        nonce: UInt64,
        to target: UnsafeMutableRawPointer
    ) -> Bool {
        guard let base = box.baseAddress, box.count >= Poly1305.tagCount else { return false }
        let tag0 = UInt64(littleEndian: base.loadUnaligned(as: UInt64.self))
        let tag1 = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        let input = base + Poly1305.tagCount
        let count = box.count - Poly1305.tagCount
        let difference = withBatch { batch in
            Salsa20.keyStream(key, nonce: nonce, block: 0, atLeast: tagKeyCount + count, to: batch)
            var authenticator = Poly1305(key: Octets32(loading: batch))
            var pieces = Pieces(count: count, key: key, nonce: nonce, stream: batch)
            while let piece = pieces.next() {
                pieces.finish(piece, of: input, by: &authenticator)
                let start = piece.start
                mask(input + start, with: piece.stream, count: piece.count, to: target + start)
            }
            let tag = authenticator.tag()
            return (tag.0 ^ tag0) | (tag.1 ^ tag1)
        }
        guard ConstantTime.isZero(difference) else {
            Wiping.wipe(UnsafeMutableRawBufferPointer(start: target, count: count))
            return false
        }
        return true
    }

    /// Room for two batches of key stream. It is not wiped: it tells no more than the message does.
    @inline(__always)
    private static func withBatch<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
        let count = 2 * Salsa20.batchCount
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) { batch in
            guard let base = batch.baseAddress else {
                preconditionFailure("the batch is not empty")
            }
            return body(base)
        }
    }

    /// Combines octets with key stream. The target may overlap them if it is not behind them.
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
            let octets = source.loadUnaligned(fromByteOffset: position, as: Vector.self)
            let keys = stream.loadUnaligned(fromByteOffset: position, as: Vector.self)
            target.storeBytes(of: octets ^ keys, toByteOffset: position, as: Vector.self)
            position &+= 16
        }
        while position < count {
            let octet = source.load(fromByteOffset: position, as: UInt8.self)
            let key = stream.load(fromByteOffset: position, as: UInt8.self)
            target.storeBytes(of: octet ^ key, toByteOffset: position, as: UInt8.self)
            position &+= 1
        }
    }

    /// Cuts a message into the pieces that a batch of key stream covers, and makes the batches.
    private struct Pieces {
        typealias Piece = (start: Int, count: Int, stream: UnsafeRawPointer)

        let count: Int
        let key: Octets32
        let nonce: UInt64
        private var done = 0
        private var block: UInt64 = 4
        /// The batch for the next piece, and room for the one after it.
        private var stream: UnsafeMutableRawPointer
        private var other: UnsafeMutableRawPointer

        /// The first batch is there already, and the tag's key stands at its front.
        init(count: Int, key: Octets32, nonce: UInt64, stream: UnsafeMutableRawPointer) {
            (self.count, self.key, self.nonce) = (count, key, nonce)
            (self.stream, other) = (stream, stream + Salsa20.batchCount)
        }

        /// The next piece; all but the last are whole blocks of the authenticator.
        @inline(__always)
        mutating func next() -> Piece? {
            guard done < count else { return nil }
            let start = done
            let offset = start == 0 ? tagKeyCount : 0
            done = min(count, start + Salsa20.batchCount - offset)
            return (start, done - start, UnsafeRawPointer(stream) + offset)
        }

        /// Authenticates a piece, and makes the key stream of the next one meanwhile.
        @inline(__always)
        mutating func finish(
            _ piece: Piece,
            of ciphertext: UnsafeRawPointer,
            by authenticator: inout Poly1305
        ) {
            let octets = ciphertext + piece.start
            let left = count - done
            if left > Salsa20.mostOctetsOfThree {
                Salsa20.batch(
                    key,
                    nonce: nonce,
                    block: block,
                    to: other,
                    authenticating: octets,
                    blocks: piece.count / Poly1305.blockCount,
                    by: &authenticator
                )
            } else {
                authenticator.piece(octets, count: piece.count)
                guard left > 0 else { return }
                Salsa20.keyStream(key, nonce: nonce, block: block, atLeast: left, to: other)
            }
            block &+= 4
            swap(&stream, &other)
        }
    }
}

extension Poly1305 {
    /// Takes the next octets of a message; all pieces but the last are whole blocks.
    @inline(__always)
    mutating func piece(_ octets: UnsafeRawPointer, count: Int) {
        let whole = count / Self.blockCount
        blocks(octets, count: whole)
        let taken = whole * Self.blockCount
        rest(UnsafeRawBufferPointer(start: octets + taken, count: count - taken))
    }
}
