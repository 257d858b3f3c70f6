import Foundation
import Testing
import ZeroMQ
import ZeroMQFoundation

@Suite("Frames and messages are made of whatever holds bytes or text")
struct ConversionTests {
    @Test("slices, data, views and parts of strings")
    func bytes() {
        let data = Data([1, 2, 3])
        #expect(Frame(data) == Frame([1, 2, 3]))
        #expect(Message(data) == Message([1, 2, 3]))
        #expect(Frame(data[1...]) == Frame([2, 3]))
        #expect(Frame("text".utf8) == "text")
        #expect(Frame("some text".dropFirst(5)) == "text")
        #expect(Message("some text".dropFirst(5)) == "text")
        #expect(Message(repeatElement(UInt8(5), count: 40)).byteCount == 40)
        #expect([UInt8](Frame([9, 8])) == [9, 8])
        #expect(Data(Frame([9, 8])) == Data([9, 8]))
        #expect(Data(Message(["a", "b"])) == Data("a".utf8))
    }

    @Test("with Foundation an error says what went wrong, whatever type it is known as")
    func words() throws {
        let error: any Error = ZeroMQError(.timedOut, "no message came", hint: "wait longer")
        #expect(error.localizedDescription == "timedOut: no message came — wait longer")
        let localized = try #require(error as? any LocalizedError)
        #expect(localized.recoverySuggestion == "wait longer")
    }

    @Test("endpoints stand as text in files of configuration")
    func coding() throws {
        let endpoints = try ["tcp://127.0.0.1:5555", "ipc:///tmp/x", "inproc://x"].map {
            try Endpoint($0)
        }
        let data = try JSONEncoder().encode(endpoints)
        #expect(try JSONDecoder().decode([Endpoint].self, from: data) == endpoints)
        let foreign = Data(#"["carrier-pigeon://coop"]"#.utf8)
        #expect(throws: ZeroMQError.self) {
            _ = try JSONDecoder().decode([Endpoint].self, from: foreign)
        }
    }
}
