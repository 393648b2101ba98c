import Testing
import Torch

private struct Inner: Configuration, Equatable {
    var depth = 2
    var window: Int?
    enum CodingKeys: String, CodingKey, CaseIterable { case depth, window = "window_size" }
}

private struct Stage: Codable, Equatable {
    var size: Int
}

private struct Outer: Configuration, Equatable {
    var width = 32
    var rate = 0.5
    var name = "base"
    var usesBias = true
    var heads = [1, 2]
    var limit: Int?
    var encoder = Inner()
    var stages = [Stage(size: 1)]
    enum CodingKeys: String, CodingKey, CaseIterable {
        case width = "d_model", rate, name, usesBias = "bias", heads, limit, encoder, stages
    }
    static let nested: [String: any Configuration.Type] = ["encoder": Inner.self]

    init() { encoder.depth = 4 }

    func validate() throws(ConfigurationError) {
        guard width > 0 else { throw .outOfRange(key: "d_model", value: "\(width)", allowed: "1 or more") }
    }
}

@Suite("Configuration from JSON") struct ConfigurationTests {
    @Test("takes the defaults of what is absent, in nested objects too")
    func defaults() throws {
        #expect(try decodeConfiguration(Outer.self, from: "{}") == Outer())
        let read = try decodeConfiguration(
            Outer.self,
            from: #"{"d_model": 8, "rate": 1, "limit": 3, "bias": false, "heads": [], "encoder": {"window_size": 7}}"#)
        var expected = Outer()
        expected.width = 8
        expected.rate = 1
        expected.limit = 3
        expected.usesBias = false
        expected.heads = []
        expected.encoder.window = 7
        #expect(read == expected)
        #expect(read.encoder.depth == 4)
    }
    @Test(
        "says what is wrong, with the key",
        arguments: [
            (#"{"d_modle": 8}"#, ConfigurationError.unknownKey(key: "d_modle", nearest: "d_model")),
            (#"{"completely_else": 8}"#, .unknownKey(key: "completely_else", nearest: nil)),
            (#"{"encoder": {"window": 8}}"#, .unknownKey(key: "encoder.window", nearest: "window_size")),
            (#"{"d_model": "8"}"#, .wrongType(key: "d_model", expected: "an integer")),
            (#"{"d_model": 1.5}"#, .wrongType(key: "d_model", expected: "an integer")),
            (#"{"rate": 0.5, "heads": [1, 2.5]}"#, .wrongType(key: "heads.1", expected: "an integer")),
            (#"{"heads": [1, "two"]}"#, .wrongType(key: "heads.1", expected: "an integer")),
            (#"{"encoder": {"depth": 2.5}}"#, .wrongType(key: "encoder.depth", expected: "an integer")),
            (#"{"stages": [{"size": 1}, {"size": 0.5}]}"#, .wrongType(key: "stages.1.size", expected: "an integer")),
            (#"{"rate": "fast"}"#, .wrongType(key: "rate", expected: "a number")),
            (#"{"name": 1}"#, .wrongType(key: "name", expected: "a text")),
            (#"{"bias": 1}"#, .wrongType(key: "bias", expected: "true or false")),
            (#"{"heads": 1}"#, .wrongType(key: "heads", expected: "a list")),
            (#"{"heads": [1, "2"]}"#, .wrongType(key: "heads.1", expected: "an integer")),
            (#"{"name": null}"#, .wrongType(key: "name", expected: "a text")),
            (#"{"encoder": 3}"#, .wrongType(key: "encoder", expected: "an object")),
            (#"{"encoder": {"depth": true}}"#, .wrongType(key: "encoder.depth", expected: "an integer")),
            (#"{"stages": [{"size": 1}, {}]}"#, .missingKey(key: "stages.1.size")),
            (#"{"d_model": 0}"#, .outOfRange(key: "d_model", value: "0", allowed: "1 or more")),
        ])
    func errors(json: String, expected: ConfigurationError) {
        #expect(throws: expected) { try decodeConfiguration(Outer.self, from: json) }
    }
    @Test("refuses what is no JSON object", arguments: ["", "[1]", "3", "{", #"{"d_model": 1.5"#])
    func malformed(json: String) {
        let error = #expect(throws: ConfigurationError.self) { try decodeConfiguration(Outer.self, from: json) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
    @Test("does not round a fraction to an integer")
    func fraction() {
        #expect(throws: ConfigurationError.self) { try decodeConfiguration(Outer.self, from: #"{"d_model": 1.5}"#) }
    }
    @Test("writes sentences")
    func sentences() {
        #expect("\(ConfigurationError.unknownKey(key: "a", nearest: "b"))" == "'a' is not known; did you mean 'b'?")
        #expect(
            "\(ConfigurationError.outOfRange(key: "d_state", value: "300", allowed: "1 to 256"))"
                == "'d_state' is 300; it must be 1 to 256.")
    }
}
