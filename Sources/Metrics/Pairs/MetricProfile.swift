/// A program that papers take their numbers from. Published values depend on it far more than on the method of fusion.
public enum MetricProfile: String, Sendable, Hashable, CaseIterable {
    /// Zhao et al., MMIF-CDDFuse, utils/Evaluator.py; many later papers use it.
    case cddfuse
    /// Tang et al., Image-Fusion, General Evaluation Metric (MATLAB).
    case ltif
    /// Zhang et al., VIFB (MATLAB).
    case vifb
    /// Liu et al., MFIF-Metrics (MATLAB; Z. Liu's programs of 2012 and Y. Han's VIFF).
    case mfif
}

/// The metrics of fused pictures; the namespace keeps them apart from those of the same name that have a reference.
public enum FusionMetrics {
    /// The metrics as a program computes them, in the order of its tables.
    public static func of(_ profile: MetricProfile) -> [any FusionMetric] {
        switch profile {
        case .cddfuse:
            [
                EN(), SD(), SF(), AG(), MI(), MSE(), CC(), PSNR(), SCD(), VIF(), Qabf(), SSIM(),
            ]
        case .ltif:
            [
                EN(), MI(.saturatedBits), PSNR(.unitError), MSE(.unit), SF(), SD(), VIF(), AG(.inner), CC(), SCD(),
                Qabf(), Nabf(), Nabf(.asRun), MEFSSIM(), SSIM(.matlab), FMI(.edge), FMI(.dct), FMI(.wavelet),
                FMI(.pixel),
                FMI(.gradient),
            ]
        case .vifb:
            [
                CE(), EI(), EN(), MI(.stretchedNats), PSNR(.rootError), Qabf(), QCB(), QCV(), RMSE(), SF(.pixels),
                SSIM(.textbook), SD(), AG(.inner),
            ]
        case .mfif:
            [VIFF(), AG(.forward), SD(.columns), SF(.pixels), EN(), QCV(), QCB()]
        }
    }

    /// What neither a program of ``MetricProfile`` prints nor ``Metrics/ofSources`` has: the textbook's MS-SSIM, and the parts
    /// of Petrović's balance besides N^AB/F.
    public static let others: [any FusionMetric] = [
        MSSSIM(), Nabf(.petrovic), Nabf(.loss), Nabf(.transfer),
    ]

    /// The metric of a name.
    ///
    /// - Parameters:
    ///   - name: in any case, with or without `-`, `_`, `^` and `/`; the names that the programs give their values count too.
    ///   - profile: whose definition; the default one of each metric when nil, see ``Metrics/ofSources``.
    /// - Returns: nil when there is none, or the program doesn't compute it.
    public static func named(_ name: String, profile: MetricProfile? = nil) -> (any FusionMetric)? {
        let wanted = normalized(name)
        let metrics = profile.map(of) ?? Metrics.ofSources + others
        return metrics.first { normalized($0.name) == wanted }
            ?? metrics.first { aliases(of: $0.name, in: profile).contains(wanted) }
    }

    private static func normalized(_ name: String) -> String { name.lowercased().filter { !"-_^/ ".contains($0) } }

    private static func aliases(of name: String, in profile: MetricProfile?) -> [String] {
        switch name {
        case "VIF": profile == .cddfuse ? ["viff"] : []
        case "MS-SSIM": ["mefssim"]
        case "FMI_pixel": ["fminone"]
        case "FMI_wavelet": ["fmiw"]
        default: []
        }
    }
}

extension Metrics {
    /// Every metric of fused pictures, each as the program defines it that most papers take it from: MMIF-CDDFuse where it
    /// computes it, then Tang's for MS-SSIM, FMI and N^AB/F, VIFB for Q_CV, Q_CB, CE, EI and RMSE, MFIF-Metrics for VIFF.
    public static let ofSources: [any FusionMetric] =
        FusionMetrics.of(.cddfuse) + [
            FusionMetrics.NMI(), FusionMetrics.RMSE(), FusionMetrics.VIFF(), FusionMetrics.Nabf(),
            FusionMetrics.MEFSSIM(),
            FusionMetrics.FMI(.pixel), FusionMetrics.FMI(.edge), FusionMetrics.FMI(.gradient), FusionMetrics.FMI(.dct),
            FusionMetrics.FMI(.wavelet), FusionMetrics.QCV(), FusionMetrics.QCB(), FusionMetrics.CE(),
            FusionMetrics.EI(),
        ]
}
