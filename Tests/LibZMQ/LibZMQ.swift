internal import Glibc

/// The real libzmq, loaded while the program runs: the yardstick that ours is compared with.
///
/// Nothing is linked and no header is needed, so that what uses this also builds where libzmq is
/// not installed; `load` throws there.
package final class LibZMQ: Sendable {
    /// The file name under which the dynamic linker finds the library.
    package static let fileName = "libzmq.so.5"

    @usableFromInline let functions: Functions

    private init(functions: Functions) { self.functions = functions }

    /// Loads the library; throws when it is not installed or lacks a function.
    package static func load() throws(Failure) -> LibZMQ { try loaded.get() }

    /// Loaded once and never unloaded: libzmq keeps threads whose code must stay in memory.
    private static let loaded = Result<LibZMQ, Failure> { () throws(Failure) -> LibZMQ in
        guard let library = dlopen(fileName, RTLD_NOW | RTLD_LOCAL) else {
            throw Failure(operation: "dlopen \(fileName)", number: 0, text: linkerComplaint())
        }
        return LibZMQ(functions: try Functions(library: library))
    }

    /// What the dynamic linker says about its last failure.
    static func linkerComplaint() -> String {
        guard let text = dlerror() else { return "no reason given" }
        return String(cString: text)
    }

    /// Major, minor and patch number of the library that was loaded.
    package var version: Version {
        var version = Version(major: 0, minor: 0, patch: 0)
        functions.version(&version.major, &version.minor, &version.patch)
        return version
    }

    /// The version of a library.
    package struct Version: Hashable, Sendable, CustomStringConvertible {
        package var major: Int32
        package var minor: Int32
        package var patch: Int32

        package var description: String { "\(major).\(minor).\(patch)" }
    }
}
