/// What a method reads of a block besides PAN and the interpolated multispectral image.
public struct Ingredients: OptionSet, Sendable, Hashable {
    /// One bit an ingredient.
    public let rawValue: Int

    /// A set of ingredients.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// PAN with each band's MTF, P_L,b = U(D(G_b ∗ P)).
    public static let lowPassPAN = Ingredients(rawValue: 1)
    /// PAN with the Gaussian of gain 0.3 (`LPfilterGauss`).
    public static let gaussianPAN = Ingredients(rawValue: 2)
    /// Both images on the coarse grid: `LPfilterPlusDec` of PAN, and the multispectral image at the same places.
    public static let coarseGrid = Ingredients(rawValue: 4)
    /// Both images on the coarse grid: PAN with the Gaussian of gain 0.3, and the multispectral image.
    public static let coarseGaussian = Ingredients(rawValue: 8)
    /// PAN with the "à trous" filter (`LPfilter`).
    public static let atrousPAN = Ingredients(rawValue: 16)
    /// The mean of PAN in a square as large as a multispectral pixel.
    public static let boxPAN = Ingredients(rawValue: 32)
    /// PAN reduced and enlarged by cubic convolution, ↑↓P.
    public static let bicubicPAN = Ingredients(rawValue: 64)
    /// The low pass of PAN's morphological pyramid.
    public static let morphologicalPAN = Ingredients(rawValue: 128)
    /// The standard deviation of PAN in squares of 51 × 51 pixels.
    public static let deviationPAN = Ingredients(rawValue: 256)
    /// Both images as they would be at a resolution lower by the ratio (``ReducedScale``).
    public static let reducedScale = Ingredients(rawValue: 512)
    /// The interpolated bands around the block, as far as ↑↓ of them reaches.
    public static let wideBands = Ingredients(rawValue: 1024)
    /// PAN around the block as far as ``lowPassPAN`` reads it, for a filter that the method found itself.
    public static let widePAN = Ingredients(rawValue: 2048)
    /// The multispectral image on the coarse grid.
    public static let coarseBands = Ingredients(rawValue: 4096)
    /// Both images around the block as far as a guided filter reaches (``GFPCA``).
    public static let guide = Ingredients(rawValue: 8192)
    /// Of the multispectral image the mean of its bands only, as one band: what comes of the mean interpolated is the mean
    /// of the bands interpolated.
    static let meanBandOnly = Ingredients(rawValue: 16384)
}
