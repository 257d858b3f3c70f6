/// Draws the charts of a comparison.
enum Charts {
    static func draw(_ standings: [Standing], in folder: String) throws {
        try TextFile.makeFolder(folder)
    }
}
