internal import CZeroMQKernel

/// The C library's `syscall`, for the few kernel calls that have no importable wrapper.
enum KernelCall {
    /// Makes one kernel call; the result is −1 with `errno` set when the kernel refused it.
    static func invoke(
        _ number: Int32,
        _ first: Int = 0,
        _ second: Int = 0,
        _ third: Int = 0,
        _ fourth: Int = 0,
        _ fifth: Int = 0,
        _ sixth: Int = 0
    ) -> Int {
        zeromq_kernel_call(Int(number), first, second, third, fourth, fifth, sixth)
    }
}
