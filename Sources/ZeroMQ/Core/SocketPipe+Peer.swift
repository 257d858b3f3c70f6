/// Who sent what a socket receives. Everything here is guarded by the receive gate.
///
/// A pipe that connects may serve one peer after the other, while messages of the first still wait
/// to be received. So each description says from which message on it holds.
extension SocketPipe {
    /// What is known of the peer that sent what is received next.
    var metadata: MessageMetadata? {
        if let shelvedSender { return shelvedSender.metadata }
        turnToSender()
        return peer?.metadata
    }

    /// A handshake is complete: what arrives from now on is this peer's.
    func note(_ newcomer: PeerDescription) {
        turnToSender()
        guard peer != nil, inbound.reader.pointee.consumed < newcomer.precedingMessages else {
            peer = newcomer
            return
        }
        // A peer that sent nothing leaves no trace, so that there are no more than messages wait.
        if laterPeers.last?.precedingMessages == newcomer.precedingMessages {
            laterPeers.removeLast()
        }
        laterPeers.append(newcomer)
    }

    /// Conflating: the next message goes from the stream to the shelf.
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
