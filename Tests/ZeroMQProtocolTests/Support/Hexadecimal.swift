/// The bytes of a hexadecimal dump; anything that is no digit separates.
func hex(_ dump: String) -> [UInt8] {
    let digits = dump.filter(\.isHexDigit).compactMap(\.hexDigitValue)
    precondition(digits.count.isMultiple(of: 2), "a dump has two digits for each byte")
    return stride(from: 0, to: digits.count, by: 2).map {
        UInt8(digits[$0] * 16 + digits[$0 + 1])
    }
}

/// The bytes of a text.
func ascii(_ text: String) -> [UInt8] {
    Array(text.utf8)
}
