// Ventilator and sink: work is dealt out, done in parallel, and collected. PUSH and PULL.
//
//     ventilator (PUSH) ──▶ any number of workers (PULL, PUSH) ──▶ sink (PULL)
//                                     ▲ control (PUB to SUB) ◀──────┘

import Foundation
import ZeroMQ

let usageText = """
    usage: ventilator-sink                                           all roles in one process
           ventilator-sink ventilator [bind] [sink] [--workers N]    deals out 100 tasks
           ventilator-sink worker [ventilator] [sink] [control]      works until told to stop
           ventilator-sink sink [bind] [control]                     collects and takes the time

    """

/// Deals 100 tasks out. A task is the number of milliseconds that it takes, as text.
func ventilate(bind: String, sink: String, workers: Int) throws(ZeroMQError) {
    let ventilator = PushSocket()
    try ventilator.bind(bind)
    let start = PushSocket()
    try start.connect(sink)
    // PUSH deals to those who are there: the first worker must not get everything.
    try ventilator.waitForPeers(atLeast: workers)
    try start.waitForPeers(atLeast: 1)

    try start.send("0")
    var cost = 0
    for _ in 1...100 {
        let milliseconds = Int.random(in: 1...100)
        cost += milliseconds
        try ventilator.send(Message("\(milliseconds)"))
    }
    print("Total expected cost: \(cost) msec")
    // A program that ends waits until everything it sent is on its way.
    ventilator.close()
    start.close()
}

/// Does one task after the other until something is published at the control endpoint.
func work(ventilator: String, sink: String, control: String) throws(ZeroMQError) {
    let tasks = PullSocket()
    try tasks.connect(ventilator)
    let results = PushSocket()
    try results.connect(sink)
    let orders = SubscriberSocket()
    try orders.subscribe()
    try orders.connect(control)
    Thread.detachNewThread {
        // There is but one order, KILL. Closing the socket ends the waiting for tasks.
        _ = try? orders.receive()
        tasks.close()
    }
    do throws(ZeroMQError) {
        while true {
            let task = String(try tasks.receive())
            // What comes from the network may be anything: no number is no work.
            Thread.sleep(forTimeInterval: Double(UInt16(task) ?? 0) / 1000)
            try results.send("")
        }
    } catch {
        guard error.code == .socketClosed else { throw error }
    }
    results.close()
}

/// Collects the start of the batch and 100 results, tells the time and stops the workers.
func collect(bind: String, control: String, workers: Int = 0) throws(ZeroMQError) {
    let sink = PullSocket()
    try sink.bind(bind)
    let orders = PublisherSocket()
    try orders.bind(control)
    // PUB reaches those who are there: in one process it is known how many that will be.
    try orders.waitForSubscribers(atLeast: workers)

    _ = try sink.receive()
    let start = ContinuousClock.now
    for _ in 1...100 { _ = try sink.receive() }
    let elapsed = (ContinuousClock.now - start) / Duration.milliseconds(1)
    print("Total elapsed time: \(Int(elapsed)) msec")

    try orders.send("KILL")
    orders.close()
}

/// Plays all roles at once; within one process no network is needed.
func playAll() throws(ZeroMQError) {
    let (tasks, results, control) = ("inproc://tasks", "inproc://results", "inproc://control")
    for _ in 1...4 {
        Thread.detachNewThread { try? work(ventilator: tasks, sink: results, control: control) }
    }
    Thread.detachNewThread { try? ventilate(bind: tasks, sink: results, workers: 4) }
    try collect(bind: results, control: control, workers: 4)
}

@main
enum VentilatorSink {
    static func main() {
        endCleanlyOnSignals()
        var words = Array(CommandLine.arguments.dropFirst())
        do throws(ZeroMQError) {
            let workers = takeWorkers(from: &words)
            /// The endpoint given as this argument, or the default.
            func endpoint(_ index: Int, else standard: String) -> String {
                words.count > index ? words[index] : standard
            }
            switch (words.first, words.count) {
            case (nil, _) where workers == nil:
                try playAll()
            case ("ventilator", ...3):
                try ventilate(
                    bind: endpoint(1, else: "tcp://*:5557"),
                    sink: endpoint(2, else: "tcp://localhost:5558"),
                    workers: workers ?? 1
                )
            case ("worker", ...4) where workers == nil:
                try work(
                    ventilator: endpoint(1, else: "tcp://localhost:5557"),
                    sink: endpoint(2, else: "tcp://localhost:5558"),
                    control: endpoint(3, else: "tcp://localhost:5559")
                )
            case ("sink", ...3) where workers == nil:
                try collect(
                    bind: endpoint(1, else: "tcp://*:5558"),
                    control: endpoint(2, else: "tcp://*:5559")
                )
            default:
                complain(usageText, status: 64)
            }
        } catch {
            end(with: error)
        }
    }

    /// Takes `--workers N` out of the command line, wherever it stands.
    private static func takeWorkers(from words: inout [String]) -> Int? {
        guard let index = words.firstIndex(of: "--workers") else { return nil }
        guard index + 1 < words.count, let workers = Int(words[index + 1]), workers > 0 else {
            complain(usageText, status: 64)
        }
        words.removeSubrange(index...index + 1)
        return workers
    }
}

// MARK: What every program needs

/// Shuts ZeroMQ down on Ctrl-C or SIGTERM: every waiting call throws, and `main` comes to its end.
func endCleanlyOnSignals() {
    for number in [SIGINT, SIGTERM] {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { withExtendedLifetime(source) { Context.shared.shutDown() } }
        source.activate()
    }
}

/// Ends the program: quietly after Ctrl-C, with a word about everything else.
func end(with error: ZeroMQError) -> Never {
    switch error.code {
    case .contextShutDown: exit(0)
    case .invalidEndpoint, .unsupportedTransport: complain("\(error)\n\(usageText)", status: 64)
    default: complain("\(error)\n", status: 1)
    }
}

/// Prints to standard error and ends the program.
func complain(_ text: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data(text.utf8))
    exit(status)
}
