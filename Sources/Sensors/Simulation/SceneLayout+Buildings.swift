extension SceneLayout {
    /// Halls with flat roofs, and parking places.
    mutating func industrialise(_ polygon: ScenePolygon) {
        let spacing = (random.uniform(34...60), random.uniform(30...46))
        grid(polygon, spacing: spacing, inset: 6) { layout, point in
            if layout.random.chance(0.3) {
                layout.parkingPlace(at: point, reach: spacing.1 / 2)
            } else {
                layout.hall(at: point, reach: spacing)
            }
        }
        for _ in 0..<Int(polygon.area / (metre * metre) / 400) {
            guard let point = place(in: polygon) else { continue }
            park(at: point, axis: random.chance(0.5) ? axis : axis.turned)
        }
    }

    private mutating func hall(at centre: ScenePoint, reach: (Double, Double)) {
        let half = (reach.0 * random.uniform(0.26...0.46), reach.1 * random.uniform(0.24...0.42))
        let isFlat = random.chance(0.7)
        let wanted = SceneBox(
            centre: centre, axis: axis, halfLength: half.0 * metre, halfWidth: half.1 * metre,
            height: min(random.uniform(5...11), 0.75 * character.tallest) * metre,
            rise: isFlat ? 0 : random.uniform(0.8...2) * metre)
        guard let box = fitted(wanted) else { return }
        let material = random.pick([
            SceneMaterial.metal, .gravel, .whiteMembrane, .concrete, .blueMetal, .slate, .greenMetal, .bitumen,
            .redTile,
        ])
        let paint = ScenePaint(
            .building, colour(material, spread: 0.2), colour(.gravel), mixture: 0.1, slow: 0.06, fine: 0.09,
            texture: 0.084, slowTexture: 0.05)
        plan.paint(box, paint)
        if isFlat { equip(box, pieces: Int(box.halfLength * box.halfWidth / (18 * metre * metre))) }
    }

    /// A box as it is wanted, or as much smaller as there is room for it; nil where there is none.
    private func fitted(_ box: SceneBox) -> SceneBox? {
        for (length, width) in [(1.0, 1.0), (0.75, 1), (1, 0.75), (0.75, 0.75), (0.5, 0.75), (0.5, 0.5), (0.35, 0.4)] {
            let smaller = SceneBox(
                centre: box.centre, axis: box.axis, halfLength: box.halfLength * length,
                halfWidth: box.halfWidth * width, height: box.height, rise: box.rise)
            if isFree(smaller) { return smaller }
        }
        return nil
    }

    /// What stands on a flat roof: ventilation, skylights, stairs.
    private mutating func equip(_ box: SceneBox, pieces: Int) {
        let kinds = [SceneMaterial.metal, .whiteMembrane, .darkPaint, .concrete].map {
            ScenePaint(.building, colour($0, spread: 0.4), texture: 0.061)
        }
        for _ in 0..<pieces {
            let spot =
                box.centre + (random.uniform(-0.85...0.85) * box.halfLength) * box.axis
                + (random.uniform(-0.85...0.85) * box.halfWidth) * box.axis.turned
            let size = random.uniform(0.4...1.8) * metre
            plan.paint(
                SceneBox(
                    centre: spot, axis: box.axis, halfLength: size, halfWidth: random.uniform(0.4...1) * size,
                    height: box.height + random.uniform(0.3...2) * metre, rise: 0),
                random.pick(kinds))
        }
    }

    /// Blocks of a city: buildings side by side with flat or steep roofs, yards and a few trees.
    mutating func buildBlocks(_ polygon: ScenePolygon) {
        let usual = random.uniform(0.2...0.65) * character.tallest
        let lot = (random.uniform(13...26), random.uniform(14...24))
        grid(polygon, spacing: lot, inset: 6.5) { layout, point in
            if layout.random.chance(0.1) {
                layout.court(at: point, reach: lot)
                return
            }
            let half = (lot.0 * layout.random.uniform(0.36...0.49), lot.1 * layout.random.uniform(0.33...0.48))
            let height = min(usual * layout.random.uniform(0.5...1.7), 0.9 * layout.character.tallest)
            layout.tower(at: layout.scattered(point, by: 0.8), half: half, height: height)
        }
        for _ in 0..<Int(polygon.area / (metre * metre) / 500) {
            guard let point = place(in: polygon) else { continue }
            park(at: point, axis: random.chance(0.5) ? axis : axis.turned)
        }
    }

    private mutating func tower(at centre: ScenePoint, half: (Double, Double), height: Double) {
        let isFlat = random.chance(0.75)
        let wanted = SceneBox(
            centre: centre, axis: axis, halfLength: half.0 * metre, halfWidth: half.1 * metre, height: height * metre,
            rise: isFlat ? 0 : random.uniform(1.5...3.5) * metre)
        guard let box = fitted(wanted) else { return }
        let flatRoofs = [
            SceneMaterial.gravel, .concrete, .bitumen, .asphalt, .whiteMembrane, .metal, .slate, .greenMetal,
        ]
        let material = random.pick(isFlat ? flatRoofs : [SceneMaterial.redTile, .slate, .redTile, .metal])
        let roof = ScenePaint(
            .building, colour(material, spread: 0.3, slope: 0.3), colour(.gravel), mixture: 0.12, slow: 0.08,
            fine: 0.12,
            texture: 0.098, slowTexture: 0.05)
        guard isFlat, box.halfWidth > 3 * metre else {
            plan.paint(box, roof)
            return
        }
        // A parapet around the roof, brighter than it.
        plan.paint(box, ScenePaint(.building, colour(.concrete, spread: 0.3), texture: 0.061))
        let inner = SceneBox(
            centre: box.centre, axis: axis, halfLength: box.halfLength - 0.5 * metre,
            halfWidth: box.halfWidth - 0.5 * metre,
            height: box.height - 0.8 * metre, rise: 0)
        plan.paint(inner, roof)
        if random.chance(0.4) {
            // A second level.
            let upper = SceneBox(
                centre: centre + (random.uniform(-0.3...0.3) * inner.halfLength) * axis, axis: axis,
                halfLength: inner.halfLength * random.uniform(0.3...0.6),
                halfWidth: inner.halfWidth * random.uniform(0.4...0.8),
                height: min(box.height + random.uniform(2...6) * metre, 0.97 * character.tallest * metre), rise: 0)
            plan.paint(upper, roof)
        }
        equip(inner, pieces: Int(inner.halfLength * inner.halfWidth / (12 * metre * metre)))
    }

    /// A yard between buildings: a lawn with trees, or parked cars.
    private mutating func court(at centre: ScenePoint, reach: (Double, Double)) {
        guard random.chance(0.6) else {
            parkingPlace(at: centre, reach: min(reach.0, reach.1) / 2)
            return
        }
        let lawn = SceneBox(
            centre: centre, axis: axis, halfLength: 0.42 * reach.0 * metre, halfWidth: 0.42 * reach.1 * metre,
            height: 0,
            rise: 0)
        guard isFree(lawn) else { return }
        plan.paint(
            lawn,
            ScenePaint(
                .meadow, colour(.grass, spread: 0.25), colour(.dryGrass), mixture: 0.3, slow: 0.1, fine: 0.3,
                texture: 0.15))
        for _ in 0..<Int(random.uniform(1...7)) {
            plant(at: scattered(centre, by: 0.4 * reach.0), radius: random.uniform(1.5...4), conifer: false)
        }
    }

    /// Rows of marked places, most of them taken.
    mutating func parkingPlace(at centre: ScenePoint, reach: Double) {
        let white = ScenePaint(.pavement, plainColour(.whiteMembrane, brightness: 0.7), texture: 0.05)
        for row in [-9.0, 0, 9] where abs(row) + 3 < reach {
            var place = -reach
            while place < reach {
                let spot = centre + (place * metre) * axis + (row * metre) * axis.turned
                let line = SceneBox(
                    centre: spot - (1.3 * metre) * axis, axis: axis.turned, halfLength: 2.4 * metre,
                    halfWidth: max(0.06 * metre, 0.05), height: 0, rise: 0)
                if line.markers.allSatisfy({ plan.cover(x: $0.x, y: $0.y) == .pavement }) {
                    plan.paint(line, white)
                }
                if random.chance(0.6) { park(at: scattered(spot, by: 0.2), axis: axis.turned) }
                place += 2.6
            }
        }
    }
}
