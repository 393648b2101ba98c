extension SceneLayout {
    /// A river through the scene, or a pond in it; every scene has one of them.
    mutating func paintWater() {
        let extent = sceneSide / metre
        let turbidity = Float(random.uniform(0...0.9))
        let water = ScenePaint(
            .water, colour(.clearWater), colour(.turbidWater), mixture: turbidity, slow: 0.10, fine: 0.03,
            texture: 0.03, slowTexture: 0.03)
        let bank = ScenePaint(
            .bareSoil, colour(random.pick([SceneMaterial.sand, .lightSoil, .darkSoil])), colour(.grass), mixture: 0.4,
            slow: 0.25, fine: 0.2, texture: 0.1)
        let reeds = ScenePaint(
            .meadow, colour(.grass, spread: 0.2), colour(.broadleaf), mixture: 0.5, slow: 0.2, fine: 0.3,
            texture: 0.15)
        let everywhere = SceneCanvas.Bounds(
            left: 0, top: 0, right: Double(canvas.side), bottom: Double(canvas.side), side: canvas.side)
        let shape: (Float, Float) -> Float
        if random.chance(0.55) {
            shape = river(width: min(max(extent * random.uniform(0.035...0.09), 3), 45))
        } else {
            shape = pond(radius: min(max(extent * random.uniform(0.07...0.14), 2.5), 70))
        }
        let scale = Float(metre)
        let rough = Float(0.4 * metre)
        let slow = canvas.slow.values
        func depth(_ x: Float, _ y: Float, _ index: Int) -> Float { shape(x, y) + 0.9 * scale * slow[index] }
        canvas.paint(
            reeds, in: everywhere, roughness: 2 * rough, distance: { depth($0, $1, $2) + 4 * scale })
        canvas.paint(
            bank, in: everywhere, roughness: rough, opacity: 0.85, distance: { depth($0, $1, $2) + 1.2 * scale })
        canvas.paint(water, in: everywhere, roughness: 0.3 * rough, distance: depth)
    }

    /// Depth inside a winding river, in pixels.
    private mutating func river(width: Double) -> (Float, Float) -> Float {
        let direction = random.direction()
        let along = ScenePoint(x: random.chance(0.5) ? direction.x : -direction.x, y: direction.y)
        let across = along.turned
        let middle = ScenePoint(x: Double(canvas.side) / 2, y: Double(canvas.side) / 2)
        let shift = random.uniform(-0.3...0.3) * sceneSide
        let key = random.next()
        let reach = canvas.side
        let extent = sceneSide / metre
        let (bend, meander) = (min(max(extent * 0.35, 25), 240) * metre, min(max(extent * 0.14, 12), 80) * metre)
        // The centre line, once for each pixel along the river.
        let line = (-reach...reach).map { step -> Float in
            let place = Double(step)
            let slow = SceneTexture.smooth(place / bend, 0.5, key: key) * 0.28 * bend
            return Float(shift + slow + SceneTexture.smooth(place / meander, 7.5, key: key) * 0.2 * meander)
        }
        let half = Float(width / 2 * metre)
        return { x, y in
            let (dx, dy) = (x - Float(middle.x), y - Float(middle.y))
            let place = min(max(dx * Float(along.x) + dy * Float(along.y) + Float(reach), 0), Float(line.count - 2))
            let index = Int(place)
            let rise = line[index + 1] - line[index]
            let centre = line[index] + (place - Float(index)) * rise
            let away = dx * Float(across.x) + dy * Float(across.y) - centre
            return half - abs(away) / (1 + rise * rise).squareRoot()
        }
    }

    /// Depth inside a pond of irregular outline, in pixels.
    private mutating func pond(radius: Double) -> (Float, Float) -> Float {
        let place = ScenePoint(
            x: Double(canvas.side) / 2 + random.uniform(-0.32...0.32) * sceneSide,
            y: Double(canvas.side) / 2 + random.uniform(-0.32...0.32) * sceneSide)
        let direction = random.direction()
        let axis = ScenePoint(x: direction.x, y: direction.y)
        let (size, stretch) = (radius * metre, random.uniform(1...1.8))
        let key = random.next()
        return { x, y in
            let point = ScenePoint(x: Double(x) - place.x, y: Double(y) - place.y)
            let (u, v) = (point.dot(axis) / stretch, point.dot(axis.turned))
            let distance = (u * u + v * v).squareRoot()
            guard distance < 2 * size else { return Float(-distance) }
            let lobes = SceneTexture.smooth(point.x / (0.7 * size) + 9, point.y / (0.7 * size) + 9, key: key)
            return Float(size * (1 + 0.28 * lobes) - distance)
        }
    }
}
