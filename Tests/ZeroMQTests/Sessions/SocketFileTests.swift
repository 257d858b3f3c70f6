import Glibc
import Testing

@testable import ZeroMQ

@Suite("The file of an ipc endpoint")
struct SocketFileTests {
    private func temporaryPath() throws -> String {
        var template = Array("/tmp/zeromq-test-XXXXXX".utf8CString)
        let directory = try #require(mkdtemp(&template))
        return String(cString: directory) + "/socket"
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func clean(_ path: String) {
        unlink(path)
        rmdir(String(path.dropLast("/socket".count)))
    }

    @Test("it is gone when close or unbind has returned", arguments: [false, true])
    func removed(byUnbind: Bool) throws {
        let context = Context()
        defer { context.shutDown() }
        let path = try temporaryPath()
        defer { clean(path) }
        let socket = PullSocket(context: context)
        let endpoint = try socket.bind("ipc://\(path)")
        #expect(exists(path))
        if byUnbind { try socket.unbind(endpoint) } else { socket.close() }
        #expect(!exists(path))
        let next = PullSocket(context: context)
        try next.bind("ipc://\(path)")
    }

    @Test("a file that has taken its place is left alone", arguments: [false, true])
    func replaced(byUnbind: Bool) throws {
        let context = Context()
        defer { context.shutDown() }
        let path = try temporaryPath()
        defer { clean(path) }
        let socket = PullSocket(context: context)
        let endpoint = try socket.bind("ipc://\(path)")
        unlink(path)
        let file = try #require(fopen(path, "w"))
        fclose(file)
        if byUnbind { try socket.unbind(endpoint) } else { socket.close() }
        #expect(exists(path))
    }

    @Test("a temporary endpoint leaves neither file nor directory")
    func temporary() throws {
        let context = Context()
        defer { context.shutDown() }
        let socket = PullSocket(context: context)
        let path = String(try socket.bind("ipc://*").description.dropFirst("ipc://".count))
        #expect(exists(path))
        socket.close()
        #expect(!exists(path) && !exists(String(path.dropLast("/socket".count))))
    }
}
