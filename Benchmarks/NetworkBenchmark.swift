import Foundation
import Networks
import StateSpace
import Torch

/// A network with random weights, and what it is run on.
struct NetworkProblem: Sendable {
    /// The system's name.
    let system: String
    /// The preset's name.
    let preset: String
    /// Rows and columns of the output.
    let side: Int

    var name: String { "network-\(system)-\(side)" }

    /// The published test sizes, and 256 × 256.
    static let all = [
        NetworkProblem(system: "mmmamba", preset: "wv3", side: 128),
        NetworkProblem(system: "mmmamba", preset: "wv3", side: 256),
        NetworkProblem(system: "lemamba", preset: "wv3", side: 64),
        NetworkProblem(system: "lemamba", preset: "wv3", side: 256),
        NetworkProblem(system: "fusionmamba-rs", preset: "wv3", side: 64),
        NetworkProblem(system: "fusionmamba-rs", preset: "wv3", side: 256),
        NetworkProblem(system: "fusionmamba-mm", preset: "ir-vis", side: 64),
        NetworkProblem(system: "fusionmamba-mm", preset: "ir-vis", side: 256),
    ]
}

/// The forward pass of a network with one and two threads; beside it the same network with its scans as loops of tensor
/// operations, which is what the authors' programs fall back to without a GPU; and where the time goes.
func benchmark(_ problem: NetworkProblem, report: (Comparison) -> Void) throws {
    guard let system = NetworkSystem.named(problem.system), let preset = system.preset(named: problem.preset) else {
        preconditionFailure("there is no \(problem.system) \(problem.preset)")
    }
    let network = try system.network(preset.json)
    network.initialize(using: RandomGenerator(seed: 1))
    network.eval()
    let forward = try forwardPass(of: network, side: problem.side)
    let title = "\(system.title) \(preset.name), \(problem.side) × \(problem.side)"
    let work = Double(problem.side * problem.side)
    var seconds = 0.0
    for threads in [1, 2] {
        let measurements = try withThreads(threads) {
            try withInference { try measure([Contestant("forward pass", forward)]) }
        }
        if threads == 1 { seconds = measurements[0].processorSeconds }
        report(Comparison(title: title, unit: "pixels", work: work, threads: threads, measurements: measurements))
    }
    try withThreads(1) {
        try withInference {
            try forward()
            try show(OperationProfile.measuring(forward), seconds: seconds)
            // Once, as it takes up to some minutes.
            let loop = try SelectiveScanLibrary.$usesTensorOperations.withValue(true) { try processorSeconds(forward) }
            print(
                String(
                    format: "  with scans as loops of tensor operations: %.1f s of processor time, %.0f times as long",
                    loop, loop / seconds))
        }
    }
}

/// The network's forward pass on random images.
private func forwardPass(of network: any FusionNetwork, side: Int) throws -> () throws -> Void {
    let generator = RandomGenerator(seed: 2)
    func image(_ bands: Int, _ side: Int) -> Tensor {
        .uniform([1, bands, side, side], low: 0, high: 1, generator: generator)
    }
    switch network {
    case let network as any SharpeningNetwork:
        let (ms, pan) = (image(network.msBands, side / network.ratio), image(network.panBands, side))
        return { _ = try network.sharpen(ms: ms, pan: pan) }
    case let network as any PairFusionNetwork:
        let (first, second) = (image(1, side), image(1, side))
        return { _ = try network.fuse(first, second) }
    default: preconditionFailure("\(type(of: network)) does nothing that is measured")
    }
}

/// The share of each kind of operation in a pass, and of those that are neither scans nor products.
///
/// To watch an operation takes some microseconds, which is much for a view and nothing for a product. So all else is what
/// the few large ones leave of a pass that nobody watches; its parts are longer than they would be.
///
/// - Parameter seconds: the pass without a profile.
private func show(_ profile: OperationProfile, seconds: Double) {
    func line(_ name: String, _ part: Double) -> String {
        "    " + name.padding(toLength: 40, withPad: " ", startingAt: 0)
            + String(format: "%8.2f ms %5.1f %%", part * 1e3, 100 * part / seconds)
    }
    let products = ["mm", "addmm", "bmm", "baddbmm", "linear", "_addmm_activation"].map { "aten::" + $0 }
    func sum(_ belongs: (OperationProfile.Entry) -> Bool) -> Double {
        profile.entries.filter(belongs).reduce(0) { $0 + $1.seconds }
    }
    func isScan(_ entry: OperationProfile.Entry) -> Bool { entry.name == "selective scan" }
    func isProduct(_ entry: OperationProfile.Entry) -> Bool { products.contains(entry.name) }
    func isConvolution(_ entry: OperationProfile.Entry) -> Bool { entry.name.contains("conv") }
    let others = profile.entries.filter { !isScan($0) && !isProduct($0) && !isConvolution($0) }
    let multiplyAdds = profile.entries.filter { !isScan($0) }.reduce(0) { $0 + $1.multiplyAdds }
    let updates = profile.entries.filter(isScan).reduce(0) { $0 + $1.multiplyAdds }
    print(
        String(
            format: "  %.3f G multiply-adds of products and convolutions, %.3f G state updates", multiplyAdds / 1e9,
            updates / 1e9))
    print(line("scans", sum(isScan)))
    print(line("matrix products", sum(isProduct)))
    print(line("convolutions", sum(isConvolution)))
    print(line("all else", seconds - sum { isScan($0) || isProduct($0) || isConvolution($0) }))
    print(String(format: "  parts of all else, in a watched pass of %.1f ms:", profile.seconds * 1e3))
    for entry in others.prefix(12) { print(line("\(entry.name) × \(entry.calls)", entry.seconds)) }
    print(line("further operations", others.dropFirst(12).reduce(0) { $0 + $1.seconds }))
    print(line("between operations", profile.seconds - sum { _ in true }))
}
