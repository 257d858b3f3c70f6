internal import CLibrary

/// The system's congestion control algorithms.
extension DescriptorOptions {
    /// Whether the system has this algorithm and lets this program use it.
    ///
    /// Also true if no descriptor is left to find out: opening the next one will report that.
    package static func canControlCongestion(_ name: String) -> Bool {
        guard let socket = try? Kernel.streamSocket(family: AF_INET) else { return true }
        return (try? Kernel.setCongestionControl(of: socket.number, to: name)) != nil
    }

    /// The names of the algorithms that any program may use, separated by spaces.
    package static var congestionControls: String {
        let path = "/proc/sys/net/ipv4/tcp_allowed_congestion_control"
        guard let bytes = try? FileSystem.contents(of: path, limit: 1024) else { return "" }
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
}
