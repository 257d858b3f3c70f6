// swift-tools-version: 6.2
import PackageDescription

/// The bridges that the articles show, compiled: to the packages themselves if `REAL_PACKAGES` is
/// set, which needs a network, else to stand-ins that declare what the bridges use of them.
let usesPackages = Context.environment["REAL_PACKAGES"] != nil

let packages: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
]

func bridge(_ name: String, to module: String, of package: String) -> Target {
    .target(
        name: name,
        dependencies: [
            .product(name: "ZeroMQ", package: "swift-zeromq"),
            usesPackages ? .product(name: module, package: package) : .byName(name: module),
        ],
        path: "Bridges/\(name)",
        swiftSettings: [.swiftLanguageMode(.v6)]
    )
}

let standIns: [Target] = ["Logging", "Metrics", "ServiceLifecycle"].map { name in
    .target(name: name, path: "StandIns/\(name)", swiftSettings: [.swiftLanguageMode(.v6)])
}

let package = Package(
    name: "integrations",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-zeromq", path: "../..")] + (usesPackages ? packages : []),
    targets: [
        bridge("LogBridge", to: "Logging", of: "swift-log"),
        bridge("MetricsBridge", to: "Metrics", of: "swift-metrics"),
        bridge("LifecycleBridge", to: "ServiceLifecycle", of: "swift-service-lifecycle"),
    ] + (usesPackages ? [] : standIns)
)
