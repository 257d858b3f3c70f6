// Would block: a queue with room for four messages, and nobody who takes them.
//
// `send` would wait for room. `trySend` says that there is none.

import ZeroMQ

extension GuideProgram {
    static let wouldBlock = GuideProgram(
        name: "would-block",
        pattern: "DEALER",
        tryThis: "write `send` in place of `trySend`",
        shows: "what the high-water mark does, and how not to wait for it",
        roles: [],
        play: {
            try await withSocket(DealerSocket(), linger: .discard) { dealer in
                dealer.sendHighWaterMark = .count(4)
                try dealer.connect("tcp://127.0.0.1:1")
                var number = 0
                while try dealer.trySend("message \(number)") {
                    say("sent message \(number)")
                    number += 1
                }
                say("message \(number) would have to wait")
            }
        }
    )
}
