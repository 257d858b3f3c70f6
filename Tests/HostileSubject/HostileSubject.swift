import Glibc
import ZeroMQ

/// One socket in a process of its own, told by lines on standard input what to do.
///
/// Every line gets an answer on standard output: `ok` and a number of lines that follow, or
/// `error` and the words of the error. The end of the input ends the process.
@main
enum HostileSubject {
    static func main() {
        if Parting.isWanted { return Parting.sendAndLeave() }
        guard let setting = Setting(words: CommandLine.arguments.dropFirst()) else {
            say(["error wrong arguments"])
            exit(64)
        }
        let subject = TestedSocket(setting)
        while let line = readLine() {
            say(subject.answer(to: line.split(separator: " ").map(String.init)))
        }
        subject.end()
    }

    private static func say(_ lines: [String]) {
        for line in lines { print(line) }
        fflush(nil)
    }
}

extension TestedSocket {
    /// Does what one line asks for, and puts the outcome into lines.
    func answer(to words: [String]) -> [String] {
        do throws(ZeroMQError) {
            let lines = try obey(words[0], Array(words.dropFirst()))
            return ["ok \(lines.count)"] + lines
        } catch {
            return ["error \(error.code) \(Dialogue.hexadecimal(Array(error.description.utf8)))"]
        }
    }
}
