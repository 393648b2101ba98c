extension SceneTile {
    /// Paints everything of the plan that lies in the tile.
    func draw() {
        let light = terrain.light
        light.withUnsafeBufferPointer { light in
            @inline(__always)
            func ground(_ x: Float, _ y: Float, _ index: Int) -> (light: Float, height: Float) { (light[index], 0) }
            for shape in plan.shapes {
                let bounds = self.bounds(of: shape)
                guard !bounds.rows.isEmpty, !bounds.columns.isEmpty else { continue }
                switch shape.form {
                case .everywhere:
                    paint(shape, in: bounds, distance: { _, _, _ in 1 }, relief: ground)
                case .polygon(let sides, let inset, let roughness, let opacity):
                    draw(shape, in: bounds, sides: sides, inset, roughness, opacity, ground)
                case .box(let box): draw(box, shape, in: bounds)
                case .crown(let crown): draw(crown, shape, in: bounds)
                case .water(let index, let reach, let roughness, let opacity):
                    let water = plan.waters[Int(index)]
                    let slow = slow
                    paint(
                        shape, in: bounds, roughness: roughness, opacity: opacity,
                        distance: { x, y, index in water.depth(x, y) + water.wander * slow[index] + reach },
                        relief: { _, _, _ in (1, 0) })
                case .height(let threshold, let softness):
                    guard !terrain.heights.isEmpty else { continue }
                    let (heights, slopes, slow) = (terrain.heights, terrain.slopes, slow)
                    paint(
                        shape, in: bounds, roughness: 0.25,
                        distance: { _, _, index in
                            (heights[index] - threshold) / softness + 0.6 * slow[index] - 1.2 * slopes[index]
                        }, relief: ground)
                case .slope(let threshold, let softness):
                    guard !terrain.slopes.isEmpty else { continue }
                    let (slopes, slow) = (terrain.slopes, slow)
                    paint(
                        shape, in: bounds, roughness: 0.5,
                        distance: { _, _, index in (slopes[index] - threshold) / softness + 0.5 * slow[index] },
                        relief: ground)
                }
            }
        }
    }

    private func draw(
        _ shape: SceneShape, in bounds: Bounds, sides range: Range<Int32>, _ inset: Float, _ roughness: Float,
        _ opacity: Float, _ ground: (Float, Float, Int) -> (light: Float, height: Float)
    ) {
        let bend = Float(plan.bend)
        let range = Int(range.lowerBound)..<Int(range.upperBound)
        plan.sides.withUnsafeBufferPointer { sides in
            warpX.withUnsafeBufferPointer { warpX in
                warpY.withUnsafeBufferPointer { warpY in
                    paint(
                        shape, in: bounds, roughness: roughness, opacity: opacity,
                        distance: { x, y, index in
                            let (bentX, bentY) = (x + bend * warpX[index], y + bend * warpY[index])
                            var depth = Float.infinity
                            for side in range {
                                let line = sides[side]
                                depth = min(depth, bentX * line.x + bentY * line.y + line.z)
                            }
                            return depth - inset
                        }, relief: ground)
                }
            }
        }
    }

    private func draw(_ box: SceneBox, _ shape: SceneShape, in bounds: Bounds) {
        let (axisX, axisY) = (Float(box.axis.x), Float(box.axis.y))
        let (centreX, centreY) = (Float(box.centre.x), Float(box.centre.y))
        let (halfLength, halfWidth) = (Float(box.halfLength), Float(box.halfWidth))
        let (wall, rise) = (Float(box.height), Float(box.rise))
        let slope = rise / halfWidth
        let falling = plan.sun.light(falling: (-axisY * slope, axisX * slope))
        let rising = plan.sun.light(falling: (axisY * slope, -axisX * slope))
        paint(
            shape, in: bounds,
            distance: { x, y, _ in
                let (dx, dy) = (x - centreX, y - centreY)
                return min(halfLength - abs(dx * axisX + dy * axisY), halfWidth - abs(dy * axisX - dx * axisY))
            },
            relief: { x, y, _ in
                let across = (y - centreY) * axisX - (x - centreX) * axisY
                let side = min(max(across + 0.5, 0), 1)
                return (rising + side * (falling - rising), wall + max(rise - slope * abs(across), 0))
            })
    }

    private func draw(_ crown: SceneCrown, _ shape: SceneShape, in bounds: Bounds) {
        let (centreX, centreY, size, dome) = (crown.x, crown.y, crown.radius, crown.height)
        let sun = plan.sun
        fine.withUnsafeBufferPointer { fine in
            spectral.withUnsafeBufferPointer { spectral in
                paint(
                    shape, in: bounds, roughness: 0.16 * size, opacity: min(4 * size * size, 1),
                    distance: { x, y, _ in
                        let (dx, dy) = (x - centreX, y - centreY)
                        return size - (dx * dx + dy * dy).squareRoot()
                    },
                    relief: { x, y, index in
                        let (u, v) = ((x - centreX) / size, (y - centreY) / size)
                        let flat = min(u * u + v * v, 0.9)
                        let steep = 0.9 / (1 - flat).squareRoot()
                        let light = sun.light(falling: (u * steep, v * steep))
                        // Leaves shade each other: clumps of light and dark, and never as dark as a wall.
                        let clumps = max(1 + 0.30 * fine[index] + 0.16 * spectral[index], 0.25)
                        return ((0.3 + 0.6 * light) * clumps, dome * (0.55 + 0.45 * (1 - flat)))
                    })
            }
        }
    }

    /// How far shadows reach, in pixels downwards on the image (towards the sun) at most.
    static func shadowReach(of plan: ScenePlan) -> Int {
        Int((plan.tallest / rise(of: plan.sun)).rounded(.up)) + 1
    }

    /// How far a ray towards the sun rises with each row of the image.
    private static func rise(of sun: SceneSun) -> Double { sun.tangent / sun.toward.y }

    /// How much of the direct light reaches each pixel, 0 to 1, row by row.
    ///
    /// Every row hands the height below which its surroundings lie in the shade on to the row above it, sheared by whole
    /// pixels along the direction of the sun, so that the cost does not grow with the length of shadows and a shadow
    /// ends exactly.
    func sunlight() -> [Float] {
        let (width, height) = (frame.width, frame.height)
        let rise = Float(Self.rise(of: plan.sun))
        let shear = plan.sun.toward.x / plan.sun.toward.y
        func shift(_ row: Int) -> Int { Int((Double(frame.top + row) * shear).rounded(.down)) }
        var shade = [Float](repeating: 0, count: width)
        var next = shade
        var lit = [Float](repeating: 1, count: frame.pixels)
        let light = plan.groups
        lit.withUnsafeMutableBufferPointer { lit in
            for row in Swift.stride(from: height - 1, through: 0, by: -1) {
                let start = row * width
                let move = shift(row + 1) - shift(row)
                for column in 0..<width {
                    // The shade that the row below hands on.
                    let source = column + move
                    let ceiling = source >= 0 && source < width ? max(shade[source] - rise, 0) : 0
                    let ground = samples[(start + column) * stride + light].y
                    let above = ceiling - ground
                    // The edge of a shadow is about a pixel wide.
                    lit[start + column] = above > 0 ? max(1 - above / rise, 0) : 1
                    next[column] = max(ceiling, ground)
                }
                swap(&shade, &next)
            }
        }
        return lit
    }
}
