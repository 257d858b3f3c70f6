import Testing
import ZeroMQProtocol

@Suite("READY")
struct ReadyTests {
    private func afterGreeting(_ kind: SocketKind, _ bytes: [UInt8]) -> Dialogue {
        converse(kind, RawPeer.greeting() + bytes)
    }

    @Test("READY of a DEALER equals the recorded ones, with and without an identity")
    func recordedDealer() {
        let named = hex(
            """
            04 2a 05 52 45 41 44 59 0b 53 6f 63 6b 65 74 2d
            54 79 70 65 00 00 00 06 44 45 41 4c 45 52 08 49
            64 65 6e 74 69 74 79 00 00 00 01 41
            """
        )
        let anonymous = hex(
            """
            04 29 05 52 45 41 44 59 0b 53 6f 63 6b 65 74 2d
            54 79 70 65 00 00 00 06 44 45 41 4c 45 52 08 49
            64 65 6e 74 69 74 79 00 00 00 00
            """
        )
        let greeting = RawPeer.greeting()
        let first = Dialogue(.dealer, identity: ascii("A"), chunks: [greeting])
        #expect(Array(first.sent[64...]) == named)
        #expect(Array(Dialogue(.dealer, chunks: [greeting]).sent[64...]) == anonymous)
        let peer = afterGreeting(.router, named).peer
        #expect(peer?.kind == .dealer)
        #expect(peer?.identity == ascii("A"))
        #expect(peer?.properties.map(\.name) == ["Socket-Type", "Identity"])
    }

    @Test("a PUB keeps its identity to itself")
    func recordedPublisher() {
        let dialogue = Dialogue(.publisher, identity: ascii("A"), chunks: [RawPeer.greeting()])
        #expect(Array(dialogue.sent[64...]) == RawPeer.ready("PUB"))
    }

    @Test("bytes behind READY are left for the traffic")
    func surplus() {
        let bytes = RawPeer.greeting() + RawPeer.ready("PUSH")
        let dialogue = converse(.pull, bytes + hex("00 01 41"))
        #expect(dialogue.peer?.kind == .push)
        #expect(dialogue.consumed == bytes.count)
    }

    @Test("every kind meets exactly its legal partners", arguments: SocketKind.allCases)
    func partners(ours: SocketKind) {
        for theirs in SocketKind.allCases {
            let dialogue = afterGreeting(ours, RawPeer.ready(theirs.wireName))
            if LegalPartners.table[ours.wireName]?.contains(theirs.wireName) == true {
                #expect(dialogue.peer?.kind == theirs)
            } else {
                let name = theirs.wireName
                #expect(dialogue.failure == .incompatibleSocketType(ours: ours, theirs: name))
            }
        }
    }

    @Test("unknown and lower-case types are incompatible, and printed escaped")
    func unknownType() {
        for (type, shown) in [("FOO", "FOO"), ("sub", "sub"), ("SUB\u{1b}", "SUB\\x1b")] {
            let dialogue = afterGreeting(.publisher, RawPeer.ready(type))
            let expected = ProtocolError.Reason.incompatibleSocketType(
                ours: .publisher,
                theirs: shown
            )
            #expect(dialogue.failure == expected)
        }
    }

    @Test("a READY without a usable Socket-Type is none")
    func socketTypeMissing() {
        let none = afterGreeting(.publisher, RawPeer.command("READY"))
        #expect(none.failure == .invalidMetadata(.noSocketType))
        let empty = afterGreeting(.publisher, RawPeer.ready(""))
        #expect(empty.failure == .invalidMetadata(.emptySocketType))
        let twice = RawPeer.ready("SUB", RawPeer.property("SOCKET-type", "XSUB"))
        #expect(afterGreeting(.publisher, twice).failure == .invalidMetadata(.repeatedProperty))
    }

    @Test("a name with a space or zero in it is not Socket-Type", arguments: [" ", "\0"])
    func almostSocketType(stray: String) {
        let bytes = RawPeer.command("READY", RawPeer.property("So\(stray)cket", "SUB"))
        #expect(afterGreeting(.publisher, bytes).failure == .invalidMetadata(.noSocketType))
    }

    @Test("property names are compared without regard to case")
    func caseOfNames() {
        let properties =
            RawPeer.property("sOCKET-tYPE", "DEALER")
            + RawPeer.property("IDENTITY", "me") + RawPeer.property("X-App", "v")
        let peer = afterGreeting(.router, RawPeer.command("READY", properties)).peer
        #expect(peer?.identity == ascii("me"))
        #expect(peer?.properties.last == MetadataProperty(name: "X-App", value: ascii("v")))
    }

    @Test(
        "a value length beyond the end is refused",
        arguments: ["7fffffff", "ffffffff", "80000000", "00000004"]
    )
    func valueLengths(length: String) {
        let property = [11] + ascii("Socket-Type") + hex(length) + ascii("SUB")
        let dialogue = afterGreeting(.publisher, RawPeer.command("READY", property))
        #expect(dialogue.failure == .invalidMetadata(.truncated))
    }

    @Test("nothing may be left over behind the properties, and no name may be empty")
    func leftOver() {
        let oneMore = afterGreeting(.publisher, RawPeer.ready("SUB", [1]))
        #expect(oneMore.failure == .invalidMetadata(.truncated))
        let nameOnly = afterGreeting(.publisher, RawPeer.ready("SUB", [1, 0x58]))
        #expect(nameOnly.failure == .invalidMetadata(.truncated))
        let nameless = afterGreeting(.publisher, RawPeer.ready("SUB", [0, 0, 0, 0, 0]))
        #expect(nameless.failure == .invalidMetadata(.emptyName))
    }

    @Test("an identity that could be mistaken for a generated one counts as none")
    func unusableIdentities() {
        let long = [UInt8](repeating: 0x61, count: 256)
        for identity in [long, [0] + ascii("abcd"), []] {
            let bytes = RawPeer.ready("DEALER", RawPeer.property("Identity", identity))
            let peer = afterGreeting(.router, bytes).peer
            #expect(peer?.kind == .dealer)
            #expect(peer?.identity == [])
        }
        let longest = RawPeer.property("Identity", Array(long.dropLast()))
        let peer = afterGreeting(.router, RawPeer.ready("DEALER", longest)).peer
        #expect(peer?.identity.count == 255)
    }
}

/// Who may talk to whom, as the specification lists it.
enum LegalPartners {
    static let table: [String: Set<String>] = [
        "REQ": ["REP", "ROUTER"],
        "REP": ["REQ", "DEALER"],
        "DEALER": ["REP", "DEALER", "ROUTER"],
        "ROUTER": ["REQ", "DEALER", "ROUTER"],
        "PUB": ["SUB", "XSUB"],
        "XPUB": ["SUB", "XSUB"],
        "SUB": ["PUB", "XPUB"],
        "XSUB": ["PUB", "XPUB"],
        "PUSH": ["PULL"],
        "PULL": ["PUSH"],
        "PAIR": ["PAIR"],
        "STREAM": [],
    ]
}
