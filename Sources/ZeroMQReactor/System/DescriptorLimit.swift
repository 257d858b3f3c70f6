internal import CLibrary
internal import CZeroMQKernel

/// The system's limit on open descriptors.
package enum DescriptorLimit {
    /// Advice after a failure for lack of descriptors, with the limit; nil for other errors.
    package static func hint(for errno: Int32) -> String? {
        switch errno {
        case EMFILE:
            ": this process may have \(ofProcess) open files; raise the limit with ulimit -n"
        case ENFILE: ": this machine has as many open files as it may; raise fs.file-max"
        default: nil
        }
    }

    private static var ofProcess: String {
        let most = zeromq_most_descriptors()
        return most == 0 ? "no more" : "\(most)"
    }
}
