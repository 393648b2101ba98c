import Foundation
import FusionKit
import Testing

@Suite("Checkpoints from the command line") struct CheckpointCommandTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func convert(_ input: String, _ more: String...) throws -> Outcome {
        try Program.start(["convert", input, "out.safetensors"] + more, in: directory).outcome()
    }

    @Test("info tells system, configuration, sensor, peak and tensors") func info() throws {
        try TestImage.writeWeights(directory.file("w.safetensors"))
        let outcome = try Program.run("info", "w.safetensors", "--tensors", in: directory)
        #expect(outcome.status == 0 && outcome.error.isEmpty)
        for text in [
            "fusionmamba-rs", #""ms_dim":8"#, "sensor         WV3", "peak           2047", "stage4.out_proj.weight",
        ] {
            #expect(outcome.output.contains(text), "\(text) is not in \(outcome.output)")
        }
        let json = try Program.run("info", "w.safetensors", "--json", in: directory)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["system"] as? String == "fusionmamba-rs" && object["peak"] as? Double == 2047)
    }

    @Test("weights without a description are recognised, and get one") func convertsUndescribed() throws {
        let network = try FusionMambaRS(FusionMambaRSConfiguration(width: 8, msBands: 8, ratio: 4))
        network.initialize(using: RandomGenerator(seed: 1))
        try SafetensorsFile.write(network.state(), to: directory.file("bare.safetensors"))
        let outcome = try convert("bare.safetensors", "--sensor", "wv2", "--system", "FusionMamba-RS")
        #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.error)")
        let checkpoint = try NetworkCheckpoint(file: directory.file("out.safetensors"))
        #expect(checkpoint.description.sensor == "WV2" && checkpoint.description.peak == 2047)
        #expect(checkpoint.description.origin == "bare.safetensors")
        let again = try convert("bare.safetensors")
        #expect(again.status == 73 && again.error.contains("--overwrite"))
    }

    @Test("a sensor of other bands, unknown names, and files that are no weights are refused") func refuses() throws {
        try TestImage.writeWeights(directory.file("w.safetensors"))
        let sensor = try convert("w.safetensors", "--sensor", "QB")
        #expect(sensor.status == 65 && sensor.error.contains("8 bands") && sensor.error.contains("QB has 4"))
        let system = try convert("w.safetensors", "--system", "fusionmamba-sr")
        #expect(system.status == 64 && system.error.contains("Did you mean 'fusionmamba-rs'?"))
        let absent = try convert("absent.pth")
        #expect(absent.status == 66 && absent.error.contains("absent.pth"))
        try directory.write("no weights at all", to: "letter.pth")
        let letter = try convert("letter.pth")
        #expect(letter.status == 65 && letter.error.contains("letter.pth"))
        let name = try Program.run("convert", "w.safetensors", "out.pth", in: directory)
        #expect(name.status == 64 && name.error.contains(".safetensors"))
        let own = try Program.run("convert", "w.safetensors", "./w.safetensors", "--overwrite", in: directory)
        #expect(own.status == 73 && own.error.contains("the output is the input"))
        #expect(directory.names == ["letter.pth", "w.safetensors"])
    }

    @Test("the authors' file converts", .enabled(if: Repository.weights != nil, "the released weights are not there"))
    func released() throws {
        let outcome = try convert(Repository.weights ?? "", "--system", "fusionmamba-rs", "--sensor", "WV3")
        #expect(outcome.status == 0, "\(outcome.error)")
        let info = try Program.run("info", "out.safetensors", in: directory)
        #expect(info.status == 0 && info.output.contains("origin         420.pth") && info.output.contains("WV3"))
    }
}
