import Testing
import ZeroMQProtocol

@Suite("Socket kind")
struct SocketKindTests {
    @Test("wire names lead back to their kind, in exact case only")
    func wireNames() {
        for kind in SocketKind.allCases {
            #expect(SocketKind(wireName: kind.wireName.utf8) == kind)
            #expect(SocketKind(wireName: kind.wireName.lowercased().utf8) == nil)
            #expect(SocketKind(wireName: (kind.wireName + "\0").utf8) == nil)
        }
        #expect(SocketKind(wireName: []) == nil)
        #expect(SocketKind.allCases.map(\.rawValue) == Array(0...11))
    }

    @Test("partners accept each other")
    func symmetry() {
        for left in SocketKind.allCases {
            for right in SocketKind.allCases {
                #expect(left.accepts(right) == right.accepts(left))
            }
        }
    }

    @Test("only REQ, DEALER and ROUTER announce an identity")
    func identities() {
        let announcing = SocketKind.allCases.filter(\.announcesIdentity)
        #expect(announcing == [.request, .dealer, .router])
    }
}
