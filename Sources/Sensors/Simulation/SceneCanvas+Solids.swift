/// Where the sun stands.
struct SceneSun {
    /// Unit vector on the image towards the sun.
    let toward: ScenePoint
    /// Sine, cosine and tangent of its elevation.
    let sine: Double
    let cosine: Double
    var tangent: Double { sine / cosine }

    /// A sun between south-east and south-west, 30 to 60 degrees high.
    init(random: inout SceneRandom) {
        let side = random.uniform(-0.8...0.8)
        let length = (1 + side * side).squareRoot()
        toward = ScenePoint(x: side / length, y: 1 / length)
        let height = random.uniform(0.6...1.6)
        let slant = (1 + height * height).squareRoot()
        sine = height / slant
        cosine = 1 / slant
    }

    /// Direct light on a slope relative to flat ground.
    ///
    /// - Parameter gradient: how far the surface falls along each axis of the image for each unit of length.
    @inline(__always)
    func light(falling gradient: (x: Float, y: Float)) -> Float {
        let facing = gradient.x * Float(toward.x * cosine) + gradient.y * Float(toward.y * cosine) + Float(sine)
        let length = (1 + gradient.x * gradient.x + gradient.y * gradient.y).squareRoot()
        return max(facing / (length * Float(sine)), 0)
    }
}

/// A rectangular box on the ground; lengths in pixels.
struct SceneBox {
    let centre: ScenePoint
    /// Unit vector along the ridge.
    let axis: ScenePoint
    let halfLength: Double
    let halfWidth: Double
    /// Height of the walls.
    let height: Double
    /// How far the ridge rises above the walls; 0 for a flat roof.
    let rise: Double

    /// The corners and the centre.
    var markers: [ScenePoint] {
        let (along, across) = (halfLength * axis, halfWidth * axis.turned)
        return [
            centre, centre + along + across, centre + along - across, centre - along + across, centre - along - across,
        ]
    }
}

extension SceneCanvas {
    /// Paints a box seen from above, with a gable or flat roof.
    mutating func paint(_ box: SceneBox, _ paint: ScenePaint, sun: SceneSun) {
        let reach = box.halfLength + box.halfWidth + 1
        let bounds = Bounds(
            left: box.centre.x - reach, top: box.centre.y - reach, right: box.centre.x + reach,
            bottom: box.centre.y + reach, side: side)
        let (axisX, axisY) = (Float(box.axis.x), Float(box.axis.y))
        let (centreX, centreY) = (Float(box.centre.x), Float(box.centre.y))
        let (halfLength, halfWidth) = (Float(box.halfLength), Float(box.halfWidth))
        let (wall, rise) = (Float(box.height), Float(box.rise))
        let slope = rise / halfWidth
        let falling = sun.light(falling: (-axisY * slope, axisX * slope))
        let rising = sun.light(falling: (axisY * slope, -axisX * slope))
        self.paint(
            paint, in: bounds,
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

    /// Paints the crown of a tree: a lobed dome, brighter towards the sun.
    mutating func paintCrown(
        at centre: ScenePoint, radius: Double, height: Double, _ paint: ScenePaint, sun: SceneSun
    ) {
        let reach = 1.6 * radius + 1
        let bounds = Bounds(
            left: centre.x - reach, top: centre.y - reach, right: centre.x + reach, bottom: centre.y + reach,
            side: side)
        let (centreX, centreY, size) = (Float(centre.x), Float(centre.y), Float(radius))
        let dome = Float(height)
        let (fineValues, spectralValues) = (fine.values, spectral.values)
        self.paint(
            paint, in: bounds, roughness: 0.16 * size, opacity: Float(min(4 * radius * radius, 1)),
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
                let clumps = max(1 + 0.22 * fineValues[index] + 0.14 * spectralValues[index], 0.3)
                return ((0.3 + 0.6 * light) * clumps, dome * (0.55 + 0.45 * (1 - flat)))
            })
    }

    /// How much of the direct light reaches each pixel, 0 to 1: from every pixel a ray runs towards the sun over the
    /// heights of its surroundings. Row by row.
    func sunlight(_ sun: SceneSun) -> [Float] {
        var heights = [Float](repeating: 0, count: side * side)
        var tallest: Float = 0
        for index in heights.indices {
            heights[index] = samples[index * stride + colours + 1]
            tallest = max(tallest, heights[index])
        }
        let (stepX, stepY, rise) = (Float(sun.toward.x), Float(sun.toward.y), Float(sun.tangent))
        let side = side
        return [Float](unsafeUninitializedCapacity: side * side) { lit, count in
            heights.withUnsafeBufferPointer { heights in
                for row in 0..<side {
                    for column in 0..<side {
                        let ground = heights[row * side + column]
                        var clear: Float = 1
                        var length: Float = 1
                        while ground + length * rise < tallest, clear > 0 {
                            let (x, y) = (Float(column) + length * stepX, Float(row) + length * stepY)
                            let (left, top) = (Int(x), Int(y))
                            guard x >= 0, y >= 0, left + 1 < side, top + 1 < side else { break }
                            let (u, v) = (x - Float(left), y - Float(top))
                            let place = top * side + left
                            let upper = heights[place] + u * (heights[place + 1] - heights[place])
                            let lower =
                                heights[place + side] + u * (heights[place + side + 1] - heights[place + side])
                            let above = upper + v * (lower - upper) - (ground + length * rise)
                            // The edge of a shadow is about a pixel wide.
                            clear = min(clear, min(max(0.5 - above / rise, 0), 1))
                            length += 1
                        }
                        lit[row * side + column] = clear
                    }
                }
            }
            count = side * side
        }
    }
}
