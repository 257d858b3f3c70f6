/// The times of round trips, and of all of them together.
struct RoundTrips {
    private var times = Percentiles()
    private var count = 0
    var nanoseconds = 0

    mutating func add(_ time: Int) {
        times.add(time)
        count += 1
    }

    func report(to conductor: Conductor) {
        conductor.report(count: count, nanoseconds: nanoseconds)
        times.report(to: conductor)
    }
}
