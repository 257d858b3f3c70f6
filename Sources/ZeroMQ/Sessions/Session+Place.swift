internal import ZeroMQProtocol
internal import ZeroMQReactor

/// Whether the socket has a place for the peer. The socket is asked once the peer has identified
/// itself. Where the mechanism permits, our READY is sent after the answer: a peer that is refused
/// then never believes that it is connected, and keeps its messages.
extension Session {
    /// Asks the socket, if its type can refuse a peer. The answer is `wasAdmitted` or `refuse`.
    func askForPlace(for peer: PeerInfo) {
        guard let opening else { return }
        if let timer = opening.holdTimer { loop.cancel(timer) }
        guard core.sendPattern.choosesPeers else { return admit() }
        guard let pipe = takePipe() else { return }
        introduce(peer, opening.admission, to: pipe)
    }

    /// The socket has a place for the peer, which a ROUTER knows under this name.
    func wasAdmitted(as name: Frame?) {
        guard phase == .handshaking, let opening, opening.arrived != nil, !opening.isAdmitted else {
            return
        }
        opening.routingID = name
        admit()
        // Bytes may have arrived with the peer's last command; no new edge will announce them.
        if phase == .ready { pipe?.requestRead() }
    }

    private func admit() {
        guard let step = opening?.handshake.admitted() else { return }
        act(on: step, surplus: UnsafeRawBufferPointer(start: nil, count: 0))
    }

    /// The socket refuses the peer, and the peer is told the reason if it can handle that.
    func refuse(_ reason: Refusal) {
        if let text = reason.text { bidFarewell(text, toAnybody: !reason.mayPass) }
        end(.refused(reason))
    }

    private func bidFarewell(_ text: String, toAnybody: Bool) {
        if let opening, phase == .handshaking {
            // Many peers give up after an ERROR, but reconnect after a plain close.
            guard toAnybody || opening.peerComesBack else { return }
            let bytes = opening.greeting + opening.handshake.dismissal(saying: text)
            _ = bytes.withUnsafeBytes { channel.send($0) }
        } else if isReady {
            let bytes = CommandEncoding.farewell(saying: text)
            pipe?.writing.useOnLoop { $0.say(farewell: bytes) }
        }
    }

    // MARK: Peers that wait for us

    /// Limits how long we wait for the peer's READY. A peer that itself waits for ours gets it
    /// then. If it is refused after that, its connection is closed.
    func limitHold() {
        guard let opening, opening.holdTimer == nil, opening.handshake.isHoldingReady else {
            return
        }
        let timeout = options.handshakeTimeout ?? .seconds(30)
        // Both sides may be waiting. The side that was called stops waiting first, so the other
        // side decides.
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

    /// Longer than a round trip to any place on earth.
    private static let longestHold = Duration.milliseconds(500)
}

extension Opening {
    /// Whether the peer has promised to reconnect after an ERROR.
    fileprivate var peerComesBack: Bool {
        arrived?.peer.properties.contains { $0.isNamed(Metadata.comesBack) } ?? false
    }
}
