import Foundation
import FusionKit

/// The fusion of two pictures, or of two folders of pictures, as the user asked for it.
struct FuseJob {
    /// What fuses.
    enum Choice {
        case classical(any PairMethod)
        /// A network whose weights come with the program.
        case shipped(NetworkSystem)
        /// A network with the weights of a file.
        case weights(file: String)
    }

    let choice: Choice
    let device: DeviceChoice
    let options: PairFusion.Options
    let talk: Talk

    /// Fuses two pictures.
    func run(_ first: String, _ second: String, output: String) throws {
        var inputs = [first, second]
        if case .weights(let file) = choice { inputs.append(file) }
        try OutputPath.check(output, overwrites: options.writing.overwrites, inputs: inputs)
        let fuser = try fuser()
        let bar = ProgressBar(talk)
        defer { bar.clear() }
        let start = ContinuousClock.now
        let summary = try Interruption.gracefully { cancellation in
            try fuse(first, second, output: output, fuser: fuser, cancellation: cancellation) { bar.show($0) }
        }
        bar.clear()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let profile = summary.profile
        talk.say(
            "\(output): \(profile.width) × \(profile.height) pixels, \(summary.coloursFrom == nil ? "grey" : "colour"), "
                + "\(profile.sampleType.name), \(fuser.name), \(String(format: "%.1f", seconds)) s")
    }

    /// Fuses the pictures of two folders that have the same names.
    ///
    /// - Throws: ``Failure`` when no two have, and in the end when some could not be fused; the others are written.
    func run(folder first: String, folder second: String, output: String) throws {
        let pairs = try PictureGroups([first, second])
        let folder = try OutputFolder(output)
        for notice in pairs.notices { talk.warn(notice) }
        let fuser = try fuser()
        let bar = ProgressBar(talk)
        defer { bar.clear() }
        let fileExtension = try options.writing.fileExtension()
        var failures: [String] = []
        var statuses: Set<Int32> = []
        let start = ContinuousClock.now
        try Interruption.gracefully { cancellation in
            for (index, pair) in pairs.groups.enumerated() {
                try cancellation.check()
                bar.show(Inference.Progress(stage: "fusing", done: index, total: pairs.groups.count))
                let name = (pair.files[0] as NSString).lastPathComponent
                let stem = (name as NSString).deletingPathExtension as NSString
                let file = folder.file(fileExtension.flatMap(stem.appendingPathExtension) ?? name)
                do {
                    try OutputPath.check(
                        file, overwrites: options.writing.overwrites, inputs: pair.files)
                    _ = try fuse(pair.files[0], pair.files[1], output: file, fuser: fuser, cancellation: cancellation)
                } catch {
                    // Ctrl-C ends everything; anything else is this picture's own trouble.
                    try cancellation.check()
                    bar.clear()
                    let failure = Failure(error)
                    failures.append(pair.name)
                    statuses.insert(failure.status)
                    talk.warn("\(pair.name): \(failure.message)")
                }
            }
        }
        bar.clear()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let done = pairs.groups.count - failures.count
        talk.say(
            "\(output): \(done) of \(pairs.groups.count) pictures, \(fuser.name), \(String(format: "%.1f", seconds)) s")
        guard failures.isEmpty else {
            // One kind of trouble is told as it is for two files.
            let kind = statuses.count == 1 ? statuses.first.flatMap(Failure.Kind.init(rawValue:)) : nil
            throw Failure(
                kind ?? .data,
                "\(failures.count) of \(pairs.groups.count) pictures could not be fused: "
                    + failures.joined(separator: ", ") + ".")
        }
    }

    private func fuser() throws -> PairFuser {
        switch choice {
        case .classical(let method): .classical(method)
        case .shipped(let system): try PairFuser(shippedWith: system, device: device.device())
        case .weights(let file):
            try PairFuser(NetworkCheckpoint.forUse(file, talk: talk), device: device.device())
        }
    }

    private func fuse(
        _ first: String, _ second: String, output: String, fuser: PairFuser, cancellation: Cancellation,
        progress: @escaping @Sendable (Inference.Progress) -> Void = { _ in }
    ) throws -> PairFusion.Summary {
        let job = try PairFusion(first: first, second: second, fuser: fuser, options: options)
        for notice in try job.notices() { talk.warn(notice) }
        let summary = try job.run(output: output, cancellation: cancellation, progress: progress)
        if let file = summary.coloursFrom { talk.detail("\(output): colours of \(file)") }
        if let side = summary.tileSide { talk.detail("\(output): parts of \(side) × \(side) pixels") }
        return summary
    }
}
