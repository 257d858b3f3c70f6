internal import CLibrary
internal import CZeroMQKernel

/// How many descriptors there may be.
package enum DescriptorLimit {
    /// What to do about a refusal for want of descriptors, with the limit; nil for other refusals.
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
