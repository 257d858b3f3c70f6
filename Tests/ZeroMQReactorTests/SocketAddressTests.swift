import Testing

@testable import ZeroMQReactor

@Suite("Socket addresses")
struct SocketAddressTests {
    @Test(
        "a numeric host is read and written in its usual form",
        arguments: [
            ("127.0.0.1", "127.0.0.1:5555"), ("0.0.0.0", "0.0.0.0:5555"),
            ("255.254.253.1", "255.254.253.1:5555"), ("::1", "[::1]:5555"), ("[::1]", "[::1]:5555"),
            ("::", "[::]:5555"), ("2001:DB8:0:0:0:0:0:1", "[2001:db8::1]:5555"),
            ("::ffff:10.0.0.1", "[::ffff:10.0.0.1]:5555"), ("fe80::1%lo", "[fe80::1%lo]:5555"),
            ("fe80::1%1", "[fe80::1%lo]:5555"),
        ]
    )
    func readable(host: String, text: String) throws {
        let address = try #require(SocketAddress(numericHost: host, port: 5555))
        #expect(address.description == text)
        #expect(address.port == 5555)
    }

    @Test(
        "what is not a numeric host is refused",
        arguments: [
            "", "localhost", "1.2.3", "1.2.3.4.5", "256.0.0.1", "1.2.3.4\0x", "[]", "[::1", ":::",
            "::1%", "::1%no-such-interface", "::1%0", "1.2.3.4%lo", "*", " 1.2.3.4",
        ]
    )
    func unreadable(host: String) {
        #expect(SocketAddress(numericHost: host, port: 1) == nil)
    }

    @Test("an address survives the way to the kernel's form and back")
    func roundTrip() throws {
        let addresses = [
            SocketAddress.ipv4(0x0102_0304, port: 0xabcd),
            .ipv6(high: 0xfe80_0000_0000_0001, low: 2, scope: 3, port: 65535),
            try #require(.unix(path: "/tmp/socket")),
            try #require(.unix(path: String(repeating: "x", count: 107))),
            try #require(.unix(abstract: "name")),
            try #require(.unix(abstract: String(repeating: "x", count: 107))),
        ]
        for address in addresses {
            let copy = address.withKernelAddress {
                SocketAddress(kernelAddress: $0, length: Int($1))
            }
            #expect(copy == address)
        }
    }

    @Test(
        "both ends are on one machine if the peer is its loopback or has the same address",
        arguments: [
            ("127.0.0.1", "127.0.0.1", true), ("10.0.0.1", "127.9.9.9", true), ("::1", "::1", true),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.2", true), ("10.0.0.1", "10.0.0.1", true),
            ("2001:db8::1", "2001:db8::1", true), ("10.0.0.1", "10.0.0.2", false),
            ("2001:db8::1", "2001:db8::2", false), ("::", "2001:db8::1", false),
            ("::1", "::2", false), ("126.0.0.1", "128.0.0.1", false),
            ("::ffff:10.0.0.1", "::ffff:10.0.0.2", false),
        ]
    )
    func local(own: String, peer: String, isLocal: Bool) throws {
        let own = try #require(SocketAddress(numericHost: own, port: 1))
        let peer = try #require(SocketAddress(numericHost: peer, port: 2))
        #expect(LocalPacing.isLocal(own, peer) == isLocal)
        #expect(LocalPacing.isLocal(nil, peer) == peer.isLoopback)
        #expect(!LocalPacing.isLocal(own, nil))
    }

    @Test("a Unix name that the kernel could not hold is refused")
    func unixLimits() {
        #expect(SocketAddress.unix(path: "") == nil)
        #expect(SocketAddress.unix(path: "a\0b") == nil)
        #expect(SocketAddress.unix(path: String(repeating: "x", count: 108)) == nil)
        #expect(SocketAddress.unix(abstract: "") == nil)
        #expect(SocketAddress.unix(abstract: String(repeating: "x", count: 108)) == nil)
        #expect(SocketAddress.unix(abstract: "n")?.description == "@n")
        #expect(SocketAddress.unix(path: "/a/b")?.description == "/a/b")
    }

    @Test("a kernel address that is too short or of another family is no address")
    func truncated() {
        let bytes: [UInt8] = [2, 0, 0, 80, 127, 0, 0, 1]
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            #expect(SocketAddress(kernelAddress: base, length: 1) == nil)
            #expect(SocketAddress(kernelAddress: base, length: 8) == nil)
        }
    }

    @Test("the loopback interface has the loopback address, and an unknown one has none")
    func interfaces() {
        #expect(NetworkInterface.addresses(named: "lo").contains(.loopback(port: 0)))
        #expect(NetworkInterface.addresses(named: "no-such-interface").isEmpty)
    }
}
