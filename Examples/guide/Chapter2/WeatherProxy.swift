// Weather proxy: an inside network's publisher for subscribers outside.
//
//     publisher (PUB) ──▶ XSUB  proxy  XPUB ──▶ subscribers (SUB)
//
// Subscriptions travel through the proxy to the publisher, so that only what a client outside wants
// crosses the inside network.

import ZeroMQ

extension GuideProgram {
    static let weatherProxy = GuideProgram(
        name: "weather-proxy",
        pattern: "PUB, XSUB, XPUB, SUB",
        tryThis: "start clients with different codes, and watch the inside traffic",
        shows: "a forwarder that passes subscriptions on",
        roles: [
            Role(name: "proxy", arguments: "[inside] [outside]") { arguments in
                try await WeatherProxy.forward(
                    inside: arguments.text(0, default: "tcp://127.0.0.1:5556"),
                    outside: arguments.text(1, default: "tcp://127.0.0.1:8100")
                )
            },
            Role(name: "server", arguments: "[endpoint]") { arguments in
                try await WeatherProxy.serve(arguments.text(0, default: "tcp://127.0.0.1:5556"))
            },
            Role(name: "client", arguments: "[proxy] [code]") { arguments in
                try await WeatherProxy.collect(
                    arguments.text(0, default: "tcp://127.0.0.1:8100"),
                    code: arguments.text(1, default: "10001")
                )
            },
        ],
        play: {
            let (inside, outside) = ("inproc://inside", "inproc://outside")
            try await playing(together: [
                { try await WeatherProxy.serve(inside) },
                { try await WeatherProxy.forward(inside: inside, outside: outside) },
            ]) {
                try await WeatherProxy.collect(outside, code: "10007")
            }
        }
    )
}

private enum WeatherProxy {
    static func forward(inside: String, outside: String) async throws {
        try await withSocket(XSubscriberSocket()) { frontend in
            try await withSocket(XPublisherSocket()) { backend in
                try frontend.connect(inside)
                try backend.bind(outside)
                try await Proxy(frontend: frontend, backend: backend).run()
            }
        }
    }

    /// Publishes the weather of twenty places: code, temperature and humidity, as text.
    static func serve(_ endpoint: String) async throws {
        try await withSocket(PublisherSocket(), linger: .discard) { server in
            try server.bind(endpoint)
            while true {
                for code in 10_001...10_020 {
                    let (degrees, humidity) = (Int.random(in: -20...40), Int.random(in: 10...60))
                    try await server.send("\(code) \(degrees) \(humidity)")
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Takes ten updates of one place and says how warm it was on average.
    static func collect(_ proxy: String, code: String) async throws {
        try await withSocket(SubscriberSocket()) { client in
            try client.subscribe("\(code) ")
            try client.connect(proxy)
            var sum = 0
            for _ in 0..<10 {
                let fields = String(try await client.receive()).split(separator: " ")
                sum += fields.count > 1 ? Int(fields[1]) ?? 0 : 0
            }
            say("client: average temperature at \(code) was \(sum / 10)")
        }
    }
}
