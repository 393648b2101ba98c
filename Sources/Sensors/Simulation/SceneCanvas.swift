/// The ground of a scene while it is painted: reflectances, slope towards the sun, height and land cover of each pixel.
///
/// Coordinates are in pixels; pixel (row i, column j) reaches from (j, i) to (j + 1, i + 1). Shapes are painted over
/// what lies below, with the share of a pixel that they cover, so that edges are not jagged.
struct SceneCanvas {
    let side: Int
    /// Number of colours; samples of a pixel are the colours, then light and height.
    let colours: Int
    /// Reflectances, direct light relative to flat ground, height above ground in pixels; pixel by pixel.
    private(set) var samples: [Float]
    private(set) var cover: [LandCover]
    /// Texture down to the pixel, common to all bands.
    let fine: SceneTexture
    /// A second one, for changes of the spectrum.
    let spectral: SceneTexture
    /// Changes over tens of metres.
    let slow: SceneTexture
    /// Displacement of outlines in pixels, so that roads and fields are not ruled with a straight-edge.
    let warpX: SceneTexture
    let warpY: SceneTexture
    let warp: Float

    var stride: Int { colours + 2 }

    init(side: Int, colours: Int, metresPerPixel: Double, seed: UInt64) {
        self.side = side
        self.colours = colours
        samples = [Float](repeating: 0, count: side * side * (colours + 2))
        cover = [LandCover](repeating: .meadow, count: side * side)
        func key(_ stream: UInt64) -> UInt64 { SceneRandom.mix(seed &+ stream &* 0xA076_1D64_78BD_642F) }
        fine = SceneTexture(
            side: side, cells: [(1, 0.55), (1.7, 0.6), (3.1, 0.55), (6.3, 0.45), (13, 0.4), (29, 0.35)], key: key(1))
        spectral = SceneTexture(side: side, cells: [(1.4, 0.5), (3.7, 0.6), (9.1, 0.6), (23, 0.6)], key: key(2))
        func metres(_ sizes: [(Double, Double)]) -> [(size: Double, weight: Double)] {
            sizes.map { (size: $0.0 / metresPerPixel, weight: $0.1) }
        }
        slow = SceneTexture(side: side, cells: metres([(6, 0.3), (15, 0.5), (34, 0.7), (80, 0.7)]), key: key(3))
        let bends = metres([(55, 0.35), (140, 1)])
        warpX = SceneTexture(side: side, cells: bends, key: key(4))
        warpY = SceneTexture(side: side, cells: bends, key: key(5))
        warp = Float(3 / metresPerPixel)
    }

    /// A box of pixels, cut to the canvas.
    struct Bounds {
        let rows: Range<Int>
        let columns: Range<Int>

        init(left: Double, top: Double, right: Double, bottom: Double, side: Int) {
            func pixel(_ position: Double) -> Int { Int(min(max(position, 0), Double(side))) }
            let (firstRow, firstColumn) = (pixel(top.rounded(.down)), pixel(left.rounded(.down)))
            rows = firstRow..<max(firstRow, pixel(bottom.rounded(.up)))
            columns = firstColumn..<max(firstColumn, pixel(right.rounded(.up)))
        }
    }

    /// The land cover at a place; nil outside the canvas.
    func cover(x: Double, y: Double) -> LandCover? {
        guard x >= 0, y >= 0, x < Double(side), y < Double(side) else { return nil }
        return cover[Int(y) * side + Int(x)]
    }

    /// Paints a shape.
    ///
    /// - Parameters:
    ///   - roughness: how far the outline wanders with the texture, in pixels.
    ///   - opacity: largest share of a pixel that the paint covers.
    ///   - distance: how deep a place (x, y, index of the pixel) lies inside the shape, in pixels; negative outside.
    ///   - relief: direct light relative to flat ground, height in pixels.
    @inline(__always)
    mutating func paint(
        _ paint: ScenePaint, in bounds: Bounds, roughness: Float = 0, opacity: Float = 1,
        distance: (Float, Float, Int) -> Float,
        relief: (Float, Float, Int) -> (light: Float, height: Float) = { _, _, _ in (1, 0) }
    ) {
        let (side, colours, stride) = (side, colours, stride)
        let (fine, spectral, slow) = (fine.values, spectral.values, slow.values)
        let (first, second) = (paint.first, paint.second)
        samples.withUnsafeMutableBufferPointer { samples in
            for row in bounds.rows {
                let y = Float(row) + 0.5
                for column in bounds.columns {
                    let index = row * side + column
                    let x = Float(column) + 0.5
                    let inside = distance(x, y, index) + roughness * spectral[index]
                    guard inside > -0.5 else { continue }
                    let alpha = min(inside + 0.5, 1) * opacity
                    var share = paint.mixture + paint.slowMixture * slow[index] + paint.fineMixture * spectral[index]
                    if let rows = paint.rows { share += rows.share(x, y) }
                    share = min(max(share, 0), 1)
                    let brightness = max(1 + paint.texture * fine[index] + paint.slowTexture * slow[index], 0.2)
                    let pixel = index * stride
                    for colour in 0..<colours {
                        let mixed = first[colour] + share * (second[colour] - first[colour])
                        samples[pixel + colour] += alpha * (mixed * brightness - samples[pixel + colour])
                    }
                    let (light, height) = relief(x, y, index)
                    samples[pixel + colours] += alpha * (light - samples[pixel + colours])
                    samples[pixel + colours + 1] += alpha * (height - samples[pixel + colours + 1])
                    if alpha > 0.5 { cover[index] = paint.cover }
                }
            }
        }
    }
}
