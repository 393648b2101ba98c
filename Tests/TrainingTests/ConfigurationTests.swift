import Networks
import Testing
import Torch
import Training

@Suite("Training configuration") struct TrainingConfigurationTests {
    @Test("printed for a system and a task is read back as it was, with a comment for every key")
    func prints() throws {
        for system in NetworkSystem.all {
            for task in system.tasks {
                let configuration = try TrainingConfiguration(system: system, task: task)
                let text = try configuration.yaml
                #expect(try TrainingConfiguration(yaml: text) == configuration, "\(text)")
                let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
                for (previous, line) in zip(lines, lines.dropFirst()) where !line.contains("#") {
                    #expect(previous.contains("#"), "\(line)")
                }
            }
        }
    }

    @Test(
        "refuses what is not known, with the nearest name",
        arguments: [
            ("optimiser: {}", "optimizer"), ("optimizer: {rat: 1}", "optimizer.rat"),
            ("loss: {l3: 1}", "'l3' (did you mean 'l1'?)"),
            ("network: {system: lemambo}", "lemamba"), ("network: {settings: {dimm: 8}}", "network.settings.dimm"),
            ("validation: {metrics: [ERGIS]}", "ERGAS"), ("validation: {best: SAMM}", "SAM"),
            ("task: fuse", "task"), ("loss: {pair: 1}", "loss"), ("epochs: 0", "epochs"),
            ("schedule: {name: cosinus}", "schedule.name"), ("loss: {l1: 0}", "loss"),
            ("epochs: 3\nepochs: 4", "epochs"),
            ("epochs: 1.5", "'epochs'"), ("seed: -1", "'seed'"), ("data: {batch: 0.5}", "'data.batch'"),
            ("schedule: {milestones: [1, 2.5]}", "'schedule.milestones.1'"),
            ("data: {training: [a.h5, 3]}", "'data.training.1'"), ("loss: {l1: much}", "'loss.l1'"),
            ("network: {settings: {dim: 8.5}}", "'network.settings.dim'"),
            ("network: {low-rank: {rank: 1.5}}", "'network.low-rank.rank'"),
            ("optimizer: {rate: -1}", "optimizer.rate"), ("data: {sensor: WV9}", "data.sensor"),
        ])
    func refuses(yaml: String, named: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try TrainingConfiguration(yaml: yaml) }
        let message = error.map(\.description) ?? ""
        #expect(message.contains(named), "\(message)")
    }

    @Test("takes changes at a path, which win over the text")
    func changes() throws {
        let configuration = try TrainingConfiguration(
            yaml: "optimizer: {rate: 1}", changes: ["optimizer.rate=1e-4", "loss={l2: 1}", "network.settings.dim=16"])
        #expect(configuration.optimizer.rate == 1e-4)
        #expect(configuration.loss == ["l2": 1])
        #expect(configuration.network.settings == .object(["dim": .integer(16)]))
        #expect(throws: ConfigurationError.self) { try TrainingConfiguration(yaml: "", changes: ["epochs"]) }
        #expect(throws: ConfigurationError.self) { try TrainingConfiguration(yaml: "", changes: ["optimizer.rote=1"]) }
    }

    @Test("reads nothing as the defaults")
    func empty() throws { #expect(try TrainingConfiguration(yaml: "") == TrainingConfiguration()) }
}

@Suite("Schedules") struct ScheduleTests {
    private func share(_ name: ScheduleSettings.Name, at progress: Double, falls: Int = 0) -> Double {
        var schedule = ScheduleSettings()
        schedule.name = name
        (schedule.lowest, schedule.period, schedule.factor, schedule.milestones) = (0.01, 4, 0.5, [3, 5])
        return schedule.share(at: progress, of: 10, falls: falls)
    }

    @Test("give the shares that their names promise")
    func shares() {
        #expect(share(.constant, at: 9.5) == 1)
        #expect([0, 3.9, 4, 8].map { share(.step, at: $0) } == [1, 1, 0.5, 0.25])
        #expect([0, 1.9, 2, 4].map { share(.multiStep, at: $0) } == [1, 1, 0.5, 0.25])
        #expect(abs(share(.cosine, at: 5) - 0.505) < 1e-12)
        #expect(abs(share(.cosine, at: 10) - 0.01) < 1e-12)
        #expect(share(.restarts, at: 4) == 0.5)
        #expect(share(.plateau, at: 3, falls: 2) == 0.25)
        #expect(abs(share(.oneCycle, at: 3) - 1) < 1e-12)
        #expect(share(.oneCycle, at: 0) == 0.04)
    }

    @Test("grow evenly in a warm-up")
    func warmUp() {
        var schedule = ScheduleSettings()
        schedule.warmUp = 2
        #expect(schedule.share(at: 1, of: 10) == 0.5)
        #expect(schedule.share(at: 2, of: 10) == 1)
    }
}
