internal import ZeroMQReactor

/// The exchange with a SOCKS5 proxy over a fresh connection. Bound to its loop.
final class SOCKSNegotiation: EventHandler {
    private let loop: EventLoop
    private let channel: any StreamChannel
    private var dialogue: SOCKSDialogue
    private var done: ((Result<any StreamChannel, DisconnectFailure>) -> Void)?
    private var registration: Registration?
    private var timer: TimerID?
    private var waiting: [UInt8]

    /// Why the exchange failed.
    struct DisconnectFailure: Error {
        let reason: DisconnectReason
    }

    init(
        loop: EventLoop,
        channel: any StreamChannel,
        dialogue: SOCKSDialogue,
        done: @escaping (Result<any StreamChannel, DisconnectFailure>) -> Void
    ) {
        self.loop = loop
        self.channel = channel
        self.dialogue = dialogue
        self.done = done
        waiting = dialogue.opening
    }

    func start(limit: Duration?) {
        do throws(SystemError) {
            registration = try loop.register(channel.descriptor, handler: self)
        } catch {
            return fail(DisconnectReason(error))
        }
        if let limit {
            timer = loop.schedule(at: loop.now + limit) { [weak self] in
                self?.fail(.handshakeTimeout)
            }
        }
        write()
    }

    func handle(_ readiness: Readiness) {
        guard done != nil else { return }
        write()
        if !readiness.isDisjoint(with: [.readable, .hangup, .error]) { read() }
    }

    func cancel() {
        done = nil
        fail(.local)
    }

    private func write() {
        while !waiting.isEmpty {
            switch waiting.withUnsafeBytes({ channel.send($0) }) {
            case .processed(let count): waiting.removeFirst(count)
            case .wouldBlock: return
            case .endOfStream: return fail(.closedByPeer)
            case .failed(let error): return fail(DisconnectReason(error))
            }
        }
    }

    /// Reads no further than the exchange goes: the next bytes belong to the peer's greeting.
    private func read() {
        while done != nil, dialogue.lacking > 0 {
            let result = withUnsafeTemporaryAllocation(
                byteCount: dialogue.lacking,
                alignment: 1
            ) { buffer -> (IOResult, SOCKSDialogue.Step) in
                let result = channel.receive(into: buffer)
                guard case .processed(let count) = result else { return (result, .needMore) }
                return (result, dialogue.receive(UnsafeRawBufferPointer(buffer).prefix(count)))
            }
            switch result.0 {
            case .processed: take(result.1)
            case .wouldBlock: return
            case .endOfStream: return fail(.closedByPeer)
            case .failed(let error): return fail(DisconnectReason(error))
            }
        }
    }

    private func take(_ step: SOCKSDialogue.Step) {
        switch step {
        case .needMore: break
        case .send(let bytes):
            waiting += bytes
            write()
        case .connected: finish(.success(channel))
        case .failed(let reason): fail(.refusedByPeer(reason))
        }
    }

    private func fail(_ reason: DisconnectReason) {
        if let registration { loop.deregister(registration) }
        registration = nil
        channel.close()
        finish(.failure(DisconnectFailure(reason: reason)))
    }

    private func finish(_ result: Result<any StreamChannel, DisconnectFailure>) {
        if let timer { loop.cancel(timer) }
        if let registration { loop.deregister(registration) }
        (timer, registration) = (nil, nil)
        let done = done
        self.done = nil
        done?(result)
    }
}
