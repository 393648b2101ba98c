/// A body of water.
struct SceneWater: Sendable {
    /// How far a place of the image lies inside it, in pixels.
    let depth: @Sendable (Float, Float) -> Float
    /// How far its shore wanders with the ground, in pixels.
    let wander: Float
}

extension SceneLayout {
    /// The sea, a river through the scene, or a pond in it, where there is water.
    mutating func paintWater() {
        guard random.chance(character.water) else { return }
        let extent = sceneSide / metre
        let isSea = land == .coast
        let depth: @Sendable (Float, Float) -> Float
        if isSea {
            depth = river(width: 0, isSea: true)
        } else if random.chance(0.55) {
            depth = river(width: min(max(extent * random.uniform(0.035...0.09), 3), 45))
        } else {
            depth = pond(radius: min(max(extent * random.uniform(0.07...0.14), 2.5), 70))
        }
        let index = plan.add(SceneWater(depth: depth, wander: Float(0.9 * metre)))
        let scale = metre
        let rough = Float(0.4 * scale)
        func shape(_ reach: Double, _ roughness: Float, _ opacity: Float) -> SceneShape.Form {
            .water(index, reach: Float(reach * scale), roughness: roughness, opacity: opacity)
        }
        if isSea {
            paintShore(shape, rough)
        } else {
            let reeds = ScenePaint(
                .meadow, colour(.grass, spread: 0.2), colour(.broadleaf), mixture: 0.5, slow: 0.2, fine: 0.3,
                texture: 0.2)
            plan.add(form: shape(4, 2 * rough, 1), paint: plan.add(reeds))
            let bank = ScenePaint(
                .bareSoil, colour(random.pick([SceneMaterial.sand, .lightSoil, .darkSoil])), colour(.grass),
                mixture: 0.4, slow: 0.25, fine: 0.2, texture: 0.14)
            plan.add(form: shape(1.2, rough, 0.85), paint: plan.add(bank))
            var water = ScenePaint(
                .water, colour(.clearWater), colour(.turbidWater), mixture: Float(random.uniform(0...0.9)), slow: 0.10,
                fine: 0.03, texture: 0.035, slowTexture: 0.03)
            water.glint = glint(likely: 0.3)
            plan.add(form: shape(0, 0.3 * rough, 1), paint: plan.add(water))
        }
    }

    /// The beach, the shallows and the deep water of the sea.
    private mutating func paintShore(_ shape: (Double, Float, Float) -> SceneShape.Form, _ rough: Float) {
        let beach = random.uniform(4...22)
        let dunes = ScenePaint(
            .bareSoil, colour(.sand, spread: 0.2), colour(.dryGrass), mixture: 0.45, slow: 0.3, fine: 0.2, texture: 0.14
        )
        plan.add(form: shape(1.6 * beach, 4 * rough, 1), paint: plan.add(dunes))
        let sand = ScenePaint(
            .bareSoil, colour(.sand, spread: 0.2), colour(.lightSoil), mixture: 0.3, slow: 0.15, fine: 0.08,
            texture: 0.06, slowTexture: 0.05)
        plan.add(form: shape(beach, 2 * rough, 1), paint: plan.add(sand))
        let wet = ScenePaint(.bareSoil, plainColour(.sand, brightness: 0.55), texture: 0.05)
        plan.add(form: shape(0.2 * beach, 2 * rough, 0.8), paint: plan.add(wet))
        let direction = random.direction()
        let wavelength = random.uniform(5...18) * metre
        var water = ScenePaint(
            .water, colour(.shallowWater, spread: 0.25), colour(random.pick([SceneMaterial.clearWater, .turbidWater])),
            mixture: Float(random.uniform(0...0.25)), slow: 0.12, fine: 0.04, texture: 0.06, slowTexture: 0.04)
        water.depthMixture = Float(1 / (random.uniform(20...150) * metre))
        water.glint = glint(likely: 0.6)
        // Waves shorter than a few pixels are not seen.
        water.rows = CropRows(
            across: (Float(direction.x), Float(direction.y)), frequency: Float(1 / wavelength),
            strength: wavelength > 3 ? 0.05 : 0, tracks: (0, 1))
        plan.add(form: shape(0, 1.5 * rough, 1), paint: plan.add(water))
        guard random.chance(0.6) else { return }
        // Surf: lines of foam off the shore.
        for _ in 0..<2 {
            let away = random.uniform(2...14)
            var foam = ScenePaint(
                .water, plainColour(.snow, brightness: random.uniform(0.3...0.6)), water.first, mixture: 0.45,
                slow: 0.3,
                fine: 0.5, texture: 0.15)
            foam.glint = 0
            plan.add(form: shape(-away, 5 * rough, 0.8), paint: plan.add(foam))
            plan.add(form: shape(-away - random.uniform(0.6...2), 5 * rough, 1), paint: plan.add(water))
        }
    }

