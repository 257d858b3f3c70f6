/// Reads a peer's greeting and stops at the first octet that cannot belong to ZMTP 3.x.
///
/// Fields without meaning are never judged: padding, as-server, filler, and version numbers
/// higher than ours.
package struct GreetingParser {
    package enum Progress: Equatable {
        case needMore
        /// The mechanism's name is in: it can be judged before the rest of the greeting.
        case mechanismSeen([UInt8])
        /// The greeting is whole.
        case complete(ProtocolVersion)
        case failed(ProtocolError)
    }

    private var count = 0
    private var major: UInt8 = 0
    private var minor: UInt8 = 0
    private var mechanism: [UInt8] = []
    /// The peer calls itself the server. Good for an explanation, not for a judgement.
    private(set) var isFromServer = false

    package init() {}

    /// Takes the next octet of the greeting.
    package mutating func received(_ octet: UInt8) -> Progress {
        let position = count
        count += 1
        switch position {
        case 0: return judgeFirst(octet)
        case 9: return judgeSignatureEnd(octet)
        case 10: return judgeMajor(octet)
        case 11: minor = octet
        case Greeting.mechanismField: return collectMechanism(octet)
        case Greeting.asServer: isFromServer = octet == 1
        case Greeting.size - 1:
            return .complete(ProtocolVersion(major: major, minor: minor))
        case Greeting.size...:
            preconditionFailure("a whole greeting takes no more octets")
        default: break
        }
        return .needMore
    }

    private func judgeFirst(_ octet: UInt8) -> Progress {
        switch octet {
        case 0xff: .needMore
        // The empty identity of an anonymous ZMTP 1.0 peer begins with this length.
        case 0x01: fail(.legacyPeer(.zmtp10))
        default: fail(.notZMTP(seen: ForeignProtocol(firstOctet: octet)))
        }
    }

    private func judgeSignatureEnd(_ octet: UInt8) -> Progress {
        // For a 1.0 peer this is the flags octet of its identity frame, which is never continued.
        octet & 1 == 1 ? .needMore : fail(.legacyPeer(.zmtp10))
    }

    private mutating func judgeMajor(_ octet: UInt8) -> Progress {
        major = octet
        switch octet {
        case 0: return fail(.legacyPeer(.zmtp10))
        case 1: return fail(.legacyPeer(.zmtp20))
        default: return .needMore
        }
    }

    private mutating func collectMechanism(_ octet: UInt8) -> Progress {
        mechanism.append(octet)
        return mechanism.count == Greeting.mechanismField.count
            ? .mechanismSeen(mechanism) : .needMore
    }

    private func fail(_ reason: ProtocolError.Reason) -> Progress {
        .failed(ProtocolError(reason))
    }
}
