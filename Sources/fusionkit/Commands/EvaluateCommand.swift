import ArgumentParser
import Foundation
import FusionKit

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measure fused images by the truth, or by what they were made of.",
        discussion: """
            With --reference by the truth; with --pan and --ms a sharpened image without it; both give two tables. A pixel \
            counts where all images have a measurement. Smaller is better: SAM (degrees), ERGAS, RMSE, MSE, CE, Q_CV, \
            N^AB/F and what begins with D, R-SAM, R-ERGAS; larger is better: the others. Images of any size are read by \
            windows. Pictures of two modalities are judged by their sources, as 'fusionkit fuse' takes them: --visible and \
            --infrared, --mri and --ct, --pet or --spect, or --first and --second; their RMSE is VIFB's, √(Σd²)/n, which \
            is smaller the larger the pictures are.

            A value that is no number, as of a constant picture, is NaN, in JSON the text "NaN"; an index that can't be \
            computed, as of an image smaller than its window, is – in tables and absent elsewhere.

            PSNR and SSIM depend on the largest number that samples can have: --peak or --bits, else by the bits of --sensor, \
            else of the truth's metadata, else 255 for Byte, else a guess from the truth's largest sample, which is told.

            Folders are measured picture by picture, paired by name, and their mean follows. A picture that fails is listed \
            with its reason, in CSV and JSON too, and the exit code is not 0.

            Examples:
              fusionkit evaluate fused.tif --reference truth.tif
              fusionkit evaluate fused.tif --pan pan.tif --ms ms.tif --sensor WV3
              fusionkit evaluate fused.png --visible visible.png --infrared infrared.png
            """)

    @Argument(help: "The fused images, one row each; or a folder of such.", completion: .file())
    var fused: [String]

    @OptionGroup(title: "Compared with") var partners: EvaluationPartners
    @OptionGroup(title: "Settings") var settings: EvaluationSettings
    @OptionGroup(title: "Output") var output: EvaluationOutput
    @OptionGroup(title: "Resources") var resources: WorkOptions
    @OptionGroup(title: "Talk") var talk: TalkOptions

    func validate() throws {
        try partners.check()
        try settings.check(partners)
        try output.check(partners, fused: fused)
    }

    func run() throws {
        let talk = talk.talk
        let (items, isFolder, notices) = try partners.items(of: fused)
        for notice in notices { talk.warn(notice) }
        let judges = try judges(items[0], talk)
        let map = output.evaluationMap
        try map?.check(inputs: items.flatMap { [$0.fused] + Array($0.partners.values) })
        talk.detail(judges.flatMap(\.metrics).map { "\($0.name): \($0.variant)" }.joined(separator: "; "))
        let evaluation = Evaluation(
            items: items, judges: judges, map: map,
            work: (resources.threadCount, resources.memoryBytes), talk: talk)
        try evaluation.run { rows in
            var described = described
            for row in rows { described.add(row.settings) }
            let report = EvaluationReport(
                settings: described, rows: rows, mean: isFolder ? EvaluationRow.mean(of: rows) : nil, judges: judges,
                isPerBand: output.perBand)
            if output.json { return try Console.result(json: report) }
            try Console.result(output.csv ? report.csv : report.text)
        }
    }

    /// What judges the images.
    private func judges(_ first: EvaluationItem, _ talk: Talk) throws -> [any Judge] {
        var judges: [any Judge] = []
        let names = try settings.names(partners)
        if partners.reference != nil {
            let chosen = names?.compactMap(Metrics.named) ?? Metrics.withReference
            if !chosen.isEmpty {
                judges.append(
                    try ReferenceJudge(
                        indices: chosen, ratio: settings.ratio, peak: settings.largest, sensor: settings.sensor.named,
                        border: settings.cut, talk: talk))
            }
        }
        if partners.ms != nil {
            let chosen = names?.compactMap(Metrics.namedWithoutReference)
            if chosen.map({ !$0.isEmpty }) ?? true {
                judges.append(
                    try SceneJudge(
                        chosen, sensorName: settings.sensor.sensor, ratio: settings.ratio,
                        firstMS: first.partners[SceneJudge.msOption] ?? "", talk: talk))
            }
        }
        if partners.pictures.pair != nil { judges.append(SourcesJudge(names: names, profile: partners.profile)) }
        return judges
    }

    /// What the JSON document says of the comparison: the files as they were named.
    private var described: EvaluationReport.Settings {
        let pair = partners.pictures.pair
        var settings = EvaluationReport.Settings()
        (settings.reference, settings.pan, settings.ms) = (partners.reference, partners.pan, partners.ms)
        (settings.first, settings.second) = (pair?.first.file, pair?.second.file)
        settings.profile = partners.profile?.rawValue
        return settings
    }
}
