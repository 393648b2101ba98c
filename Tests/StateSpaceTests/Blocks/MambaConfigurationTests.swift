import Foundation
import StateSpace
import Testing
import Torch

@Suite("Configuration of Mamba blocks")
struct MambaConfigurationTests {
    @Test("has the defaults of mamba_ssm")
    func defaults() {
        let configuration = MambaConfiguration(width: 100)
        #expect(configuration.innerWidth == 200)
        #expect(configuration.rank == 7)
        #expect(configuration.states == 16 && configuration.convolutionWidth == 4)
    }

    @Test("reads its keys, a rank that is a number or automatic, and keeps defaults")
    func json() throws {
        let given = #"{"d_model": 40, "d_state": 8, "expand": 1.5, "dt_rank": 5, "dt_init": "constant", "bias": true}"#
        var configuration = try decodeConfiguration(MambaConfiguration.self, from: Data(given.utf8))
        #expect(configuration.innerWidth == 60 && configuration.rank == 5 && configuration.projectionsHaveBias)
        #expect(configuration.stepWeights == .constant && configuration.convolutionWidth == 4)
        configuration = try decodeConfiguration(
            MambaConfiguration.self, from: Data(#"{"d_model": 40, "dt_rank": "auto"}"#.utf8))
        #expect(configuration.rank == 3)
        let again = try decodeConfiguration(MambaConfiguration.self, from: JSONEncoder().encode(configuration))
        #expect(again == configuration)
    }

    static let wrong: [(String, @Sendable (inout MambaConfiguration) -> Void)] = [
        ("d_model", { $0.width = 0 }), ("d_state", { $0.states = 257 }), ("d_conv", { $0.convolutionWidth = 0 }),
        ("expand", { $0.expansion = 0.1 }), ("expand", { $0.expansion = .nan }),
        ("expand", { $0.expansion = .infinity }), ("dt_rank", { $0.stepRank = .fixed(0) }),
        ("dt_min", { $0.shortestStep = 0 }), ("dt_max", { $0.longestStep = 1e-4 }),
        ("dt_scale", { $0.stepScale = .nan }), ("dt_init_floor", { $0.stepFloor = 0 }),
    ]

    @Test("refuses numbers that no block can be built with, and names the key", arguments: wrong.indices)
    func refuses(index: Int) throws {
        let (key, change) = Self.wrong[index]
        var configuration = MambaConfiguration(width: 5)
        change(&configuration)
        let error = #expect(throws: ConfigurationError.self) { try MambaBlock(configuration) }
        #expect("\(try #require(error))".hasPrefix("'\(key)' is"))
        #expect(throws: ConfigurationError.self) { try MultiDirectionMamba(configuration) }
    }

    @Test("of a map's block must have an odd convolution")
    func evenConvolution() throws {
        let error = #expect(throws: ConfigurationError.self) { try SS2D(MambaConfiguration(width: 5)) }
        #expect("\(try #require(error))" == "'d_conv' is 4; it must be odd.")
    }

    @Test("refuses a rank that is another text")
    func wrongRank() {
        #expect(throws: ConfigurationError.self) {
            try decodeConfiguration(MambaConfiguration.self, from: Data(#"{"dt_rank": "all"}"#.utf8))
        }
    }
}
