import Glibc
import Testing

@testable import ZeroMQReactor

@Suite("System calls")
struct SystemTests {
    @Test("an error has the name and the sentence of its number")
    func names() {
        #expect(SystemError(errno: ECONNREFUSED).name == "ECONNREFUSED")
        #expect(SystemError(errno: ECONNREFUSED).message == "Connection refused")
        #expect(SystemError(errno: 9999).name == "errno 9999")
        #expect(SystemError(errno: EMFILE).isShortage)
        #expect(!SystemError(errno: EPERM).isShortage)
    }

    @Test("a call interrupted by a signal is made again")
    func interrupted() {
        var attempts = 0
        let result = IOResult.reading {
            attempts += 1
            errno = EINTR
            return attempts < 3 ? -1 : 5
        }
        #expect(result == .processed(5))
        #expect(attempts == 3)
    }

    @Test("a call that is always interrupted fails in the end, and does not hang")
    func interruptedWithoutEnd() {
        let result = IOResult.writing {
            errno = EINTR
            return -1
        }
        #expect(result == .failed(SystemError(errno: EINTR)))
        #expect(throws: SystemError(errno: EINTR)) {
            try checked {
                errno = EINTR
                return -1
            }
        }
    }

    @Test("what a refused call means is read from its errno")
    func outcomes() {
        #expect(outcome(EAGAIN) == .wouldBlock)
        #expect(outcome(ECONNRESET) == .failed(.connectionReset))
        #expect(outcome(9999) == .failed(SystemError(errno: 9999)))
        #expect(IOResult.reading { 0 } == .endOfStream)
        #expect(IOResult.writing { 0 } == .processed(0))
    }

    private func outcome(_ number: Int32) -> IOResult {
        .writing {
            errno = number
            return -1
        }
    }

    @Test("an owner closes its descriptor unless it gave it away")
    func ownership() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        // What `dup` of the reading end reports shows whether the writing end is still open.
        let kept = FileDescriptor(owning: ends[1]).release()
        #expect(write(kept, "x", 1) == 1)
        do {
            let owner = FileDescriptor(owning: kept)
            #expect(owner.number == kept)
        }
        var byte: UInt8 = 0
        #expect(Glibc.read(ends[0], &byte, 1) == 1)
        // With no writer left, reading ends instead of waiting.
        #expect(Glibc.read(ends[0], &byte, 1) == 0)
        close(ends[0])
    }

    @Test("options reach the kernel, and accepted connections inherit them")
    func options() throws {
        var options = DescriptorOptions()
        options.sendBuffer = 50_000
        options.receiveBuffer = 60_000
        options.typeOfService = 0x10
        options.keepAlive.isEnabled = true
        options.keepAlive.idle = .milliseconds(30_500)
        options.keepAlive.interval = .seconds(5)
        options.keepAlive.count = 4
        options.maximumRetransmit = .milliseconds(1500)
        let ends = try pair(.loopback(port: 0), options: options)
        for end in [ends.client, ends.server] {
            let tcp = Int32(IPPROTO_TCP)
            // The kernel doubles buffer sizes for its own bookkeeping.
            #expect(Kernel.option(end.descriptor, SOL_SOCKET, SO_SNDBUF) == 100_000)
            #expect(Kernel.option(end.descriptor, SOL_SOCKET, SO_RCVBUF) == 120_000)
            #expect(Kernel.option(end.descriptor, SOL_SOCKET, SO_KEEPALIVE) == 1)
            #expect(Kernel.option(end.descriptor, tcp, TCP_NODELAY) == 1)
            #expect(Kernel.option(end.descriptor, tcp, TCP_KEEPIDLE) == 31)
            #expect(Kernel.option(end.descriptor, tcp, TCP_KEEPINTVL) == 5)
            #expect(Kernel.option(end.descriptor, tcp, TCP_KEEPCNT) == 4)
            #expect(Kernel.option(end.descriptor, tcp, TCP_USER_TIMEOUT) == 1500)
            let flags = fcntl(end.descriptor, F_GETFL)
            #expect(flags & O_NONBLOCK != 0)
            #expect(fcntl(end.descriptor, F_GETFD) & FD_CLOEXEC != 0)
        }
        #expect(Kernel.option(ends.client.descriptor, Int32(IPPROTO_IP), IP_TOS) == 0x10)
    }

    @Test("an interface that does not exist is refused")
    func device() {
        var options = DescriptorOptions()
        options.boundDevice = "no-such-interface"
        #expect(throws: SystemError(errno: ENODEV)) {
            _ = try StreamDescriptor.connect(to: .loopback(port: 1), options: options)
        }
    }

    @Test("files are told apart by kind and identity, and removing a missing one is no error")
    func files() throws {
        let directory = try FileSystem.makeTemporaryDirectory(prefix: "zmq-test-")
        let path = directory + "/socket"
        #expect(try FileSystem.kind(of: directory) == .other)
        #expect(try FileSystem.kind(of: path) == .missing)
        #expect(try FileSystem.identity(of: path) == nil)
        let listener = try ListeningDescriptor.listen(on: .unixPath(path), backlog: 1)
        let identity = try #require(try FileSystem.identity(of: path))
        #expect(identity == (try FileSystem.identity(of: path)))
        #expect(identity != (try FileSystem.identity(of: directory)))
        listener.close()
        #expect(try FileSystem.kind(of: path) == .socket)
        try FileSystem.unlink(path)
        try FileSystem.unlink(path)
        try FileSystem.removeDirectory(directory)
        try FileSystem.removeDirectory(directory)
        #expect(try FileSystem.kind(of: path) == .missing)
    }
}
