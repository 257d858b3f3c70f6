import Foundation
import LibZMQ
import Testing

@Suite("The Guide's programs of advanced publish-subscribe", .serialized)
struct GuidePublishSubscribeTests {
    @Test("espresso's listener sees subscriptions, messages and cancellations, in order")
    func espresso() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let proxy = try Program("guide", ["espresso", "proxy", front, back])
            let publisher = try peers.connected(.xPublisher, to: front)
            let subscriber = try peers.connected(.subscriber, to: back, topic: "A")
            #expect(try publisher.text() == "\u{1}A")
            try publisher.send("B-1")
            try publisher.send("A-2")
            #expect(try subscriber.text() == "A-2")
            try subscriber.set(.unsubscribe, "A")
            #expect(try publisher.text() == "\u{0}A")
            try proxy.line("listener: unsubscribe A")
            proxy.interrupt()
            let ending = try proxy.ending()
            #expect(ending.status == 0)
            #expect(
                ending.output
                    == "listener: subscribe A\nlistener: [A-2]\nlistener: unsubscribe A\n"
            )
        }
    }

    @Test("the cache gives the newest value to a newcomer, and to nobody else again")
    func lastValueCache() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let cache = try Program("guide", ["last-value-cache", "cache", front, back])
            let publisher = try peers.connected(.xPublisher, to: front)
            #expect(try publisher.text() == "\u{1}")
            try publisher.send(texts: ["topic", "old"])
            try publisher.send(texts: ["topic", "new"])
            try publisher.send(texts: ["other", "value"])
            // What is written in one go arrives in order: the end marks that all has arrived.
            let witness = try peers.connected(.subscriber, to: back, topic: "end")
            try publisher.send(texts: ["end", ""])
            #expect(try witness.texts() == ["end", ""])
            let first = try peers.connected(.subscriber, to: back, topic: "topic")
            #expect(try first.texts() == ["topic", "new"])
            let second = try peers.connected(.subscriber, to: back, topic: "topic")
            #expect(try second.texts() == ["topic", "new"])
            try publisher.send(texts: ["topic", "newer"])
            #expect(try second.texts() == ["topic", "newer"])
            #expect(try first.texts() == ["topic", "newer"])
            cache.interrupt()
            #expect(try cache.ending().status == 0)
        }
    }

    @Test("the publisher's values are in the cache after it has gone, and the cache outlives it")
    func lateSubscriber() throws {
        try Peers.use { peers in
            let (front, back) = try peers.freeEndpoints()
            let cache = try Program("guide", ["last-value-cache", "cache", front, back])
            let publisher = try Program("guide", ["last-value-cache", "publisher", front])
            #expect(try publisher.ending().output == "publisher: 1000 values\n")
            let late = try Program("guide", ["last-value-cache", "subscriber", back, "999"])
            try late.line("subscriber: [999, Save Roger]")
            cache.interrupt()
            #expect(try cache.ending().status == 0)
        }
    }

    @Test("the snail reads what is in time, and ends itself at what is a second old")
    func snail() throws {
        try Peers.use { peers in
            let (publisher, endpoint) = try peers.bound(.xPublisher)
            let subscriber = try Program("guide", ["suicidal-snail", "subscriber", endpoint])
            #expect(try publisher.text() == "\u{1}")
            let now = Int(Date().timeIntervalSince1970 * 1000)
            // An hour ahead is in time in any case.
            try publisher.send("\(now + 3_600_000)")
            try publisher.send("no time at all")
            try publisher.send("\(now - 1000)")
            let ending = try subscriber.ending()
            #expect(ending.status == 1)
            #expect(ending.errors == "subscriber: cannot keep up, aborting\n")
        }
    }

    @Test("the snail's publisher sends the time")
    func clock() throws {
        try Peers.use { peers in
            let (endpoint, _) = try peers.freeEndpoints()
            let publisher = try Program("guide", ["suicidal-snail", "publisher", endpoint])
            let subscriber = try peers.connected(.subscriber, to: endpoint)
            let before = Date().timeIntervalSince1970 * 1000 - 60_000
            let sent = try #require(Double(try subscriber.text()))
            #expect(sent > before)
            publisher.interrupt()
            #expect(try publisher.ending().status == 0)
        }
    }
}
