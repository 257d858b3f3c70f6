internal import CHeap
import Glibc

/// What the process has at hand, which must not grow from island to island.
struct Vitals {
    var descriptors: Int
    /// Threads of the library, which are called so.
    var threads: Int
    /// Bytes in use in the heap, large pieces apart: those have mappings of their own.
    var heap: Int
    var mapped: Int
    var resident: Int

    /// Makes large pieces of memory mappings of their own.
    ///
    /// The library keeps up to 64 MiB of them for later, which would hide what leaks. And whoever
    /// writes past the end of one meets nothing that is mapped.
    static func prepare() {
        _ = mallopt(M_MMAP_THRESHOLD, 60_000)
    }

    func isSettled(as other: Vitals) -> Bool {
        threads == other.threads && descriptors == other.descriptors
    }

    init() {
        malloc_trim(0)
        let heap = mallinfo2()
        (self.heap, mapped) = (Int(heap.uordblks), Int(heap.hblkhd))
        descriptors = Self.names(in: "/proc/self/fd").count - 1
        threads = Self.names(in: "/proc/self/task").count {
            Self.text(of: "/proc/self/task/\($0)/comm").hasPrefix("zmq")
        }
        let pages = Self.text(of: "/proc/self/statm").split(separator: " ").dropFirst().first
        resident = (pages.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func names(in path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var line = [UInt8](repeating: 0, count: 256)
        let count = fread(&line, 1, line.count, file)
        return String(decoding: line[..<count], as: UTF8.self)
    }
}

/// Compares what the process has after each island with what it had after the first ones.
struct Flatness {
    private var first: Vitals?
    private var islands = 0
    private var highestHeap = 0
    private(set) var last = Vitals()
    private(set) var highestResident = 0

    /// So many islands have to fill caches, tables and pools first.
    private let warmUp: Int
    private static let timeToSettle = Island.patience
    private static let heapTolerance = 3 << 20
    /// What the library keeps of large pieces, and what rests in other hands at the moment.
    private static let mostMapped = 112 << 20

    init(warmUp: Int) { self.warmUp = warmUp }

    mutating func check() throws(Failure) {
        islands += 1
        last = Vitals()
        let limit = ContinuousClock.now + Self.timeToSettle
        // A thread that was joined stays among the process's for a moment, and so do descriptors.
        while let first, !last.isSettled(as: first), ContinuousClock.now < limit {
            usleep(1000)
            last = Vitals()
        }
        highestResident = max(highestResident, last.resident)
        guard let first else {
            highestHeap = max(highestHeap, last.heap)
            if islands >= warmUp {
                // The library's threads have to be gone with the island's context.
                last.threads = 0
                self.first = last
            }
            return
        }
        try expect(
            last.descriptors == first.descriptors,
            "\(last.descriptors) descriptors instead of \(first.descriptors)"
        )
        try expect(last.threads == first.threads, "\(last.threads) threads are left")
        try expect(
            last.heap <= highestHeap + Self.heapTolerance,
            "\(last.heap) bytes of heap after \(islands) islands, \(highestHeap) after \(warmUp)"
        )
        try expect(last.mapped <= Self.mostMapped, "\(last.mapped) bytes are mapped")
    }
}
