@testable import ZeroMQ

/// Has the reading half read what the fuzzer made up, and compares what comes of it with a plain
/// decoder. libFuzzer, which has the program's `main`, calls this again and again.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let script = WalkerScript(
        decoding: Array(UnsafeBufferPointer(start: bytes, count: count)),
        // Enough to fill the largest chunks several times, and no more: a run is to be short.
        most: 5 << 20
    )
    if let complaint = WalkerRun.complaint(about: script) { fatalError(complaint) }
    return 0
}
