import LibZMQ
import Testing

@Suite("The Guide's Lazy Pirate", .serialized)
struct LazyPirateTests {
    @Test("alone it survives the request that the server never answers")
    func alone() throws {
        let ending = try Program("guide", ["lazy-pirate"]).ending()
        #expect(ending.status == 0)
        #expect(ending.output.contains("client: no response to 3, attempt 1 of 3\n"))
        #expect(ending.output.hasSuffix("client: server replied OK (5)\n"))
    }
}
