import Foundation
import FusionKit

extension SharpeningJob {
    /// How a network is adapted to the scene.
    struct Adaptation {
        let steps: Int
        /// Where the adapted weights go; nil for nowhere.
        let file: String?
    }

    /// What fuses the pixels.
    struct Prepared {
        let job: Pansharpening
        let name: String
        /// What is known of the instrument.
        let sensor: Sensor?
        var adaptation: SceneAdaptation.Outcome?
    }

    /// The method, with its weights, adapted where somebody asked for it.
    func prepared(for pair: ScenePair) throws -> Prepared {
        switch choice {
        case .standard: return try preparedByDefault(for: pair)
        case .classical(let method): return try prepared(method, for: pair)
        case .shipped(let system): return try prepared(for: pair, shipped: system)
        case .weights(let file, let peak, let highPeak):
            return try prepared(
                for: pair, NetworkCheckpoint.forUse(file, talk: talk), file, peak: peak, highPeak: highPeak)
        }
    }

    /// The network that comes with the program where it is for the images, a method without training else.
    private func preparedByDefault(for pair: ScenePair) throws -> Prepared {
        let network = NetworkSystem.consistentDetail
        guard !ConsistentSharpener.suits(pair) else { return try prepared(for: pair, shipped: network) }
        let method = try pair.standardMethod()
        guard pair.panBands.count == 1 else {
            if method is GFPCA {
                talk.note(
                    "\(HySure().name) is for \(ScenePair.fewestBandsForHySure) bands or more and for images that it can take as a "
                        + "whole, so \(method.name) runs.")
            }
            return try prepared(method, for: pair)
        }
        let (bands, ratios) = ConsistentSharpener.domain(of: task)
        let limits =
            "\(counted(pair.msBands.count, "band")), ratio \(pair.ratio): \(network.name) is for \(bands.lowerBound) to \(bands.upperBound) bands "
            + "and ratios \(ratios.lowerBound) to \(ratios.upperBound)"
        if adaptation != nil {
            talk.note("\(limits); it runs because --adapt needs a network.")
            return try prepared(for: pair, shipped: network)
        }
        let isCube = task == .pansharpen && pair.msBands.count > bands.upperBound
        talk.note(
            "\(limits), so \(method.name) runs." + (isCube ? " For many bands there is fusionkit hypersharpen." : ""))
        return try prepared(method, for: pair)
    }

    private func prepared(_ method: any ClassicalMethod, for pair: ScenePair) throws -> Prepared {
        try prepared(.classical(method), method.name, for: pair, trainedFor: nil)
    }

    /// A method with the sensor that the user named, or else the image's metadata, or else the weights.
    private func prepared(
        _ method: Pansharpening.Method, _ name: String, for pair: ScenePair, trainedFor: Sensor?
    ) throws -> Prepared {
        let recorded = pair.ms.profile.recordedSensor.flatMap { $0.bands.count >= pair.msBands.count ? $0 : nil }
        let known = ignoresSensor ? nil : sensor ?? recorded ?? trainedFor
        return Prepared(
            job: try Pansharpening(pair: pair, method: method, sensor: known, options: options), name: name,
            sensor: known)
    }

    private func prepared(for pair: ScenePair, shipped system: NetworkSystem) throws -> Prepared {
        guard let checkpoint = try NetworkCheckpoint(shippedWith: system, for: task) else {
            throw SceneError.noWeights(system, task: task)
        }
        return try prepared(for: pair, checkpoint, system.name)
    }

    private func prepared(
        for pair: ScenePair, _ checkpoint: NetworkCheckpoint, _ file: String, peak: Double? = nil,
        highPeak: Double? = nil
    ) throws -> Prepared {
        let description = checkpoint.description
        let trainedFor = description.sensor.flatMap(Sensor.named)
        if let sensor, let trainedFor, sensor.name != trainedFor.name {
            talk.warn("the weights were trained for \(trainedFor.name), and --sensor says \(sensor.name).")
        }
        let method = try Pansharpening.Method(
            checkpoint, peak: peak, highPeak: highPeak, device: device.device(), task: task)
        if case .network(let sharpener) = method {
            try warnAboutPeak(pair, sharpener, file)
            talk.detail(
                "network: \(description.system) on \(sharpener.device), peak \(sharpener.peak.plain)"
                    + (sharpener.highPeak == sharpener.peak ? "" : ", of the sharp image \(sharpener.highPeak.plain)"))
        }
        var prepared = try prepared(method, description.system, for: pair, trainedFor: trainedFor)
        if let adaptation {
            // What can't be sharpened can't be adapted to either, and says why.
            try prepared.job.check(output: output)
            do {
                prepared.adaptation = try adapted(
                    checkpoint, to: prepared.job, peak: peak ?? description.peak, adaptation)
            } catch let error as TrainingError where error.code == .scene && adaptation.file == nil {
                // Weights that somebody wants to keep must have been adapted; an image can do without.
                talk.warn("\(error.problem) The network runs as it is.")
            }
        }
        return prepared
    }

