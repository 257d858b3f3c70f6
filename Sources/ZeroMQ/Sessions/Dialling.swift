internal import ZeroMQReactor

/// One attempt to reach one address.
final class Dialling: EventHandler {
    private let network: any Network
    private let loop: EventLoop
    private let address: SocketAddress
    private var done: ((Result<any StreamChannel, SystemError>) -> Void)?
    private var channel: (any StreamChannel)?
    private var registration: Registration?
    private var timer: TimerID?

    init(
        network: any Network,
        loop: EventLoop,
        address: SocketAddress,
        done: @escaping (Result<any StreamChannel, SystemError>) -> Void
    ) {
        self.network = network
        self.loop = loop
        self.address = address
        self.done = done
    }

    func start(source: SocketAddress?, options: SocketOptions) {
        do throws(SystemError) {
            let (channel, isInProgress) = try network.connect(
                to: address,
                from: source,
                options: options.descriptorOptions
            )
            self.channel = channel
            guard isInProgress else { return finish(.success(channel)) }
            registration = try loop.register(channel.descriptor, handler: self)
        } catch {
            return finish(.failure(error))
        }
        if let limit = options.connectTimeout {
            timer = loop.schedule(at: loop.now + limit) { [weak self] in
                self?.finish(.failure(.timedOut))
            }
        }
    }

    func handle(_ readiness: Readiness) {
        guard let channel, !readiness.isDisjoint(with: [.writable, .hangup, .error]) else { return }
        if let error = channel.finishConnect() {
            finish(.failure(error))
        } else if channel.isSelfConnected {
            // A local port chosen at random may be the very port being called: TCP then connects to
            // itself.
            finish(.failure(.connectionRefused))
        } else {
            finish(.success(channel))
        }
    }

    func cancel() {
        done = nil
        finish(.failure(.timedOut))
    }

    private func finish(_ result: Result<any StreamChannel, SystemError>) {
        if let timer { loop.cancel(timer) }
        if let registration { loop.deregister(registration) }
        (timer, registration) = (nil, nil)
        let done = done
        self.done = nil
        if case .failure = result { channel?.close() }
        channel = nil
        done?(result)
    }
}
