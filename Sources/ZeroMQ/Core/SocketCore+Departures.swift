internal import ZeroMQProtocol

/// A subscriber that has left and whose subscriptions are not all removed yet.
struct DepartedSubscriber {
    /// Kept because notices name the pipe they belong to.
    let pipe: SocketPipe
    /// The subscriber's number in the tables, which stays taken until its entries are gone.
    let number: Int
    /// XPUB: notices of its requests that the application has not received.
    var unread: Int
}

/// PUB and XPUB: subscribers leave.
///
/// A subscriber that leaves gets no further message. But it may have had a million topics, and each
/// has to be removed, and at an XPUB reported to the application, while other threads wait for the
/// gate. So topics are removed in batches; between batches an event loop posts the letter that
/// continues.
extension SocketCore {
    /// Topics removed in one batch, which takes about a millisecond.
    private static let mostForgotten = 1000

    func detachSubscriber(_ pipe: SocketPipe) {
        guard pipe.subscriber >= 0 else { return }
        // The changes that it sent are applied before its departure.
        takeUpSubscriptions(of: pipe, evenIfNoticesWait: true)
        let number = sending.pointee.subscribers.remove(pipe)
        // When the socket has ended, the whole table goes at once.
        guard sending.pointee.ending == nil else { return }
        sending.pointee.departedSubscribers.append(
            DepartedSubscriber(pipe: pipe, number: number, unread: pipe.requestedGrants)
        )
        // If another one is before it in the list, the removal is already running.
        if sending.pointee.departedSubscribers.count == 1 { forgetSubscribers() }
    }

    /// Continues to remove subscribers that have left, in order. Called inside the send gate.
    func forgetSubscribers() {
        var rest = Self.mostForgotten
        var isAlone = false
        while var departed = sending.pointee.departedSubscribers.first {
            // When the socket has ended, the whole table goes at once. This list must not keep it
            // alive.
            guard sending.pointee.ending == nil else {
                sending.pointee.departedSubscribers = []
                return
            }
            // Waits while there are unread notices, so that they do not pile up.
            let mustWait = departed.pipe.arrivedChanges?.hasNoticesUnderWay == true && !isAlone
            rest = mustWait ? 0 : forget(&departed, atMost: rest)
            guard rest > 0 else {
                sending.pointee.departedSubscribers[0] = departed
                if goOnLater(with: departed.pipe) { return }
                // The loop has ended: removes everything now.
                (rest, isAlone) = (Self.mostForgotten, true)
                continue
            }
            sending.pointee.departedSubscribers.removeFirst()
            sending.pointee.subscribers.release(departed.number)
            sending.pointee.isStirred = true
        }
    }

    private func goOnLater(with pipe: SocketPipe) -> Bool {
        context.leaveToLoop { [self] in
            deliverToSender(Letter(.departedSubscribers, pipe: pipe))
        }
    }

    /// Removes topics of one subscriber and reports them to the application: each topic that the
    /// peer asked for, if the application decides or wants every change; otherwise only topics that
    /// no subscriber wants any more. Returns how many more may be removed: 0 if some topics are
    /// left.
    private func forget(_ departed: inout DepartedSubscriber, atMost most: Int) -> Int {
        let (pipe, number) = (departed.pipe, departed.number)
        var rest = most
        if let requests = sending.pointee.requests {
            var unread = departed.unread
            rest = requests.removeAll(of: number, atMost: rest) { topic in
                unread += 1
                tellFarewell(topic, .grant, pipe)
            }
            departed.unread = unread
        }
        let tellsEach = sending.pointee.notices == .everything
        // In manual mode the application knows what it granted; the peer never asked in those
        // words.
        let isTold = kind == .xPublisher && !sending.pointee.isManual
        rest = sending.pointee.subscriptions.removeAll(
            of: number,
            atMost: rest,
            tellingEach: tellsEach
        ) {
            if isTold { tellFarewell($0, tellsEach ? .peer : .topic, pipe) }
        }
        guard rest > 0 else { return 0 }
        if departed.unread > 0 {
            let end = Letter.Content.noticesEnd(
                peerNumber: pipe.peerNumber,
                unread: departed.unread
            )
            deliverToReceiver(Letter(end, pipe: pipe))
        }
        // The next peer behind this pipe is a different one.
        numberSubscriber(pipe)
        return rest
    }

    private func tellFarewell(
        _ topic: UnsafeRawBufferPointer,
        _ scope: NoticeQueue.Scope,
        _ pipe: SocketPipe
    ) {
        let topic = Frame(copying: topic)
        tell(topic, isSubscribe: false, isFirstOrLast: true, scope, pipe, after: .max)
    }
}
