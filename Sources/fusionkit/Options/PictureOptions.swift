import ArgumentParser

/// Two pictures of one subject, by what they show: the one with the structure, and the one that adds to it.
struct PictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A picture in visible light.", valueName: "file"), completion: .file())
    var visible: String?

    @Option(help: ArgumentHelp("The infrared picture of the same.", valueName: "file"), completion: .file())
    var infrared: String?

    @Option(help: ArgumentHelp("A slice of magnetic resonance.", valueName: "file"), completion: .file())
    var mri: String?

    @Option(help: ArgumentHelp("The same slice by X-rays.", valueName: "file"), completion: .file())
    var ct: String?

    @Option(help: ArgumentHelp("The same by positrons.", valueName: "file"), completion: .file())
    var pet: String?

    @Option(help: ArgumentHelp("The same by single photons.", valueName: "file"), completion: .file())
    var spect: String?

    @Option(help: ArgumentHelp("Cells in phase contrast.", valueName: "file"), completion: .file())
    var phaseContrast: String?

    @Option(help: ArgumentHelp("The same by their fluorescent protein.", valueName: "file"), completion: .file())
    var gfp: String?

    @Option(help: ArgumentHelp("Any other picture with the structure.", valueName: "file"), completion: .file())
    var first: String?

    @Option(help: ArgumentHelp("What is added to it.", valueName: "file"), completion: .file())
    var second: String?

    /// A picture that was named.
    struct Picture {
        /// The option, and what reports call the picture.
        let option: String, role: String
        let file: String

        init?(_ option: String, _ role: String, _ file: String?) {
            guard let file else { return nil }
            (self.option, self.role, self.file) = (option, role, file)
        }
    }

    /// The picture with the structure, and the one that adds to it; nil where none are named.
    var pair: (first: Picture, second: Picture)? {
        firsts.first.flatMap { first in seconds.first.map { (first, $0) } }
    }

    private var firsts: [Picture] {
        [
            Picture("--visible", "Visible", visible), Picture("--mri", "MRI", mri),
            Picture("--phase-contrast", "Phase contrast", phaseContrast), Picture("--first", "First", first),
        ].compactMap(\.self)
    }

    private var seconds: [Picture] {
        [
            Picture("--infrared", "Infrared", infrared), Picture("--ct", "CT", ct), Picture("--pet", "PET", pet),
            Picture("--spect", "SPECT", spect), Picture("--gfp", "GFP", gfp), Picture("--second", "Second", second),
        ].compactMap(\.self)
    }

    func validate() throws {
        for (place, pictures) in [("first", firsts), ("second", seconds)] where pictures.count > 1 {
            throw ValidationError(
                "\(pictures[0].option) and \(pictures[1].option) both name the \(place) of two pictures; give one.")
        }
        let partners = [
            "--visible": "--infrared", "--infrared": "--visible", "--mri": "--ct, --pet or --spect", "--ct": "--mri",
            "--pet": "--mri", "--spect": "--mri", "--phase-contrast": "--gfp", "--gfp": "--phase-contrast",
            "--first": "--second", "--second": "--first",
        ]
        if let pair, partners[pair.second.option] != pair.first.option {
            throw ValidationError(
                "\(pair.first.option) and \(pair.second.option) are of two kinds of pairs: \(pair.first.option) goes with "
                    + "\(partners[pair.first.option] ?? "another"). Give any other two pictures as --first and --second."
            )
        }
        guard firsts.isEmpty != seconds.isEmpty, let lonely = (firsts + seconds).first else { return }
        throw ValidationError(
            "\(lonely.option) is one of two pictures; give \(partners[lonely.option] ?? "the other") too.")
    }
}
