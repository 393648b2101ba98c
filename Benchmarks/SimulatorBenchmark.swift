import Sensors

/// Pairs for training: PAN of 256 × 256, MS of 64 × 64 and the truth, every one of another sensor, land and weather.
func benchmarkSimulator(report: (Comparison) -> Void) throws {
    let pairs = 8
    var sum = 0.0
    func contestant(_ name: String, _ simulator: @escaping (UInt64) throws -> SceneSimulator) -> Contestant {
        Contestant(name) {
            for seed in 0..<UInt64(pairs) { sum += try simulator(seed).render().pan.values[0] }
        }
    }
    func of(_ sensor: Sensor, _ land: SceneLand) -> (UInt64) throws -> SceneSimulator {
        { try SceneSimulator(sensor: sensor, panSize: 256, seed: $0, conditions: SceneConditions(land: land)) }
    }
    let contestants = [
        contestant("anything, ratio 4") { try SceneSimulator.random(seed: $0, panSize: 256, ratio: 4) },
        contestant("WV3, mixed", of(.worldView3, .mixed)), contestant("WV3, city", of(.worldView3, .city)),
        contestant("IKONOS, mixed", of(.ikonos, .mixed)),
    ]
    let measurements = try measure(contestants, mostRounds: 5)
    precondition(sum.isFinite, "a sample is not a number")
    report(
        Comparison(
            title: "Simulated pairs of 256 × 256", unit: "pairs", work: Double(pairs), threads: 1,
            measurements: measurements))
}
