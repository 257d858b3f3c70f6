// swift-tools-version: 6.2
import PackageDescription

/// One list of compiler settings for every target, so that no target has a dialect of its own.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    // An `async` function runs on its caller's executor (SE-0461): no hop per message.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Inner modules never leak into the public interface (SE-0409).
    .enableUpcomingFeature("InternalImportsByDefault"),
    // A member is only visible where its module is imported (SE-0444).
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "swift-zeromq",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ZeroMQ", targets: ["ZeroMQ"]),
        .library(name: "ZeroMQFoundation", targets: ["ZeroMQFoundation"]),
    ],
    targets: [
        // The kernel's face: a module map, and a header of includes and a few inline functions.
        .systemLibrary(name: "CZeroMQKernel", path: "Sources/CZeroMQKernel"),
        // The C library, whichever it is.
        .target(name: "CLibrary", swiftSettings: settings),
        .target(
            name: "ZeroMQReactor",
            dependencies: ["CLibrary", "CZeroMQKernel"],
            swiftSettings: settings
        ),
        .target(name: "ZeroMQCrypto", swiftSettings: settings),
        .target(name: "ZeroMQProtocol", dependencies: ["ZeroMQCrypto"], swiftSettings: settings),
        .target(
            name: "ZeroMQ",
            dependencies: ["ZeroMQCrypto", "ZeroMQProtocol", "ZeroMQReactor"],
            swiftSettings: settings
        ),
        // For programs that use Foundation as well; the library itself does not.
        .target(name: "ZeroMQFoundation", dependencies: ["ZeroMQ"], swiftSettings: settings),

        // Examples and benchmarks use the public interface and nothing else.
        .executableTarget(
            name: "ping-pong",
            dependencies: ["ZeroMQ"],
            path: "Examples/ping-pong",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "weather",
            dependencies: ["ZeroMQ"],
            path: "Examples/weather",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ventilator-sink",
            dependencies: ["ZeroMQ"],
            path: "Examples/ventilator-sink",
            swiftSettings: settings
        ),
        // The programs of The Guide, each a subcommand.
        .executableTarget(
            name: "guide",
            dependencies: ["ZeroMQ"],
            path: "Examples/guide",
            exclude: ["README.md"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "zmq-perf",
            dependencies: ["ZeroMQ", "LibZMQ"],
            path: "Benchmarks/zmq-perf",
            swiftSettings: settings
        ),

        // What one reaches for when debugging.
        .target(
            name: "ToolSupport",
            dependencies: ["CLibrary", "CZeroMQKernel", "ZeroMQ"],
            path: "Sources/Tools/ToolSupport",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "secure-pubsub",
            dependencies: ["ZeroMQ"],
            path: "Examples/secure-pubsub",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ironhouse",
            dependencies: ["ZeroMQ"],
            path: "Examples/ironhouse",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "zmq-keygen",
            dependencies: ["CLibrary", "ZeroMQ", "ToolSupport"],
            path: "Sources/Tools/zmq-keygen",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "zmq-cat",
            dependencies: ["CLibrary", "ZeroMQ", "ToolSupport"],
            path: "Sources/Tools/zmq-cat",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "zmq-proxy",
            dependencies: ["CLibrary", "ZeroMQ", "ToolSupport"],
            path: "Sources/Tools/zmq-proxy",
            swiftSettings: settings
        ),

        // The real libzmq, loaded at run time where it is installed: for tests and comparisons.
        .target(name: "LibZMQ", path: "Tests/LibZMQ", swiftSettings: settings),

        .testTarget(
            name: "InteropTests",
            dependencies: ["ZeroMQ", "ZeroMQProtocol", "LibZMQ", "ZeroMQTestSupport"],
            swiftSettings: settings
        ),
        // libsodium, loaded at run time, and what it and we have to agree on.
        .target(
            name: "CryptoComparison",
            dependencies: ["ZeroMQCrypto"],
            path: "Tests/CryptoComparison",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "crypto-check",
            dependencies: ["CryptoComparison"],
            path: "Tests/crypto-check",
            swiftSettings: settings
        ),
        .testTarget(
            name: "ZeroMQCryptoTests",
            dependencies: ["CryptoComparison", "ZeroMQCrypto"],
            exclude: ["Vectors"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ZeroMQProtocolTests",
            dependencies: ["ZeroMQCrypto", "ZeroMQProtocol"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ZeroMQTests",
            dependencies: [
                "ZeroMQ", "ZeroMQCrypto", "ZeroMQFoundation", "ZeroMQProtocol", "ZeroMQReactor",
                "ZeroMQTestSupport",
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ZeroMQReactorTests",
            dependencies: ["ZeroMQReactor", "ZeroMQTestSupport"],
            swiftSettings: settings
        ),
        // These run the built examples as processes, with libzmq in the opposite roles.
        .testTarget(name: "ExampleTests", dependencies: ["LibZMQ"], swiftSettings: settings),
        // Bytes and descriptors of its own: it shares no code with what it tests.
        .target(
            name: "ZeroMQTestSupport",
            dependencies: ["CZeroMQKernel"],
            path: "Tests/ZeroMQTestSupport",
            swiftSettings: settings
        ),
        // The socket under test in a process of its own, where memory, descriptors and processor
        // time are its alone.
        .executableTarget(
            name: "HostileSubject",
            dependencies: ["ZeroMQ", "ZeroMQTestSupport"],
            path: "Tests/HostileSubject",
            swiftSettings: settings
        ),
        .testTarget(
            name: "HostilePeerTests",
            dependencies: [
                "CryptoComparison", "ZeroMQ", "ZeroMQTestSupport", "HostileSubject",
            ],
            swiftSettings: settings
        ),
        // Sockets under load, with exact accounts: a minute as a check, or for hours.
        .executableTarget(
            name: "torture",
            dependencies: ["ZeroMQ", "CHeap"],
            path: "Tests/torture",
            swiftSettings: settings
        ),
        // What glibc says about its heap. No C is compiled.
        .systemLibrary(name: "CHeap", path: "Tests/CHeap"),
        // These read sources and call the compiler; they need the module built, not imported.
        .testTarget(
            name: "CompileFailTests",
            dependencies: ["ZeroMQ"],
            swiftSettings: settings
        ),
        .testTarget(name: "HygieneTests", swiftSettings: settings),
    ]
)
