import Foundation
import Testing
import Torch

@Suite(
    "Trained weights of the authors",
    .enabled(if: checkpointsDirectory != nil, "set FUSIONKIT_FIXTURES beside a folder `checkpoints` to run these"))
struct ArchiveCheckpointTests {
    private func load(_ name: String) throws -> Checkpoint {
        try Checkpoint.load(#require(checkpointsDirectory).appendingPathComponent(name).path)
    }

    private func statistics(_ checkpoint: Checkpoint) -> (count: Int, sum: Double, absolute: Double) {
        checkpoint.tensors.reduce((0, 0, 0)) { total, item in
            let values = item.tensor.to(.float64)
            return (total.0 + values.count, total.1 + values.sum().item, total.2 + values.abs().sum().item)
        }
    }

    @Test(
        "of CANNet agree with the sums that are known of them",
        arguments: [
            ("wv3", 787_426, -3750.437648, 430299.219053, 0.32511395, -0.00013415),
            ("qb", 785_118, 626.615833, 124866.936032, 0.12055581, -0.00372011),
            ("gf2", 785_118, 1139.664474, 126681.113001, 0.08905198, -0.00775309),
        ])
    func cannet(sensor: String, count: Int, sum: Double, absolute: Double, first: Float, last: Float) throws {
        let checkpoint = try load("cannet/cannet_\(sensor).pth")
        #expect(checkpoint.tensors.count == 194)
        let found = statistics(checkpoint)
        #expect(found.count == count)
        #expect(abs(found.sum - sum) < 1e-5)
        #expect(abs(found.absolute - absolute) < 1e-5)
        let head = try #require(checkpoint["head_conv.weight"]).array(of: Float.self)
        let tail = try #require(checkpoint["tail_conv.bias"]).array(of: Float.self)
        #expect(abs(try #require(head.first) - first) < 1e-8)
        #expect(abs(try #require(tail.last) - last) < 1e-8)
        #expect(checkpoint.tensors.allSatisfy { $0.tensor.device == .cpu })
    }

    @Test("of FusionMamba have all their tensors and survive a conversion")
    func fusionMamba() throws {
        let checkpoint = try load("fusionmamba-rs/420.pth")
        #expect(checkpoint.tensors.count == 769)
        let found = statistics(checkpoint)
        #expect(found.count == 735_401)
        #expect(checkpoint.notices.isEmpty)

        let scratch = try Scratch()
        let path = scratch.path("420.safetensors")
        try SafetensorsFile.write(checkpoint.tensors, metadata: ["system": "fusionmamba-rs"], to: path)
        let converted = try Checkpoint.load(path)
        #expect(converted.tensors.map(\.name) == checkpoint.tensors.map(\.name))
        for ((name, a), (_, b)) in zip(checkpoint.tensors, converted.tensors) {
            #expect(a.shape == b.shape && a.array(of: Float.self) == b.array(of: Float.self), "\(name)")
        }
    }

    @Test("and every golden file open")
    func goldenFiles() throws {
        let fixtures = try #require(checkpointsDirectory).deletingLastPathComponent().appendingPathComponent("fixtures")
        let files = FileManager.default.enumerator(at: fixtures, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        for url in files ?? [] where url.pathExtension == "safetensors" {
            let file = try SafetensorsFile(url.path)
            #expect(!file.entries.isEmpty, "\(url.path)")
            for (_, tensor) in try file.tensors() { _ = tensor.count }
        }
    }
}
