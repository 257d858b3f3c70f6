/// Trivial values in memory that the array owns alone.
///
/// Unlike `Array` it is not shared: there is no reference count and no uniqueness check, and an
/// access is one load. Indices are checked in debug builds. An empty array has no memory.
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

    /// Changes an element through a copy. Changing it in place crashes the compiler when it adds
    /// the instrumentation of the thread sanitizer.
    @inline(__always)
    func change(_ index: Int, _ body: (inout Element) -> Void) {
        var element = self[index]
        body(&element)
        self[index] = element
    }

    /// The elements; valid until one is added or removed.
    @inline(__always)
    var elements: UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: base, count: count)
    }

    mutating func append(_ element: Element) {
        if count == capacity { reserve(max(4, 2 * capacity)) }
        count += 1
        self[count - 1] = element
    }

    /// Appends `element` until there are `wanted` elements.
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

    /// Removes an element; the last one moves to its place.
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
