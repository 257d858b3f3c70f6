/// Which peer sent what a socket receives. Everything here is guarded by the receive gate.
///
/// A connecting pipe may serve one peer after another, while messages of the first still wait to be
/// received. So each description records the message from which it applies.
extension SocketPipe {
    /// The metadata of the peer that sent the next message.
    var metadata: MessageMetadata? {
        if let shelvedSender { return shelvedSender.metadata }
        turnToSender()
        return peer?.metadata
    }

    /// A handshake is complete: messages that arrive from now on are from this peer.
    func note(_ newcomer: PeerDescription) {
        turnToSender()
        guard peer != nil, inbound.reader.pointee.consumed < newcomer.precedingMessages else {
            peer = newcomer
            return
        }
        // A peer that sent nothing is replaced, so there are never more entries than waiting
        // messages.
        if laterPeers.last?.precedingMessages == newcomer.precedingMessages {
            laterPeers.removeLast()
        }
        laterPeers.append(newcomer)
    }

    /// Conflating: the next message moves from the stream to the shelf.
    func noteShelvedSender() {
        turnToSender()
        shelvedSender = peer
    }

    private func turnToSender() {
        while let next = laterPeers.first,
            inbound.reader.pointee.consumed >= next.precedingMessages
        {
            peer = next
            laterPeers.removeFirst()
        }
    }
}
