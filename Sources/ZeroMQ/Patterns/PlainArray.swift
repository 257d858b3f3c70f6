/// Values that are nothing but bytes, one after the other in memory of one's own.
///
/// An array without what makes arrays safe to share: nobody counts references to it, nobody asks
/// whether it is unique, and what lies behind an index is read by one load. Indices are checked
/// where the library is built for debugging. It holds no memory until it holds something.
struct PlainArray<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>?
    private(set) var count = 0
    private(set) var capacity = 0

    init() {}

    deinit { base?.deallocate() }

    @inline(__always)
    subscript(index: Int) -> Element {
        get { start(index).pointee }
        nonmutating set { start(index).pointee = newValue }
    }

    @inline(__always)
    private func start(_ index: Int) -> UnsafeMutablePointer<Element> {
        assert(index >= 0 && index < count)
        return base.unsafelyUnwrapped + index
    }

    /// Changes an element; in a copy, because the compiler fails over a change in place where it
    /// adds what the thread sanitizer wants to know.
    @inline(__always)
    func change(_ index: Int, _ body: (inout Element) -> Void) {
        var element = self[index]
        body(&element)
        self[index] = element
    }

    /// The elements, as long as nothing is added or taken away.
    @inline(__always)
    var elements: UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: base, count: count)
    }

    mutating func append(_ element: Element) {
        if count == capacity { reserve(max(4, 2 * capacity)) }
        count += 1
        self[count - 1] = element
    }

    /// Appends `element` until there are so many.
    mutating func extend(to wanted: Int, with element: Element) {
        while count < wanted { append(element) }
    }

    mutating func popLast() -> Element? {
        guard count > 0 else { return nil }
        let last = self[count - 1]
        count -= 1
        if count == 0 { release() } else if count < capacity / 4 { reserve(capacity / 2) }
        return last
    }

    /// Takes one out; the last one moves to its place.
    mutating func swapRemove(at index: Int) {
        self[index] = self[count - 1]
        _ = popLast()
    }

    mutating func removeAll() {
        count = 0
        release()
    }

    private mutating func reserve(_ wanted: Int) {
        let fresh = UnsafeMutablePointer<Element>.allocate(capacity: wanted)
        if let base {
            fresh.update(from: base, count: count)
            base.deallocate()
        }
        (base, capacity) = (fresh, wanted)
    }

    private mutating func release() {
        base?.deallocate()
        (base, capacity) = (nil, 0)
    }
}
