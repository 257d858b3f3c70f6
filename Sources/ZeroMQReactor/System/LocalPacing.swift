internal import CLibrary

/// Takes the pacing out of connections that stay on this machine.
///
/// Some congestion controls hold packets back by a timer, so that they leave evenly at the speed of
/// the narrowest link. Between two programs of one machine there is no link: all that is left is
/// the timer, which costs a third of what TCP can carry. Where the system's choice paces, such
/// connections use one that does not. It has to be chosen before they are established, because TCP
/// goes on pacing once it has begun.
enum LocalPacing {
    /// Every system has it, and lets every program choose it.
    static let unpaced = "reno"

    static func isPaced(_ name: String) -> Bool { name.hasPrefix("bbr") }

    /// Chooses a control that does not pace in place of one that does.
    ///
    /// The answer is the name of that one, or nil if nothing was changed.
    static func remove(from descriptor: Int32) -> String? {
        guard let name = Kernel.congestionControl(of: descriptor), isPaced(name) else { return nil }
        do throws(SystemError) {
            try Kernel.setCongestionControl(of: descriptor, to: unpaced)
            return name
        } catch {
            // An administrator may have withdrawn it. A paced connection carries everything, too.
            return nil
        }
    }

    /// Whether both ends of a connection are on this machine, as far as addresses tell.
    static func isLocal(_ local: SocketAddress?, _ peer: SocketAddress?) -> Bool {
        guard let peer, peer.isInternet else { return false }
        return peer.isLoopback || peer.with(port: 0) == local?.with(port: 0)
    }
}
