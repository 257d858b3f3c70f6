extension Endpoint: Codable {
    /// Reads an endpoint that is written as text, as it stands in files of configuration.
    /// - Throws: `ZeroMQError` with `invalidEndpoint` or `unsupportedTransport`, which name the
    ///   faulty part; whatever else the decoder throws.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the endpoint as text.
    /// - Throws: what the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
