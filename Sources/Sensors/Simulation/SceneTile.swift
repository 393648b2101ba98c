/// A part of a scene's ground while it is painted: reflectances, light and height of each pixel, and what covers it.
///
/// Shapes are painted over what lies below, with the share of a pixel that they cover, so that edges are not jagged. A
/// pixel is the same whatever part of the scene it was painted in.
final class SceneTile {
    let frame: SceneFrame
    let plan: ScenePlan
    /// Vectors of a pixel: its colours, then direct light relative to flat ground and height above ground in pixels.
    let stride: Int
    let samples: UnsafeMutableBufferPointer<SIMD4<Float>>
    var cover: [LandCover]
    /// Texture down to the pixel, common to all bands; heavy-tailed, as small things are.
    let fine: [Float]
    /// A second one, for changes of the spectrum.
    let spectral: [Float]
    /// Changes over tens of metres.
    let slow: [Float]
    /// Displacement of outlines, so that roads and fields are not ruled with a straight-edge.
    let warpX: [Float]
    let warpY: [Float]
    let terrain: SceneTerrain

    init(_ frame: SceneFrame, of plan: ScenePlan) {
        self.frame = frame
        self.plan = plan
        stride = plan.groups + 1
        samples = .allocate(capacity: frame.pixels * stride)
        samples.initialize(repeating: SIMD4(repeating: 0))
        cover = [LandCover](repeating: .meadow, count: frame.pixels)
        func key(_ stream: UInt64) -> UInt64 { ScenePlan.key(stream, plan.seed) }
        var fine = SceneNoise(
            cells: [(1, 1.15), (1.7, 0.85), (3.1, 0.55), (6.3, 0.36), (13, 0.25), (29, 0.2)], key: key(1)
        ).map(frame)
        for index in fine.indices { fine[index] *= 0.62 + 0.2 * fine[index] * fine[index] }
        self.fine = fine
        spectral = SceneNoise(cells: [(1, 0.8), (2.2, 0.7), (5, 0.5), (11, 0.4), (25, 0.35)], key: key(2)).map(frame)
        let slow = [(6.0, 0.3), (15, 0.5), (34, 0.7), (80, 0.7)].map {
            (size: $0.0 / plan.metresPerPixel, weight: $0.1)
        }
        self.slow = SceneNoise(cells: slow, key: key(3)).map(frame)
        warpX = plan.warpX.map(frame)
        warpY = plan.warpY.map(frame)
        terrain = SceneTerrain(frame, of: plan)
    }

    deinit { samples.deallocate() }

    /// A box of pixels, cut to the tile.
    struct Bounds {
        let rows: Range<Int>
        let columns: Range<Int>
    }

    /// The pixels of the tile that a shape may touch.
    func bounds(of shape: SceneShape) -> Bounds {
        func pixels(_ low: Float, _ high: Float, _ origin: Int, _ count: Int) -> Range<Int> {
            let limit = Float(count)
            let first = Int(min(max((low - Float(origin)).rounded(.down), 0), limit))
            return first..<max(first, Int(min(max((high - Float(origin)).rounded(.up), 0), limit)))
        }
        return Bounds(
            rows: pixels(shape.top, shape.bottom, frame.top, frame.height),
            columns: pixels(shape.left, shape.right, frame.left, frame.width))
    }

    /// Paints a shape.
    ///
    /// - Parameters:
    ///   - roughness: how far the outline wanders with the texture, in pixels.
    ///   - opacity: largest share of a pixel that the paint covers.
    ///   - distance: how deep a place (x, y, index of the pixel) lies inside the shape, in pixels; negative outside.
    ///   - relief: direct light relative to flat ground, height in pixels.
    @inline(__always)
    func paint(
        _ shape: SceneShape, in bounds: Bounds, roughness: Float = 0, opacity: Float = 1,
        distance: (Float, Float, Int) -> Float, relief: (Float, Float, Int) -> (light: Float, height: Float)
    ) {
        let paint = plan.paints[Int(shape.paint)]
        let (groups, stride, width, tint) = (plan.groups, stride, frame.width, shape.tint)
        let (left, top) = (Float(frame.left) + 0.5, Float(frame.top) + 0.5)
        plan.colours.withUnsafeBufferPointer { colours in
            fine.withUnsafeBufferPointer { fine in
                spectral.withUnsafeBufferPointer { spectral in
                    slow.withUnsafeBufferPointer { slow in
                        cover.withUnsafeMutableBufferPointer { cover in
                            let first = colours.baseAddress! + Int(paint.first.offset)
                            let second = colours.baseAddress! + Int(paint.second.offset)
                            for row in bounds.rows {
                                let y = Float(row) + top
                                for column in bounds.columns {
                                    let index = row * width + column
                                    let x = Float(column) + left
                                    let depth = distance(x, y, index)
                                    let inside = depth + roughness * spectral[index]
                                    guard inside > -0.5 else { continue }
                                    let alpha = min(inside + 0.5, 1) * opacity
                                    var share =
                                        paint.mixture + paint.slowMixture * slow[index]
                                        + paint.fineMixture * spectral[index] + paint.depthMixture * max(depth, 0)
                                    if let rows = paint.rows { share += rows.share(x, y) }
                                    share = min(max(share, 0), 1)
                                    let texture = paint.texture * fine[index] + paint.slowTexture * slow[index]
                                    let brightness = max(1 + texture, 0.2) * tint
                                    let glint = paint.glint * max(fine[index] + 0.5 * slow[index] - 0.9, 0)
                                    let pixel = samples.baseAddress! + index * stride
                                    for group in 0..<groups {
                                        let mixed = first[group] + share * (second[group] - first[group])
                                        let wanted = mixed * brightness + glint
                                        pixel[group] += alpha * (wanted - pixel[group])
                                    }
                                    let (light, height) = relief(x, y, index)
                                    let form = SIMD4<Float>(light, height, 0, 0)
                                    pixel[groups] += alpha * (form - pixel[groups])
                                    if alpha > 0.5 { cover[index] = paint.cover }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
