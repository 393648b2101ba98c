import Sensors

/// Sparse representation of details: each patch of missing detail is a combination of few patches of PAN's detail.
///
/// Q_b = (P − m(P))·s(M_b)/s(P) + m(M_b). Details: dM = M − MTF(M), dQ = Q − ↑(D(MTF(Q))) with ↑ cubic convolution; on the coarse
/// grid y = D(dM), dQ_l = D(MTF(dQ)). Patches of 7 × 7 coarse pixels begin every third one, the last at the edge. A patch
/// of y is approximated by orthogonal matching pursuit over all patches of dQ_l, beginning with the one at its own place, then
/// the one with the largest |D_lᵀ·residual|; after each choice coefficients are least squares for each band (0 where
/// det(DᵀD) ≤ 0.1), up to ten atoms. The same combination of patches of dQ is the detail; overlaps are averaged. F = M + detail.
///
/// The whole scene is held in memory, and time grows with the square of the number of patches.
public struct SRD: ClassicalMethod {
    /// The name in the literature.
    public let name = "SR-D"
    /// What it does.
    public let summary = "sparse: missing detail is combined from patches of PAN's detail; small scenes"
    /// Who published it.
    public let source = "Vicinanza, Restaino, Vivone, Dalla Mura, Chanussot, IEEE GRSL 12(1), 2015"

    /// Whether every place gets the detail of the first patch, as in the hyperspectral pansharpening toolbox.
    public let repeatsFirstPatch: Bool

    /// The method.
    ///
    /// - Parameter repeatsFirstPatch: Quirk: with true, the pursuit's loop never leaves the first patch, as in the hyperspectral
    ///   pansharpening toolbox, whose result is further from the truth than interpolation (golden file jasper_ridge).
    public init(repeatsFirstPatch: Bool = false) { self.repeatsFirstPatch = repeatsFirstPatch }

    /// Reads the scene and fuses it.
    public func start(on scene: SharpeningScene) throws(ClassicalError) -> FittingStep {
        try WholeScene.step(name, on: scene, fuse: fuse)
    }

    private func fuse(_ whole: WholeScene) -> Image {
        let (scene, ratio) = (whole.scene, whole.scene.ratio)
        let (bands, pan) = (whole.interpolated, whole.pan)
        let gains = scene.filterOfBand.map { scene.filters[$0] }
        let panDeviation = whole.statistics.deviation(.pan)
        var matched = bands
        for band in 0..<scene.bands {
            let slope = panDeviation > 0 ? whole.statistics.deviation(.band(band)) / panDeviation : 0
            let offset = whole.statistics.mean(.band(band)) - slope * whole.statistics.mean(.pan)
            for pixel in 0..<pan.pixels {
                matched.values[band * pan.pixels + pixel] = slope * pan.values[pixel] + offset
            }
        }
        // Coarse pixels whose place lies in the scene.
        let rows = 0..<Decimation.count(pan.height, step: ratio)
        let columns = 0..<Decimation.count(pan.width, step: ratio)
        func lowPass(_ image: Image) -> Image {
            var result = Image(bands: scene.bands, height: rows.count, width: columns.count)
            for band in 0..<scene.bands {
                let plane = SymmetricFilter.apply(
                    [gains[band]], to: SceneWindow(whole: image), band: band, step: ratio, rows: rows, columns: columns)
                result.values.replaceSubrange(band * plane.pixels..<(band + 1) * plane.pixels, with: plane.values)
            }
            return result
        }
        func less(_ first: Image, _ second: Image) -> Image {
            var result = first
            for index in result.values.indices { result.values[index] -= second.values[index] }
            return result
        }
        // D(M − MTF(M)) needs the filtered image at the coarse places only.
        let target = less(Decimation.apply(to: bands, step: ratio), lowPass(bands))
        let low = lowPass(matched)
        let enlarged = Self.fit(Resize.enlarge(low, by: ratio, kernel: .bicubic), height: pan.height, width: pan.width)
        let detail = less(matched, enlarged)
        let coarseDetail = lowPass(detail)
        let pursuit = PatchPursuit(target: target, low: coarseDetail, high: detail, ratio: ratio)
        var result = pursuit.detail(repeatsFirst: repeatsFirstPatch)
        for index in result.values.indices { result.values[index] += bands.values[index] }
        return result
    }

    /// An image cut, or its last rows and columns repeated, to a size.
    private static func fit(_ image: Image, height: Int, width: Int) -> Image {
        if image.height == height && image.width == width { return image }
        var result = Image(bands: image.bands, height: height, width: width)
        for band in 0..<image.bands {
            for row in 0..<height {
                for column in 0..<width {
                    result[band, row, column] = image[band, min(row, image.height - 1), min(column, image.width - 1)]
                }
            }
        }
        return result
    }
}