    /// Reflectance of the sun's glint on waves; 0 where the sun stands wrong for it.
    private mutating func glint(likely chance: Double) -> Float {
        random.chance(chance) ? Float(random.uniform(0.003...0.025)) : 0
    }

    /// Depth inside a winding river, in pixels.
    private mutating func river(width: Double, isSea: Bool = false) -> @Sendable (Float, Float) -> Float {
        let direction = random.direction()
        let along = ScenePoint(x: random.chance(0.5) ? direction.x : -direction.x, y: direction.y)
        let across = along.turned
        let middle = ScenePoint(x: sceneSide / 2, y: sceneSide / 2)
        let shift = random.uniform(-0.3...0.3) * sceneSide
        let turned: Float = random.chance(0.5) ? 1 : -1
        let key = random.next()
        let reach = plan.side + 2 * plan.border
        let extent = sceneSide / metre
        let (bend, meander) = (min(max(extent * 0.35, 25), 240) * metre, min(max(extent * 0.14, 12), 80) * metre)
        // The centre line, once for each pixel along the river.
        let line = (-reach...reach).map { step -> Float in
            let place = Double(step)
            let slow = SceneNoise.smooth(place / bend, 0.5, key: key) * 0.28 * bend
            return Float(shift + slow + SceneNoise.smooth(place / meander, 7.5, key: key) * 0.2 * meander)
        }
        let half = Float(width / 2 * metre)
        return { x, y in
            let (dx, dy) = (x - Float(middle.x), y - Float(middle.y))
            let place = min(max(dx * Float(along.x) + dy * Float(along.y) + Float(reach), 0), Float(line.count - 2))
            let index = Int(place)
            let rise = line[index + 1] - line[index]
            let centre = line[index] + (place - Float(index)) * rise
            let away = dx * Float(across.x) + dy * Float(across.y) - centre
            let length = (1 + rise * rise).squareRoot()
            return isSea ? turned * away / length : half - abs(away) / length
        }
    }

    /// Depth inside a pond of irregular outline, in pixels.
    private mutating func pond(radius: Double) -> @Sendable (Float, Float) -> Float {
        let place = ScenePoint(
            x: sceneSide / 2 + random.uniform(-0.32...0.32) * sceneSide,
            y: sceneSide / 2 + random.uniform(-0.32...0.32) * sceneSide)
        let direction = random.direction()
        let axis = ScenePoint(x: direction.x, y: direction.y)
        let (size, stretch) = (radius * metre, random.uniform(1...1.8))
        let key = random.next()
        return { x, y in
            let point = ScenePoint(x: Double(x) - place.x, y: Double(y) - place.y)
            let (u, v) = (point.dot(axis) / stretch, point.dot(axis.turned))
            let distance = (u * u + v * v).squareRoot()
            guard distance < 2 * size else { return Float(-distance) }
            let lobes = SceneNoise.smooth(point.x / (0.7 * size) + 9, point.y / (0.7 * size) + 9, key: key)
            return Float(size * (1 + 0.28 * lobes) - distance)
        }
    }
}
