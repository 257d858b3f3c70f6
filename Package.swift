// swift-tools-version: 6.2
import PackageDescription

// MARK: One way to make a target

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

/// A part of the library, or of what its tools and tests share.
func module(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    in folder: String = "Sources"
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "\(folder)/\(name)",
        swiftSettings: settings
    )
}

/// A header of includes, for what the system has and Swift's overlays lack.
func header(_ name: String, in folder: String = "Sources") -> Target {
    .systemLibrary(name: name, path: "\(folder)/\(name)")
}

func program(
    _ name: String,
    _ dependencies: [Target.Dependency] = ["ZeroMQ"],
    in folder: String = "Examples",
    exclude: [String] = []
) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "\(folder)/\(name)",
        exclude: exclude,
        swiftSettings: settings
    )
}

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        exclude: exclude,
        swiftSettings: settings
    )
}

// MARK: The library

let library: [Target] = [
    // The kernel's face: a module map, and a header of includes and a few inline functions.
    header("CZeroMQKernel"),
    // The C library, whichever it is.
    module("CLibrary"),
    module("ZeroMQReactor", ["CLibrary", "CZeroMQKernel"]),
    module("ZeroMQCrypto"),
    module("ZeroMQProtocol", ["ZeroMQCrypto"]),
    module("ZeroMQ", ["ZeroMQCrypto", "ZeroMQProtocol", "ZeroMQReactor"]),
    // For programs that use Foundation as well; the library itself does not.
    module("ZeroMQFoundation", ["ZeroMQ"]),
]

// MARK: Programs

/// They use the public interface and nothing else.
let examples: [Target] = [
    program("ping-pong"),
    program("weather"),
    program("ventilator-sink"),
    program("secure-pubsub"),
    program("ironhouse"),
    // The programs of The Guide, each a subcommand.
    program("guide", exclude: ["README.md"]),
]

/// What one reaches for when debugging, and when measuring.
let tools: [Target] = [
    module("ToolSupport", ["CLibrary", "CZeroMQKernel", "ZeroMQ"], in: "Sources/Tools"),
    program("zmq-keygen", ["CLibrary", "ZeroMQ", "ToolSupport"], in: "Sources/Tools"),
    program("zmq-cat", ["CLibrary", "ZeroMQ", "ToolSupport"], in: "Sources/Tools"),
    program("zmq-proxy", ["CLibrary", "ZeroMQ", "ToolSupport"], in: "Sources/Tools"),
    program("zmq-perf", ["ZeroMQ", "LibZMQ"], in: "Benchmarks"),
]

// MARK: Tests

/// What tests are made with.
let support: [Target] = [
    // The real libzmq, loaded at run time where it is installed: for tests and comparisons.
    module("LibZMQ", in: "Tests"),
    // libsodium, loaded at run time, and what it and we have to agree on.
    module("CryptoComparison", ["ZeroMQCrypto"], in: "Tests"),
    program("crypto-check", ["CryptoComparison"], in: "Tests"),
    // Bytes and descriptors of its own: it shares no code with what it tests.
    module("ZeroMQTestSupport", ["CZeroMQKernel"], in: "Tests"),
    // The socket under test in a process of its own, where memory, descriptors and processor
    // time are its alone.
    program("HostileSubject", ["ZeroMQ", "ZeroMQTestSupport"], in: "Tests"),
    // What glibc says about its heap. No C is compiled.
    header("CHeap", in: "Tests"),
    // Sockets under load, with exact accounts: a minute as a check, or for hours.
    program("torture", ["ZeroMQ", "CHeap"], in: "Tests"),
]

let testTargets: [Target] = [
    tests("ZeroMQCryptoTests", ["CryptoComparison", "ZeroMQCrypto"], exclude: ["Vectors"]),
    tests("ZeroMQProtocolTests", ["ZeroMQCrypto", "ZeroMQProtocol"]),
    tests("ZeroMQReactorTests", ["ZeroMQReactor", "ZeroMQTestSupport"]),
    tests(
        "ZeroMQTests",
        [
            "ZeroMQ", "ZeroMQCrypto", "ZeroMQFoundation", "ZeroMQProtocol", "ZeroMQReactor",
            "ZeroMQTestSupport",
        ]
    ),
    tests("InteropTests", ["ZeroMQ", "ZeroMQProtocol", "LibZMQ", "ZeroMQTestSupport"]),
    tests(
        "HostilePeerTests",
        ["CryptoComparison", "ZeroMQ", "ZeroMQTestSupport", "HostileSubject"]
    ),
    // These run the built examples as processes, with libzmq in the opposite roles.
    tests("ExampleTests", ["LibZMQ"]),
    // These read sources and call the compiler; they need the module built, not imported.
    tests("CompileFailTests", ["ZeroMQ"]),
    tests("HygieneTests"),
]

let package = Package(
    name: "swift-zeromq",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "ZeroMQ", targets: ["ZeroMQ"]),
        .library(name: "ZeroMQFoundation", targets: ["ZeroMQFoundation"]),
    ],
    targets: library + examples + tools + support + testTargets
)