    /// Adapts the network of a checkpoint, which is in use already.
    private func adapted(
        _ checkpoint: NetworkCheckpoint, to job: Pansharpening, peak: Double, _ wish: Adaptation
    ) throws -> SceneAdaptation.Outcome {
        let pair = job.pair
        var adaptation = SceneAdaptation(checkpoint.network)
        (adaptation.steps, adaptation.peak) = (wish.steps, peak)
        TorchLibrary.threads = max(1, options.threads)
        let bar = ProgressBar(talk)
        defer { bar.clear() }
        let outcome = try Interruption.gracefully { cancellation in
            let outcome = try adaptation.run(
                pan: pair.pan.file, ms: pair.ms.file, sensor: job.sensor, ratio: pair.ratio,
                sharesEdges: job.measured?.sharesEdges == true, isCancelled: { cancellation.isCancelled },
                report: { bar.show(.init(stage: "adapting", done: $0, total: wish.steps)) })
            try cancellation.check()
            return outcome
        }
        bar.clear()
        let index = String(format: "HQNR %.4f to %.4f on patches", outcome.before, outcome.after)
        if outcome.isBetter {
            talk.note("the network was adapted to the scene in \(counted(outcome.steps, "step")): \(index).")
        } else {
            talk.note(
                "adapting in \(counted(outcome.steps, "step")) did not raise HQNR of \(String(format: "%.4f", outcome.before)) "
                    + "on patches of the scene; the weights stay as they were.")
        }
        if let file = wish.file {
            var description = checkpoint.description
            if outcome.isBetter {
                description.origin = "\(description.origin ?? description.system), adapted to \(pair.ms.file)"
            }
            try SafetensorsFile.write(checkpoint.network.state(), metadata: description.metadata, to: file)
            talk.note("\(file): the \(outcome.isBetter ? "adapted" : "unadapted") weights.")
        }
        return outcome
    }

    /// Networks clip what is above the peak; numbers far above it mean that the peak is not that of the images.
    private func warnAboutPeak(_ pair: ScenePair, _ sharpener: NetworkSharpener, _ weights: String) throws {
        let highOption = task == .hypersharpen ? "--high-peak" : "--peak"
        for (reader, bands, peak, option) in [
            (pair.pan, pair.panBands, sharpener.highPeak, highOption),
            (pair.ms, pair.msBands, sharpener.peak, "--peak"),
        ] {
            let (width, height) = (reader.profile.width, reader.profile.height)
            let sample = Window(
                column: max(0, width / 2 - 256), row: max(0, height / 2 - 256), width: 512, height: 512
            ).clipped(to: reader.profile.window)
            var values = [Float](repeating: 0, count: sample.pixelCount * bands.count)
            var valid = [UInt8](repeating: 0, count: sample.pixelCount)
            try values.withUnsafeMutableBufferPointer { values in
                try valid.withUnsafeMutableBufferPointer {
                    try reader.read(sample, bands: bands, into: values, valid: $0)
                }
            }
            let largest =
                values.indices.lazy.filter { valid[$0 % sample.pixelCount] != 0 }.map { values[$0] }.max() ?? 0
            if Double(largest) > 1.5 * peak {
                talk.warn(
                    "\(reader.file) has values up to \(Double(largest).plain); \(weights) takes numbers up to \(peak.plain) and clips what is "
                        + "above. Give \(option), such as \(Self.fullScale(above: Double(largest))), if the images have more bits."
                )
                return
            }
        }
    }

    /// The largest number of the fewest bits that hold a value.
    private static func fullScale(above value: Double) -> Int {
        (8...16).lazy.map { (1 << $0) - 1 }.first { Double($0) >= value } ?? Int(value.rounded(.up))
    }
}
