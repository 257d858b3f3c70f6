import Foundation

/// Prints a line at once, also where the output is no terminal: its reader waits for lines.
func say(_ line: String) {
    print(line)
    fflush(nil)
}
