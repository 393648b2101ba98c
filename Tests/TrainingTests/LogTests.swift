import Foundation
import Testing
import Torch
import Training

@Suite("Logs") struct LogTests {
    /// What Python prints; nil where it or TensorBoard is missing.
    private func python(_ program: String) throws -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }

    @Test("hold histograms of weights and gradients, which TensorBoard's own reader reads")
    func histograms() throws {
        let scratch = try Scratch()
        let run = try TrainingRun(
            try littleTraining(scratch.file("run"), "record.histogram-steps=5", "average.kind=none"))
        _ = try run.run()
        guard try python("import tensorboard") != nil else {
            print("skipped: Python's tensorboard is not installed")
            return
        }
        let (name, weight) = try #require(run.network.namedParameters().first { $0.tensor.count > 10 })
        let program = """
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            log = EventAccumulator('\(scratch.file("run"))', size_guidance={'histograms': 0}); log.Reload()
            tags = log.Tags()['histograms']
            print(len([t for t in tags if t.startswith('weights/')]), len([t for t in tags if t.startswith('gradients/')]))
            for kind in ('weights', 'gradients'):
                events = log.Histograms(kind + '/\(name)')
                last = events[-1].histogram_value
                print(*[e.step for e in events])
                print(last.num, sum(last.bucket), last.min, last.max, last.sum, last.sum_squares)
            """
        let lines = try #require(try python(program)).split(separator: "\n")
        let parameters = run.network.namedParameters().count
        #expect(lines[0] == "\(parameters) \(parameters)")
        #expect(lines[1] == "5 10")
        let numbers = lines[2].split(separator: " ").compactMap { Double($0) }
        #expect(numbers[0] == Double(weight.count))
        #expect(numbers[1] == Double(weight.count))
        // Two steps later the weights are near those of step 10.
        #expect(abs(numbers[2] - weight.min().item) < 0.05)
        #expect(abs(numbers[3] - weight.max().item) < 0.05)
        let squares = weight.squared().sum().item
        #expect(abs(numbers[5] - squares) < 0.2 * squares + 1e-3)
    }

    @Test("for TensorBoard are read by its own reader: curves and pictures")
    func tensorBoard() throws {
        let scratch = try Scratch()
        let run = try TrainingRun(try littleTraining(scratch.file("run")))
        _ = try run.run()
        guard try python("import tensorboard") != nil else {
            print("skipped: Python's tensorboard is not installed")
            return
        }
        let program = """
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            log = EventAccumulator('\(scratch.file("run"))'); log.Reload()
            losses = log.Scalars('train/loss')
            picture = log.Images('sample/0')[-1]
            import struct
            size = struct.unpack('>II', picture.encoded_image_string[16:24])
            print(len(losses), losses[-1].step, len(log.Scalars('validation/SAM')), picture.width, picture.height, *size)
            print(losses[-1].value)
            """
        let lines = try #require(try python(program)).split(separator: "\n")
        // Three images of 16 pixels side by side.
        #expect(lines[0] == "12 12 3 48 16 48 16")
        let rows = try scratch.text("run/steps.csv").split(separator: "\n")
        let written = try #require(rows.last.flatMap { Double($0.split(separator: ",")[2]) })
        #expect(abs(written - (Double(lines[1]) ?? 0)) < 1e-6)
        let objects = try scratch.text("run/steps.jsonl").split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Double]
        }
        #expect(objects.count == 12)
        let inLines = try #require(objects.last??["loss"])
        #expect(abs(inLines - written) < 1e-12)
    }
}
