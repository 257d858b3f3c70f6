internal import Glibc
internal import LibZMQ

/// What the figures were measured on and with.
struct MachineDescription {
    let processor: String
    let processors: Int
    let memory: String
    let kernel: String
    let libzmq: String
    /// What decides by default how fast TCP sends.
    let congestionControl: String
    /// The day of the measurement, in the form 2000-12-31.
    let day: String
    /// Major and minor version; the library does not know which revision it is.
    let swift = "\(_SwiftStdlibVersion.current)".split(separator: ".").prefix(2).joined(
        separator: "."
    )

    /// Asks the system; throws if libzmq is not there to compare with.
    init() throws {
        processor = MachineDescription.field("model name", of: "/proc/cpuinfo") ?? "unknown"
        processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let kilobytes = MachineDescription.field("MemTotal", of: "/proc/meminfo") ?? ""
        let number = kilobytes.split(separator: " ").first.flatMap { Int($0) } ?? 0
        memory = "\((number + (1 << 19)) >> 20) GiB"
        kernel = MachineDescription.line(of: "/proc/sys/kernel/osrelease")
        congestionControl = MachineDescription.line(
            of: "/proc/sys/net/ipv4/tcp_congestion_control"
        )
        libzmq = "\(try LibZMQ.load().version)"
        day = MachineDescription.today
    }

    var text: String {
        "\(processor), \(processors) processors, \(memory), Linux \(kernel), Swift \(swift), "
            + "libzmq \(libzmq), TCP with \(congestionControl)"
    }

    /// The same as lines of a table.
    var lines: [[String]] {
        [
            ["Date", day], ["Processor", processor], ["Processors", "\(processors)"],
            ["Memory", memory], ["System", "Linux \(kernel)"], ["Swift", swift],
            ["libzmq", libzmq], ["TCP", congestionControl],
        ]
    }

    private static var today: String {
        var (now, parts) = (time(nil), tm())
        gmtime_r(&now, &parts)
        let numbers = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        return numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
    }

    /// The first line of a file.
    private static func line(of path: String) -> String {
        TextFile.read(path)?.split(separator: "\n").first.map(String.init) ?? "unknown"
    }

    /// The first field with a name in a file of lines like `name : value`.
    private static func field(_ name: String, of path: String) -> String? {
        for line in (TextFile.read(path) ?? "").split(separator: "\n") {
            guard line.hasPrefix(name), let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...]
            return String(value.drop { $0 == " " || $0 == "\t" })
        }
        return nil
    }
}
