internal import CZeroMQKernel
internal import Glibc

/// The C library's `syscall`, for the few kernel calls that have no importable wrapper.
///
/// `syscall` is variadic, which Swift does not import. On every platform served here its arguments
/// travel in the same registers as those of a function of seven words, so the symbol is looked up
/// once and called under that type.
enum KernelCall {
    private typealias Function = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int

    private static let function: Function = {
        guard let symbol = dlsym(nil, "syscall") else {
            preconditionFailure("The C library has no symbol named syscall.")
        }
        return unsafeBitCast(symbol, to: Function.self)
    }()

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
        function(Int(number), first, second, third, fourth, fifth, sixth)
    }
}
