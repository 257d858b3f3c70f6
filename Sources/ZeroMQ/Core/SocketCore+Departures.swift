internal import ZeroMQProtocol

/// A subscriber that has left, and whose subscriptions have not all been forgotten.
struct DepartedSubscriber {
    /// Kept, because notices say whose they are.
    let pipe: SocketPipe
    /// What it is called in the tables, until nothing is left there.
    let number: Int
    /// XPUB: notices of its requests that the application has not received.
    var unread: Int
}

/// PUB and XPUB: subscribers leave.
///
/// From the moment one leaves nothing is sent to it. But it may have had a million topics, each of
/// which has to be forgotten, and told to the application of an XPUB, while others wait for the
/// gate. So that is done some at a time, and an event loop posts the letter that goes on with it.
extension SocketCore {
    /// Topics that are forgotten at a time: within a millisecond or so.
    private static let mostForgotten = 1000

    func detachSubscriber(_ pipe: SocketPipe) {
        guard pipe.subscriber >= 0 else { return }
        // What it has said goes before its leaving.
        takeUpSubscriptions(of: pipe, evenIfNoticesWait: true)
        let number = sending.pointee.subscribers.remove(pipe)
        // A socket that has ended goes as a whole.
        guard sending.pointee.ending == nil else { return }
        sending.pointee.departedSubscribers.append(
            DepartedSubscriber(pipe: pipe, number: number, unread: pipe.requestedGrants)
        )
        // If there are others before it, somebody is at it.
        if sending.pointee.departedSubscribers.count == 1 { forgetSubscribers() }
    }

    /// Goes on to forget those who have left, one after the other. Called inside the send gate.
    func forgetSubscribers() {
        var rest = Self.mostForgotten
        var isAlone = false
        while var departed = sending.pointee.departedSubscribers.first {
            // A socket that has ended goes as a whole, and must not be kept by this.
            guard sending.pointee.ending == nil else {
                sending.pointee.departedSubscribers = []
                return
            }
            // Notices that nobody has read do not pile up.
            let mustWait = departed.pipe.arrivedChanges?.hasNoticesUnderWay == true && !isAlone
            rest = mustWait ? 0 : forget(&departed, atMost: rest)
            guard rest > 0 else {
                sending.pointee.departedSubscribers[0] = departed
                if goOnLater(with: departed.pipe) { return }
                // There is no loop any more.
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

    /// Forgets topics of one, and has the application learn of it: of each topic that the peer
    /// asked for, where the application decides or wants to know everything, else of those that
    /// nobody wants any more. Returns how many more may be forgotten: none if some are left.
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
        // What the application granted it knows; it was never asked for in these words.
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
        // Whoever is there next is somebody else.
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
