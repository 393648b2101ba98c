/// What the authors have trained FusionMamba (Xie et al. 2024) for. The network is the same; only the weights of the loss
/// differ.
public enum FusionMambaMMTask: String, Sendable, CaseIterable {
    /// Infrared and visible light.
    case infraredVisible = "ir-vis"
    /// CT and MRI.
    case ctMRI = "ct-mri"
    /// PET and MRI.
    case petMRI = "pet-mri"
    /// SPECT and MRI.
    case spectMRI = "spect-mri"
    /// Green fluorescent protein and phase contrast.
    case gfpPhaseContrast = "gfp-pc"
    /// CT and MRI, with few blocks.
    case tiny

    /// One line for people who choose.
    public var summary: String {
        switch self {
        case .infraredVisible: "infrared and visible light"
        case .ctMRI: "CT and MRI"
        case .petMRI: "PET, its luma, and MRI"
        case .spectMRI: "SPECT, its luma, and MRI"
        case .gfpPhaseContrast: "GFP, its luma, and phase contrast"
        case .tiny: "CT and MRI, with a third of the blocks at the third size"
        }
    }

    /// The network.
    public var configuration: FusionMambaMMConfiguration {
        self == .tiny ? .init(depths: [2, 2, 1, 2], decoderDepths: [2, 1, 2, 2]) : .init()
    }

    /// The loss: for infrared and visible light what the author recommends (issues 18 and 26 of the repository), for all
    /// others what the program has, which is labelled CT-MRI. None is published for PET, SPECT and GFP.
    public var loss: FusionMambaMMLoss {
        self == .infraredVisible
            ? FusionMambaMMLoss(similarityWeight: 1, intensityWeight: 10, gradientWeight: 1)
            : FusionMambaMMLoss(similarityWeight: 10, intensityWeight: 10, gradientWeight: 1)
    }
}
