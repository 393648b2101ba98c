/// How methods made for multispectral images are changed for hyperspectral ones, as in the hyperspectral pansharpening
/// toolbox (Ciotola et al., arXiv 2407.01355, 2024). Set it with ``SharpeningScene/hyperspectral``.
///
/// - The haze of a band (BT-H, MTF-GLP-HPM-H) is its smallest value, whatever the number of bands.
/// - Quotients of MTF-GLP-HPM, MTF-GLP-HPM-R and MF are published ones held in 0…10 (``Modulation/clipped``).
/// - PRACS holds its local factor L in −10…10.
/// - Interpolated samples may be rounded: ``roundsInterpolated``.
///
/// BT-H and AWLP form quotients as they are told to, as they do elsewhere; there the toolbox does not limit them.
///
/// Least squares need no form of their own: they leave out directions in which bands hardly vary, and take the smallest
/// weights that are left, for any number of bands.
public struct HyperspectralForm: Sendable, Hashable {
    /// Whether M is rounded to integers (half to even) and held in 0…65536; for images of integers only, since reflectances
    /// between 0 and 1 would be lost.
    public var roundsInterpolated: Bool

    /// A form.
    ///
    /// - Parameter roundsInterpolated: false for images whose samples are no integers.
    public init(roundsInterpolated: Bool = true) { self.roundsInterpolated = roundsInterpolated }
}

extension SharpeningScene {
    /// How quotients are formed: as a method does by itself, or as the hyperspectral form wants.
    func modulation(_ own: Modulation) -> Modulation { hyperspectral == nil ? own : .clipped }
}
