internal import Glibc
internal import LibZMQ

/// What the figures were measured on and with.
struct MachineDescription {
    let processor: String
    let processors: Int
    let memory: String
    let kernel: String
    let libzmq: String

    /// Asks the system; throws if libzmq is not there to compare with.
    init() throws {
        processor = MachineDescription.field("model name", of: "/proc/cpuinfo") ?? "unknown"
        processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        let kilobytes = MachineDescription.field("MemTotal", of: "/proc/meminfo") ?? ""
        let number = kilobytes.split(separator: " ").first.flatMap { Int($0) } ?? 0
        memory = "\((number + (1 << 19)) >> 20) GiB"
        kernel =
            (TextFile.read("/proc/sys/kernel/osrelease") ?? "unknown\n")
            .split(separator: "\n").first.map(String.init) ?? "unknown"
        libzmq = "\(try LibZMQ.load().version)"
    }

    var text: String {
        "\(processor), \(processors) processors, \(memory), Linux \(kernel), libzmq \(libzmq)"
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
