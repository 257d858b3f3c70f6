import Testing
import ZeroMQ

@Suite("Messages and frames as values")
struct MessageTests {
    @Test("frames are made of text, bytes and integers, and read back", arguments: [0, 3, 30, 31])
    func contents(count: Int) {
        let bytes = (0..<count).map { UInt8($0) }
        #expect(Array(Frame(bytes)) == bytes)
        #expect(Array(Frame(consuming: bytes)) == bytes)
        #expect(Frame(copying: bytes.span) == Frame(bytes))
        #expect(Frame(copying: bytes.span.bytes) == Frame(bytes))
        #expect(Frame(bytes).withBytes { $0.byteCount } == count)
        #expect(Frame(bytes).withSpan { span in span.indices.map { span[$0] } } == bytes)
        let text = String(repeating: "x", count: count)
        #expect(String(Frame(text)) == text)
        #expect(Message("\(text)") == Message(text))
    }

    @Test("integers travel in the order that was asked for, and only in their own size")
    func integers() {
        let frame = Frame(bigEndian: UInt32(0x0102_0304))
        #expect(Array(frame) == [1, 2, 3, 4])
        #expect(Array(Frame(littleEndian: UInt32(0x0102_0304))) == [4, 3, 2, 1])
        #expect(frame.bigEndian(as: UInt32.self) == 0x0102_0304)
        #expect(frame.littleEndian(as: UInt32.self) == 0x0403_0201)
        #expect(frame.bigEndian(as: UInt64.self) == nil)
        #expect(Frame(bigEndian: Int64(-2)).bigEndian(as: Int64.self) == -2)
        #expect(Frame("12345").bigEndian(as: UInt32.self) == nil)
    }

    @Test("what is not UTF-8 is told apart, or replaced")
    func text() {
        #expect(String(validating: Frame("grüße")) == "grüße")
        #expect(String(validating: Frame([0xff, 0xfe])) == nil)
        #expect(String(Frame([0x41, 0xff])) == "A\u{fffd}")
    }

    @Test("envelopes are put on and taken off")
    func envelopes() {
        var message: Message = "body"
        message.insert(contentsOf: ["id", ""], at: 0)
        #expect(message == ["id", "", "body"])
        #expect(message.byteCount == 6)
        #expect(Message(message.dropFirst(2)) == "body")
        message.removeFirst(2)
        #expect(message == "body" && message.count == 1)
        message.append("tail")
        #expect(message.map { String($0) } == ["body", "tail"])
        message.removeAll()
        #expect(message.isEmpty && message.byteCount == 0)
        #expect(message + ["one"] == Message("one"))
    }
}
