import ZeroMQ

extension Island {
    /// REQ, a proxy of ROUTER and DEALER, REP: every request gets its own answer.
    func requests(_ dice: inout Dice) throws -> Int {
        let (frontend, backend) = (RouterSocket(context: context), DealerSocket(context: context))
        prepare(frontend, binds: true)
        prepare(backend, binds: true)
        // A ROUTER drops for a peer that has no room, which replies to requests given up may fill.
        frontend.sendHighWaterMark = .unlimited
        let (front, back) = (try frontend.bind(endpoint(0)), try backend.bind(endpoint(1)))
        let (clients, others) = (Crew(), Crew())
        let proxy = Proxy(frontend: frontend, backend: backend)
        if dice.once(in: 2) {
            try others.start("proxy") { try during("is a proxy", isPatient: true, proxy.run) }
        } else {
            others.startTask("proxy, a task") { try await proxy.run() }
        }
        let workers = try (0..<dice.number(1...2)).map { _ in
            let worker = ReplySocket(context: context)
            prepare(worker, binds: false)
            // A REP drops a reply for which there is no room, as a ROUTER does.
            worker.sendHighWaterMark = .unlimited
            try worker.connect(back)
            return worker
        }
        for worker in workers { try others.start("worker") { try answer(worker) } }
        let ledger = Ledger()
        for number in 1...dice.number(2...4) {
            let client = RequestSocket(context: context)
            prepare(client, binds: false)
            try client.connect(front)
            let sender = UInt32(number)
            if dice.once(in: 3) {
                clients.startTask("client \(sender), a task") {
                    try await ask(client, as: sender, ledger)
                }
            } else {
                let isPlain = dice.once(in: 2)
                try clients.start("client \(sender)") {
                    try ask(client, as: sender, ledger, isPlain: isPlain)
                }
            }
        }
        clients.join()
        proxy.terminate()
        for worker in workers { _ = close(worker, linger: .discard) }
        others.join()
        for worker in workers {
            let causes = Set(worker.statistics.dropped.keys)
            // The last replies, to requests that were given up, may be in the queue at the end.
            try expect(causes.isSubset(of: [.lingerExpired, .unread]), "a REP dropped: \(causes)")
        }
        _ = close(frontend, linger: .discard)
        _ = close(backend, linger: .discard)
        try ledger.close()
        return ledger.received
    }

    /// Sends back what comes, after a look at every byte.
    private func answer(_ worker: ReplySocket) throws {
        do {
            while true {
                let request = try during("waits for a request", isPatient: true) {
                    try worker.receive()
                }
                _ = try payload.origin(of: request)
                try worker.send(request)
            }
        } catch let error as ZeroMQError where error.code == .socketClosed {
        }
    }

    private func ask(
        _ client: RequestSocket,
        as sender: UInt32,
        _ ledger: Ledger,
        isPlain: Bool
    ) throws {
        var (bytes, number): (Int, UInt64) = (0, 0)
        while mayGoOn(bytes, number) {
            let origin = Payload.Origin(sender: sender, number: number)
            let request = payload.message(origin)
            bytes += request.reduce(0) { $0 + $1.count }
            ledger.noteSent(sender, as: number)
            let answer = try during("asks", number) {
                guard isPlain else { return try client.request(request, timeout: Self.patience) }
                try client.send(request, timeout: Self.patience)
                return try client.receive(timeout: Self.patience)
            }
            try check(answer, origin, ledger)
            number += 1
        }
        _ = close(client, linger: .discard)
    }

    /// Some requests are given up: nobody ever gets an answer to another one's.
    private func ask(_ client: RequestSocket, as sender: UInt32, _ ledger: Ledger) async throws {
        var (bytes, number): (Int, UInt64) = (0, 0)
        while mayGoOn(bytes, number) {
            let origin = Payload.Origin(sender: sender, number: number)
            let request = payload.message(origin)
            bytes += request.reduce(0) { $0 + $1.count }
            ledger.noteSent(sender, as: number)
            let asking = Task { try await client.request(request, timeout: Self.patience) }
            if number % 8 == 7 { asking.cancel() }
            do {
                let answer = try await during("asks", number) { try await asking.value }
                try check(answer, origin, ledger)
            } catch let error as ZeroMQError where error.code == .cancelled {
                ledger.takeBack(sender)
            }
            number += 1
        }
        await client.close(linger: .discard)
    }

    private func check(_ answer: Message, _ origin: Payload.Origin, _ ledger: Ledger) throws {
        let answered = try payload.origin(of: answer)
        try expect(answered == origin, "\(origin) got the answer to \(answered)")
        try ledger.noteReceived(origin)
    }
}
