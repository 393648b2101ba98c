import Foundation
import Networks
import StateSpace
import Torch

/// The steps of training that are measured: each system's, for a batch of 8 images of 64 × 64.
struct TrainingProblem: Sendable {
    /// The system's name.
    let system: String
    /// The preset's name.
    let preset: String
    /// Images of a batch where scans are loops: those of MMMamba and LE-Mamba keep more of eight images than 20 GB.
    var loopBatch = TrainingProblem.batch

    var name: String { "training-\(system)" }

    /// One of each system.
    static let all = [
        TrainingProblem(system: "fusionmamba-rs", preset: "wv3"),
        TrainingProblem(system: "lemamba", preset: "wv3", loopBatch: 1),
        TrainingProblem(system: "mmmamba", preset: "wv3", loopBatch: 1),
        TrainingProblem(system: "fusionmamba-mm", preset: "ir-vis"),
    ]

    static let batch = 8
    static let side = 64
}

/// One step of training (forward pass, loss, backward pass, AdamW) with one thread: as it is, with blocks that run again in the
/// backward pass in place of keeping their results, and, once, with scans as loops of tensor operations, which is what the
/// authors' programs fall back to without a GPU.
func benchmark(_ problem: TrainingProblem, report: (Comparison) -> Void) throws {
    guard let system = NetworkSystem.named(problem.system), let preset = system.preset(named: problem.preset) else {
        preconditionFailure("there is no \(problem.system) \(problem.preset)")
    }
    let network = try system.network(preset.json)
    let generator = RandomGenerator(seed: 1)
    network.initialize(using: generator)
    network.train(using: generator)
    func compare(_ batch: Int, _ measurements: [Measurement]) {
        let side = TrainingProblem.side
        report(
            Comparison(
                title: "\(system.title) \(preset.name), step of training, \(batch) × \(side) × \(side)", unit: "pixels",
                work: Double(batch * side * side), threads: 1, measurements: measurements))
    }
    try withThreads(1) {
        let step = try trainingStep(of: network, batch: TrainingProblem.batch)
        func checkpointed() throws {
            network.setCheckpointed(true)
            defer { network.setCheckpointed(false) }
            try step()
        }
        compare(
            TrainingProblem.batch,
            try measure(
                [Contestant("step", step), Contestant("step with gradient checkpointing", checkpointed)], seconds: 12))
        let smallStep = try trainingStep(of: network, batch: problem.loopBatch)
        func loop() throws {
            try SelectiveScanLibrary.$usesTensorOperations.withValue(true) { try smallStep() }
        }
        let own = try measure([Contestant("step", smallStep)], seconds: 4)
        let peer = try measureOnce([Contestant("scans as loops of tensor operations", loop)])
        let ratio = peer[0].processorSeconds / own[0].processorSeconds
        compare(
            problem.loopBatch,
            own
                + peer.map {
                    Measurement(
                        name: $0.name, wallSeconds: $0.wallSeconds, processorSeconds: $0.processorSeconds,
                        ratioToFirst: ratio, peakBytes: $0.peakBytes)
                })
    }
}

/// A step of the network on random images, by its own kind of loss.
private func trainingStep(of network: any FusionNetwork, batch: Int) throws -> () throws -> Void {
    let generator = RandomGenerator(seed: 2)
    let side = TrainingProblem.side
    func image(_ bands: Int, _ side: Int) -> Tensor {
        .uniform([batch, bands, side, side], low: 0, high: 1, generator: generator)
    }
    let optimizer = AdamW(network.namedParameters(), learningRate: 1e-5)
    for parameter in network.parameters { parameter.setRequiresGradient() }
    func learn(_ loss: () throws -> Tensor) throws {
        try withTorchErrors {
            network.clearGradients()
            let loss = try loss()
            try checkTorchErrors()
            loss.backward()
            optimizer.step()
        }
    }
    switch network {
    case let network as any SharpeningNetwork:
        let (ms, pan) = (image(network.msBands, side / network.ratio), image(network.panBands, side))
        let reference = image(network.msBands, side)
        return { try learn { (try network.sharpen(ms: ms, pan: pan) - reference).abs().mean() } }
    case let network as any PairFusionNetwork:
        let (first, second) = (image(1, side), image(1, side))
        let loss = FusionMambaMMTask.infraredVisible.loss
        return {
            try learn {
                loss(fused: try network.fuse(first, second).clamped(0, 1), first: first, second: second).total
            }
        }
    default: preconditionFailure("\(type(of: network)) does nothing that is measured")
    }
}
