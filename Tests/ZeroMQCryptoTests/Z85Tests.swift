import Testing
import ZeroMQCrypto

@Suite("Z85")
struct Z85Tests {
    static let known = [
        "HelloWorld": "864fd26fb559f75b",
        "00000": "00000000",
        "%nSc0": "ffffffff",
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID":
            "bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518",
        "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs":
            "7bb864b489afa3671fbe69101f94b38972f24816dfb01b51656b3fec8dfd0888",
        "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7":
            "54fcba24e93249969316fb617c872bb0c1d1ff14800427c594cbfacf1bc2d652",
        "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6":
            "8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7",
    ]

    @Test("known texts go there and back", arguments: known)
    func vectors(_ text: String, _ digits: String) throws {
        #expect(try Z85.decode(Array(text.utf8)) == bytes(digits))
        #expect(bytes(digits).withUnsafeBytes { Z85.encode($0) } == Array(text.utf8))
    }

    @Test("what is no Z85 is refused, with the place where it is not")
    func refusals() {
        let faults: [(String, Z85.Fault)] = [
            ("", .empty),
            ("0000", .length(4)),
            ("000000", .length(6)),
            ("#####", .tooGreat(at: 0)),
            ("%nSc1", .tooGreat(at: 0)),
            ("00000%nSc1", .tooGreat(at: 5)),
            ("0000 ", .character(at: 4)),
            ("00\"00", .character(at: 2)),
            ("####\u{7f}", .character(at: 4)),
            ("0000\\00000", .character(at: 4)),
        ]
        for (text, fault) in faults {
            #expect(throws: fault) { try Z85.decode(Array(text.utf8)) }
        }
        #expect(throws: Z85.Fault.character(at: 4)) { try Z85.decode([35, 35, 35, 35, 0x80]) }
        #expect(throws: Z85.Fault.length(39)) { try Z85.decode([UInt8](repeating: 48, count: 39)) }
        #expect(throws: Z85.Fault.length(41)) { try Z85.decode([UInt8](repeating: 48, count: 41)) }
    }

    @Test("each of the 256 bytes is a character or is refused")
    func characters() {
        let good = (UInt8.min...UInt8.max).filter { byte in
            (try? Z85.decode([48, 48, 48, 48, byte])) != nil
        }
        #expect(good.count == 85)
    }
}
