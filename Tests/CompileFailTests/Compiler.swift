import Foundation
import Testing

/// Type-checks small programs against the built module.
enum Compiler {
    /// Where the build put its modules: beside the program that runs the tests.
    private static func modules() throws -> String {
        let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = program.deletingLastPathComponent()
        while folder.path != "/" {
            let modules = folder.appendingPathComponent("Modules")
            let module = modules.appendingPathComponent("ZeroMQ.swiftmodule")
            if FileManager.default.fileExists(atPath: module.path) { return modules.path }
            folder = folder.deletingLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// The module of C declarations, which the module under test was built against.
    private static var kernelMap: String {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent("Sources/CZeroMQKernel/module.modulemap").path
    }

    /// What the compiler has to say about a program; empty if it has no objection.
    static func diagnostics(for source: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("zeromq-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("sample.swift")
        try ("import ZeroMQ\n\n" + source).write(to: file, atomically: false, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "swiftc", "-typecheck", "-swift-version", "6", "-I", try modules(),
            "-Xcc", "-fmodule-map-file=\(kernelMap)", file.path,
        ]
        // The compiler leaves directories behind.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["TMPDIR": folder.path]) { $1 }
        let output = Pipe()
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        if process.terminationStatus != 0, text.isEmpty { return "the compiler failed" }
        return text
    }
}
