/// Where the sun stands.
struct SceneSun {
    /// Unit vector on the image towards the sun.
    let toward: ScenePoint
    /// Sine, cosine and tangent of its elevation.
    let sine: Double
    let cosine: Double
    var tangent: Double { sine / cosine }

    /// A sun between south-east and south-west, 35 to 58 degrees high.
    init(random: inout SceneRandom) {
        let side = random.uniform(-0.8...0.8)
        let length = (1 + side * side).squareRoot()
        toward = ScenePoint(x: side / length, y: 1 / length)
        let height = random.uniform(0.7...1.6)
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

/// The crown of a tree; lengths in pixels.
struct SceneCrown {
    let x: Float
    let y: Float
    let radius: Float
    let height: Float
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
