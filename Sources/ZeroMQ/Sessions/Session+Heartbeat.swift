internal import ZeroMQProtocol
internal import ZeroMQReactor

/// This side's heartbeats: sends a PING at intervals, and limits the silence after it.
extension Session {
    /// Begins to probe the peer, if the options ask for it. Called when the handshake is complete.
    func startHeartbeat() {
        guard let heartbeat = options.heartbeat else { return }
        heartbeatTimer = loop.schedule(at: loop.now + heartbeat.interval) { [weak self] in
            self?.beat(heartbeat)
        }
    }

    private func beat(_ heartbeat: Heartbeat) {
        guard isReady, let pipe else { return }
        let ping = pipe.openQuestion.withUnsafeBytes {
            CommandEncoding.ping(ttl: heartbeat.deciseconds, context: $0)
        }
        // If the peer does not read, PINGs must not push out the answers that wait with them.
        pipe.writing.arrange { $0.add(ping: ping) }
        pipe.requestFlush()
        if silenceTimer == nil { awaitSound(for: heartbeat.timeout ?? heartbeat.interval) }
        startHeartbeat()
    }

    /// Bytes arrived, so the peer is alive: cancels the limit on its silence.
    func noteSound() {
        guard let silenceTimer else { return }
        loop.cancel(silenceTimer)
        self.silenceTimer = nil
    }

    private func awaitSound(for limit: Duration, askingAfter pause: Duration? = nil) {
        silenceTimer = loop.schedule(at: loop.now + (pause ?? limit)) { [weak self] in
            guard let self else { return }
            let timer = silenceTimer
            // Another thread may have received bytes that are not noted yet.
            readAvailable()
            guard isReady, silenceTimer == timer else { return }
            if let reprieve = reprieve(after: limit) {
                return awaitSound(for: limit, askingAfter: reprieve)
            }
            end(.violation(ProtocolError(.heartbeat)))
        }
    }
}

extension Heartbeat {
    /// The time to live in the unit of a PING; zero means none.
    fileprivate var deciseconds: UInt16 {
        guard let timeToLive else { return 0 }
        let tenths = timeToLive.nanoseconds / 100_000_000
        return UInt16(clamping: min(tenths, Int64(CommandEncoding.greatestTimeToLive)))
    }
}
