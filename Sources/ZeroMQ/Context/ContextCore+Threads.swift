internal import ZeroMQReactor

/// The threads of a context, set up as its options ask.
extension ContextCore {
    func startLoops() throws(ZeroMQError) -> [EventLoop] {
        try options.validate()
        var loops: [EventLoop] = []
        do throws(ZeroMQError) {
            for index in 0..<options.ioThreads {
                let loop = try startLoop(index)
                loops.append(loop)
                if hasThreads { try apply(options.threadAttributes, to: loop) }
            }
            return loops
        } catch {
            for loop in loops { loop.stop() }
            throw error
        }
    }

    private func startLoop(_ index: Int) throws(ZeroMQError) -> EventLoop {
        do throws(SystemError) {
            let name = "\(options.threadNamePrefix)-io-\(index)"
            let loop = EventLoop(
                selector: try network.makeSelector(),
                clock: clock,
                name: name,
                mayHaveGuests: options.ioThreads == 1
            )
            if hasThreads { try loop.start() }
            return loop
        } catch {
            throw ZeroMQError(
                .resourceExhausted,
                "an I/O thread could not be started",
                system: error,
                hint: error.isShortage ? "raise the limit on open files, ulimit -n" : nil
            )
        }
    }

    /// Applies the attributes on the loop's own thread, and waits for the result.
    private func apply(_ attributes: ThreadAttributes, to loop: EventLoop) throws(ZeroMQError) {
        let answer = Locked<Result<Void, SystemError>?>(nil)
        let parker = ThreadParker()
        let isAsked = loop.execute {
            let result = Result { () throws(SystemError) in try attributes.apply() }
            answer.withLock { $0 = result }
            parker.unpark()
        }
        if isAsked { _ = parker.park() }
        guard case .failure(let error)? = answer.withLock({ $0 }) else { return }
        throw ZeroMQError(
            .invalidOption,
            "the system refuses the option threadAffinity or threadScheduling",
            system: error
        )
    }
}

extension ContextOptions {
    fileprivate var threadAttributes: ThreadAttributes {
        var attributes = ThreadAttributes()
        attributes.processors = threadAffinity
        switch threadScheduling {
        case .inherited: break
        case .other(let niceness): attributes.niceness = niceness
        case .batch: attributes.policy = (ThreadAttributes.batch, 0)
        case .firstInFirstOut(let priority):
            attributes.policy = (ThreadAttributes.firstInFirstOut, priority)
        case .roundRobin(let priority): attributes.policy = (ThreadAttributes.roundRobin, priority)
        }
        return attributes
    }

    /// Throws unless every option can take effect; the error names the first that cannot.
    func validate() throws(ZeroMQError) {
        guard (1...64).contains(ioThreads) else { throw refusal("ioThreads", "1 to 64") }
        if case .count(let count) = maximumSockets, count < 1 {
            throw refusal("maximumSockets", "1 or more, or .unlimited")
        }
        guard maximumAuthentications >= 1 else {
            throw refusal("maximumAuthentications", "1 or more")
        }
        let name = threadNamePrefix.utf8
        guard (1...8).contains(name.count), name.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw refusal("threadNamePrefix", "1 to 8 bytes of ASCII")
        }
        guard threadAffinity.allSatisfy({ (0...1023).contains($0) }) else {
            throw refusal("threadAffinity", "processors from 0 to 1023")
        }
        if case .always(let time) = spinning, time < .microseconds(1) || time > Spinning.longest {
            throw refusal("spinning", "times of 1 µs to 10 ms")
        }
        switch threadScheduling {
        case .other(let niceness) where !(-20...19).contains(niceness):
            throw refusal("threadScheduling", "a niceness of −20 to 19")
        case .firstInFirstOut(let priority) where !(1...99).contains(priority),
            .roundRobin(let priority) where !(1...99).contains(priority):
            throw refusal("threadScheduling", "a priority of 1 to 99")
        default: break
        }
    }

    private func refusal(_ option: String, _ wanted: String) -> ZeroMQError {
        ZeroMQError(.invalidOption, "the option \(option) of the context takes \(wanted)")
    }
}
