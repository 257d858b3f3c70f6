internal import CZeroMQKernel
internal import Glibc

/// Has the kernel refuse calls, as a filter of a container or a sandbox does.
///
/// A filter stays for as long as its thread, and is inherited by threads that this one starts.
package enum SystemFilter {
    /// Who meets the filter.
    package enum Reach {
        case thread
        case process
    }

    /// A call that can be refused.
    package enum Call: String, CaseIterable, Sendable {
        case epollWait, epollControl, preciseWait, setAlarm, barrier, write, poll, random

        fileprivate var numbers: [Int32] {
            switch self {
            #if arch(x86_64)
            case .epollWait: [SYS_epoll_wait, SYS_epoll_pwait]
            case .poll: [SYS_poll, SYS_ppoll]
            #else
            case .epollWait: [SYS_epoll_pwait]
            case .poll: [SYS_ppoll]
            #endif
            case .epollControl: [SYS_epoll_ctl]
            // `epoll_pwait2` has this number everywhere, and no name in older headers.
            case .preciseWait: [441]
            case .setAlarm: [SYS_timerfd_settime]
            case .barrier: [SYS_membarrier]
            case .write: [SYS_write]
            case .random: [SYS_getrandom]
            }
        }
    }

    /// From here on a call fails with this number. False if the kernel has no filters.
    package static func refuse(_ call: Call, with errno: Int32, for reach: Reach) -> Bool {
        call.numbers.allSatisfy { install(refusing: $0, errno, reach) }
    }

    private static func install(refusing number: Int32, _ errno: Int32, _ reach: Reach) -> Bool {
        let refuse: UInt32 = 0x0005_0000 | UInt32(bitPattern: errno)
        let allow: UInt32 = 0x7fff_0000
        let program = [
            instruction(0x20, 0),  // load the call's number
            instruction(0x15, UInt32(bitPattern: number), otherwise: 1),
            instruction(0x06, refuse),
            instruction(0x06, allow),
        ]
        return program.withUnsafeBufferPointer { list in
            var head = (UInt16(list.count), UnsafeRawPointer(list.baseAddress))
            return withUnsafeMutablePointer(to: &head) { head in
                // A process without rights may filter itself if it can never gain any.
                let isModest = zeromq_kernel_call(
                    Int(SYS_prctl),
                    Int(PR_SET_NO_NEW_PRIVS),
                    1,
                    0,
                    0,
                    0,
                    0
                )
                guard isModest == 0 else { return false }
                // SECCOMP_SET_MODE_FILTER, and SECCOMP_FILTER_FLAG_TSYNC for all threads.
                let flag = reach == .process ? 1 : 0
                return zeromq_kernel_call(
                    Int(SYS_seccomp),
                    1,
                    flag,
                    Int(bitPattern: head),
                    0,
                    0,
                    0
                ) == 0
            }
        }
    }

    /// One instruction of the filter's machine: code, two distances to jump, and a number.
    private static func instruction(
        _ code: UInt64,
        _ number: UInt32,
        otherwise distance: UInt64 = 0
    ) -> UInt64 {
        code | distance << 24 | UInt64(number) << 32
    }
}
