import Testing

@testable import ZeroMQ

@Suite("What REQ knows of its request")
struct RequestStateTests {
    private func makePipe() -> SocketPipe {
        SocketPipe(
            outbound: WireStream(highWaterMark: 1, readerRetains: false),
            inbound: WireStream(highWaterMark: 1, readerRetains: false)
        )
    }

    private func exchange(through pipe: SocketPipe) -> (RequestState, UInt32) {
        var state = RequestState()
        state.beginExchange(marked: false)
        let number = state.begin()
        state.sent(to: pipe)
        return (state, number)
    }

    @Test("a request that was taken after it had been stranded is lost, and not sent again")
    func strandedThenTaken() {
        let (first, second) = (makePipe(), makePipe())
        var (state, number) = exchange(through: first)
        #expect(state.letGo(of: first) == number)
        state.moved(number, to: second)
        #expect(state.isStranded && state.hasFailed)
        #expect(state.letGo(of: second) == number)
        #expect(!state.isStranded)
        state.lost(number)
        #expect(state.hasFailed && !state.isStranded)
    }

    @Test("the last word on a request is what its pipe leaves with")
    func left() {
        let pipe = makePipe()
        var (state, _) = exchange(through: pipe)
        pipe.leftUnsent = 1
        state.peerLeft(pipe)
        #expect(state.isStranded && state.hasFailed)
        (state, _) = exchange(through: pipe)
        pipe.leftUnsent = 0
        state.peerLeft(pipe)
        #expect(!state.isStranded && state.hasFailed)
    }

    @Test("while a request is held nobody may answer, and then only who was asked")
    func held() {
        let (pipe, other) = (makePipe(), makePipe())
        var state = RequestState()
        let number = state.begin()
        state.held()
        #expect(!state.mayAnswer(pipe) && state.isAwaiting)
        state.placed(number &+ 1, in: other)
        #expect(!state.mayAnswer(other))
        state.placed(number, in: pipe)
        #expect(state.mayAnswer(pipe) && !state.mayAnswer(other))
    }

    @Test("a relaxed socket sends no request into one made in one call")
    func relaxed() {
        let pipe = makePipe()
        var (state, _) = exchange(through: pipe)
        state.isRelaxed = true
        #expect(!state.maySend)
        state.endExchange()
        #expect(state.maySend)
    }
}
