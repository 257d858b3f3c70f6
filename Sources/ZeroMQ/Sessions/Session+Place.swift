internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Whether the socket has a place for the peer. It is asked when the peer has said who it is, and
/// our READY goes out after the answer where the mechanism leaves that to us: a peer that is
/// refused then never believes that it is connected, and keeps what it has to send.
extension Session {
    /// Asks the socket, if it can say no. The answer is `wasAdmitted` or `refuse`.
    func askForPlace(for peer: PeerInfo) {
        guard let opening else { return }
        if let timer = opening.holdTimer { loop.cancel(timer) }
        guard core.sendPattern.choosesPeers else { return admit() }
        guard let pipe = takePipe() else { return }
        introduce(peer, opening.admission, to: pipe)
    }

    /// The socket has a place for the peer.
    func wasAdmitted() {
        guard phase == .handshaking, let opening, opening.arrived != nil, !opening.isAdmitted else {
            return
        }
        admit()
        // Bytes may have come with the peer's last command, and the edge that announced them.
        if phase == .ready { pipe?.requestRead() }
    }

    private func admit() {
        guard let step = opening?.handshake.admitted() else { return }
        act(on: step, surplus: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The socket will not have the peer, which is told why if it understands that.
    func refuse(_ reason: Refusal) {
        if let text = reason.text { bidFarewell(text, toAnybody: !reason.mayPass) }
        end(.refused(reason))
    }

    private func bidFarewell(_ text: String, toAnybody: Bool) {
        if let opening, phase == .handshaking {
            // An ERROR is the end for many, who come back from a connection that is just closed.
            guard toAnybody || opening.peerComesBack else { return }
            let bytes = opening.greeting + opening.handshake.dismissal(saying: text)
            _ = bytes.withUnsafeBytes { channel.send($0) }
        } else if isReady {
            let bytes = CommandEncoding.farewell(saying: text)
            pipe?.writing.useOnLoop { $0.say(farewell: bytes) }
        }
    }

    // MARK: Peers that wait for us

    /// Gives a peer some time to send its READY. One that waits for ours gets it then, and if it is
    /// refused after all, that comes as the end of its connection.
    func limitHold() {
        guard let opening, opening.holdTimer == nil, opening.handshake.isHoldingReady else {
            return
        }
        let timeout = options.handshakeTimeout ?? .seconds(30)
        // Both sides may be waiting. Who was called gives in first, and the other one has the word.
        let limit =
            keeper is Connector
            ? min(Self.longestHold * 4, timeout / 2)
            : min(Self.longestHold, timeout / 4)
        opening.holdTimer = loop.schedule(at: loop.now + limit) { [weak self] in
            guard let self, let opening = self.opening else { return }
            opening.greeting += opening.handshake.releaseReady()
            writeGreeting()
        }
    }

    /// Longer than the way round the world and back.
    private static let longestHold = Duration.milliseconds(500)
}

extension Opening {
    /// Whether the peer takes an ERROR for something that may pass.
    fileprivate var peerComesBack: Bool {
        arrived?.peer.properties.contains { $0.isNamed(Metadata.comesBack) } ?? false
    }
}
