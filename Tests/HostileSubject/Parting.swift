import ZeroMQ

/// A program that sends and ends, as a first program does: `parting ENDPOINT COUNT`.
enum Parting {
    static var isWanted: Bool { CommandLine.arguments.dropFirst().first == "parting" }

    /// Connects, sends, and leaves it to the library to say goodbye.
    static func sendAndLeave() {
        let words = CommandLine.arguments
        let push = PushSocket()
        do throws(ZeroMQError) {
            try push.connect(words[2])
            for number in 0..<(Int(words[3]) ?? 0) { try push.send("\(number)") }
        } catch {
            print(error)
        }
    }
}
