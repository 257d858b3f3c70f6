/// Reads a peer's greeting and stops at the first byte that cannot belong to ZMTP 3.x.
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

    /// Takes the next byte of the greeting.
    package mutating func received(_ byte: UInt8) -> Progress {
        let position = count
        count += 1
        switch position {
        case 0: return judgeFirst(byte)
        case 9: return judgeSignatureEnd(byte)
        case 10: return judgeMajor(byte)
        case 11: minor = byte
        case Greeting.mechanismField: return collectMechanism(byte)
        case Greeting.asServer: isFromServer = byte == 1
        case Greeting.size - 1:
            return .complete(ProtocolVersion(major: major, minor: minor))
        case Greeting.size...:
            preconditionFailure("a whole greeting takes no more bytes")
        default: break
        }
        return .needMore
    }

    private func judgeFirst(_ byte: UInt8) -> Progress {
        switch byte {
        case 0xff: .needMore
        // The empty identity of an anonymous ZMTP 1.0 peer begins with this length.
        case 0x01: fail(.legacyPeer(.zmtp10))
        default: fail(.notZMTP(seen: ForeignProtocol(firstByte: byte)))
        }
    }

    private func judgeSignatureEnd(_ byte: UInt8) -> Progress {
        // For a 1.0 peer this is the flags byte of its identity frame, which is never continued.
        byte & 1 == 1 ? .needMore : fail(.legacyPeer(.zmtp10))
    }

    private mutating func judgeMajor(_ byte: UInt8) -> Progress {
        major = byte
        switch byte {
        case 0: return fail(.legacyPeer(.zmtp10))
        case 1: return fail(.legacyPeer(.zmtp20))
        default: return .needMore
        }
    }

    private mutating func collectMechanism(_ byte: UInt8) -> Progress {
        mechanism.append(byte)
        return mechanism.count == Greeting.mechanismField.count
            ? .mechanismSeen(mechanism) : .needMore
    }

    private func fail(_ reason: ProtocolError.Reason) -> Progress {
        .failed(ProtocolError(reason))
    }
}
