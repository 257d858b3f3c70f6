internal import CLibrary

/// Removes pacing from connections that stay on this machine.
///
/// Some congestion control algorithms delay packets by a timer, so that they leave evenly at the
/// speed of the narrowest link. Between two programs on one machine there is no link; only the
/// timer remains, and costs a third of TCP's throughput. If the system's algorithm paces, such
/// connections use one that does not. It has to be chosen before they are established, because TCP
/// keeps pacing once it has begun.
enum LocalPacing {
    /// Every system has this algorithm, and lets every program choose it.
    static let unpaced = "reno"

    static func isPaced(_ name: String) -> Bool { name.hasPrefix("bbr") }

    /// Replaces an algorithm that paces by one that does not.
    ///
    /// Returns the name of the former, or nil if nothing was changed.
    static func remove(from descriptor: Int32) -> String? {
        guard let name = Kernel.congestionControl(of: descriptor), isPaced(name) else { return nil }
        do throws(SystemError) {
            try Kernel.setCongestionControl(of: descriptor, to: unpaced)
            return name
        } catch {
            // An administrator may have forbidden it. A paced connection works too.
            return nil
        }
    }

    /// Whether both ends of a connection are on this machine, judged by their addresses.
    static func isLocal(_ local: SocketAddress?, _ peer: SocketAddress?) -> Bool {
        guard let peer, peer.isInternet else { return false }
        return peer.isLoopback || peer.with(port: 0) == local?.with(port: 0)
    }
}
