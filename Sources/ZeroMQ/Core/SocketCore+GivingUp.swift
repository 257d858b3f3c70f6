internal import ZeroMQProtocol
internal import ZeroMQReactor

/// What becomes of a request that is given up, and of a reply that would come too late.
///
/// As long as the system has not taken all of it, the request is taken back, for certain: the
/// thread that has claimed the writing half of its connection writes nothing more. Such a
/// connection is of no more use, and makes way for the next one. If the system has the request, a
/// reply may come. A reply with an id is known by it. One without could be taken for the reply to
/// the next request, so the connection goes, and with it the only way in which it could come.
extension SocketCore {
    enum RequestFate {
        /// Nobody will ever receive it.
        case unsent
        /// The system has it, or may have it.
        case uncertain
    }

    /// Gives up the request under way; with `onlyIfUnsent` it goes on if it was sent. Not inside a
    /// gate.
    func giveUpRequest(onlyIfUnsent: Bool = false) -> RequestFate {
        if let isUnsent = context.inproc.withdrawRequest(of: self, onlyIfUnsent: onlyIfUnsent) {
            return isUnsent ? .unsent : .uncertain
        }
        enterSender()
        enterReceiver()
        let fate = onlyIfUnsent ? takeBackInside() : giveUpInside()
        leaveReceiver()
        leaveSender()
        return fate
    }

    /// A relaxed socket sends another request instead of the one under way. Under both gates.
    @inline(never)
    func replaceRequest() throws(ZeroMQError) {
        if !receiving.pointee.request.isMarked { try checkAnonymity() }
        _ = giveUpInside()
    }

    private func takeBackInside() -> RequestFate {
        if let pipe = receiving.pointee.request.asked {
            guard pipe.farEnd?.withdrawLast() == .withdrawn else {
                receiving.pointee.request.goOn()
                return .uncertain
            }
        } else if !receiving.pointee.request.isStranded {
            return .uncertain
        }
        return giveUpInside()
    }

    private func giveUpInside() -> RequestFate {
        let (isMarked, asked) = (
            receiving.pointee.request.isMarked, receiving.pointee.request.asked
        )
        let isAwaiting = receiving.pointee.request.isAwaiting
        let isStranded = receiving.pointee.request.isStranded
        receiving.pointee.request.answered()
        if sending.pointee.held != nil {
            dropHeldRequest()
            return .unsent
        }
        guard isAwaiting else { return .unsent }
        // The pipe has left, and has said whether the request went with it.
        guard let pipe = asked else { return isStranded ? .unsent : .uncertain }
        if pipe.inproc != nil {
            if !isMarked {
                part(with: pipe)
                context.inproc.later(.requestGivenUp(self, pipe), in: context)
            }
            return .uncertain
        }
        let withdrawal = pipe.farEnd?.withdrawLast() ?? .unknown
        switch withdrawal {
        case .gone where isMarked: return .uncertain
        case .withdrawn, .gone, .unknown:
            part(with: pipe)
            pipe.farEnd?.requestGivenUp()
            return withdrawal == .withdrawn ? .unsent : .uncertain
        }
    }

    /// Ends the connection of a pipe through which replies may come that nobody can tell apart any
    /// more. Not inside a gate.
    func giveUpConnection(of pipe: SocketPipe) {
        enterSender()
        enterReceiver()
        part(with: pipe)
        leaveReceiver()
        leaveSender()
        if pipe.inproc == nil {
            pipe.farEnd?.requestGivenUp()
        } else {
            context.inproc.later(.requestGivenUp(self, pipe), in: context)
        }
    }

    /// Nothing is sent through a pipe any more, and nothing that comes answers anything.
    private func part(with pipe: SocketPipe) {
        pipe.isGivenUp = true
        pipe.isRetired = true
        sending.pointee.balancer.remove(pipe)
    }

    // MARK: Who is not there

    /// Connecting to an endpoint came to nothing, or with nil led to a peer.
    func noteSetback(at service: AnyObject, _ reason: DisconnectReason?) {
        life.withLock { life in
            for index in life.entries.indices
            where life.entries[index].identity == ObjectIdentifier(service) {
                life.entries[index].setback = reason
                life.entries[index].setbacks = reason == nil ? 0 : life.entries[index].setbacks + 1
            }
        }
    }

    /// The error for a request whose time was over before it could be sent.
    func requestNotSent() -> ZeroMQError {
        guard connections.count == 0 else {
            return ZeroMQError(
                .timedOut,
                "the request was not sent: no peer took it in the time allowed",
                hint: "it has been taken back, and nobody will receive it",
                wasSent: false
            )
        }
        let entries = life.withLock { $0.entries }
        let absent = entries.map(\.absence).joined(separator: ", ")
        let failed = entries.first { $0.setback != nil } ?? entries.first
        var errno: Int32?
        if case .systemError(let number, _)? = failed?.setback { errno = number }
        return ZeroMQError(
            .timedOut,
            "the request was not sent: no peer is there"
                + (entries.isEmpty ? ", and no endpoint" : " (\(absent))"),
            endpoint: failed?.endpoint,
            systemErrno: errno,
            hint: "it has been taken back, and nobody will receive it",
            wasSent: false
        )
    }
}

extension SocketLife.Entry {
    /// Why nobody is at the endpoint, in words.
    fileprivate var absence: String {
        if let setback {
            return "\(endpoint): \(setback), \(setbacks) attempt\(setbacks == 1 ? "" : "s")"
        }
        switch service {
        case .listener, .inprocBinding: return "\(endpoint): nobody has connected"
        case .connector: return "\(endpoint): not connected yet"
        case .inprocConnection: return "\(endpoint): nobody is bound to the name"
        }
    }
}
