extension SceneLayout {
    /// Builds and plants what stands on a parcel.
    mutating func build(on parcel: SceneParcel) {
        switch parcel.use {
        case .forest: plantForest(parcel.polygon)
        case .orchard:
            let radius = random.uniform(1.3...2.2)
            grid(parcel.polygon, spacing: (2.9 * radius, 3.6 * radius), inset: 2) { layout, point in
                guard !layout.random.chance(0.06) else { return }
                layout.plant(at: layout.scattered(point, by: 0.25), radius: radius, conifer: false)
            }
        case .settlement: settle(parcel.polygon)
        case .industry: industrialise(parcel.polygon)
        case .meadow:
            for _ in 0..<Int(parcel.polygon.area / (metre * metre) / random.uniform(300...2500)) {
                guard let point = place(in: parcel.polygon) else { continue }
                plant(at: point, radius: random.uniform(0.9...4), conifer: random.chance(0.15))
            }
        case .downtown: buildBlocks(parcel.polygon)
        case .field, .sand: break
        }
    }

    /// A tree, if the place is not under water, on a road or on a roof.
    mutating func plant(at centre: ScenePoint, radius metres: Double, conifer: Bool, paint: Int32? = nil) {
        switch plan.cover(x: centre.x, y: centre.y) {
        case nil, .water, .road, .building, .vehicle, .snow: return
        default: break
        }
        let leaves: Int32
        if let paint { leaves = paint } else { leaves = foliage(conifer: conifer) }
        let height = metres * random.uniform(conifer ? 2.4...3.4 : 1.5...2.3)
        plan.paintCrown(
            at: centre, radius: metres * metre, height: min(height, 0.9 * character.tallest) * metre, paint: leaves,
            tint: random.uniform(0.75...1.3))
    }

    /// The leaves of a tree or of trees of one kind.
    private mutating func foliage(conifer: Bool) -> Int32 {
        plan.add(
            ScenePaint(
                .tree, colour(conifer ? .conifer : .broadleaf, spread: 0.25, slope: 0.35), colour(.grass),
                mixture: Float(random.uniform(0...0.5)), slow: 0.05, fine: 0.24, texture: 0.23))
    }

    private mutating func plantForest(_ polygon: ScenePolygon) {
        let coniferShare = random.pick([0.05, 0.35, 0.9])
        let spacing = max(random.uniform(3.6...6), 1.3 / metre)
        // Trees of a few kinds, each tree brighter or darker than the next.
        let conifers = (0..<4).map { _ in foliage(conifer: true) }
        let broadleaves = (0..<6).map { _ in foliage(conifer: false) }
        grid(polygon, spacing: (spacing, spacing * 0.85), inset: 1) { layout, point in
            guard !layout.random.chance(0.05) else { return }
            let conifer = layout.random.chance(coniferShare)
            let size = spacing * layout.random.uniform(0.42...0.85) * (conifer ? 0.8 : 1)
            let kind = layout.random.pick(conifer ? conifers : broadleaves)
            layout.plant(
                at: layout.scattered(point, by: 0.45 * spacing), radius: size, conifer: conifer, paint: kind)
        }
    }

    /// Visits the points of a grid that is turned with the parcels, inside a polygon on the bent land.
    ///
    /// - Parameter spacing: in metres along and across the axis.
    mutating func grid(
        _ polygon: ScenePolygon, spacing: (Double, Double), inset: Double,
        visit: (inout SceneLayout, ScenePoint) -> Void
    ) {
        let (along, across) = (polygon.extent(along: axis), polygon.extent(along: axis.turned))
        var v = across.lowerBound + 0.5 * spacing.1 * metre
        var isOdd = false
        while v < across.upperBound {
            var u = along.lowerBound + (isOdd ? 1 : 0.5) * spacing.0 * metre
            while u < along.upperBound {
                let point = u * axis + v * axis.turned
                if polygon.depth(of: point) > inset * metre { visit(&self, plan.bent(point)) }
                u += spacing.0 * metre
            }
            v += spacing.1 * metre
            isOdd.toggle()
        }
    }

    /// A random place inside a polygon; nil when a few attempts found none.
    mutating func place(in polygon: ScenePolygon) -> ScenePoint? {
        let (along, across) = (polygon.extent(along: axis), polygon.extent(along: axis.turned))
        for _ in 0..<8 {
            let point = random.uniform(along) * axis + random.uniform(across) * axis.turned
            if polygon.depth(of: point) > 2 * metre { return plan.bent(point) }
        }
        return nil
    }

    /// Houses on plots, with drives, gardens and trees.
    private mutating func settle(_ polygon: ScenePolygon) {
        let plot = (random.uniform(15...25), random.uniform(16...27))
        let street = random.pick([SceneMaterial.redTile, .redTile, .slate, .gravel, .bitumen])
        grid(polygon, spacing: plot, inset: 7) { layout, point in
            let centre = layout.scattered(point, by: 1.8)
            let axis = layout.random.chance(0.5) ? layout.axis : layout.axis.turned
            layout.garden(around: centre, axis: axis, reach: plot.0 / 2)
            guard !layout.random.chance(0.08) else { return }
            let roof =
                layout.random.chance(0.65)
                ? street
                : layout.random.pick([SceneMaterial.redTile, .slate, .gravel, .concrete, .metal, .bitumen, .greenMetal])
            let (halfLength, halfWidth) = (layout.random.uniform(5...7.5), layout.random.uniform(3.6...4.8))
            let (height, rise) = (layout.random.uniform(3...6), layout.random.uniform(1.6...3.6))
            layout.house(
                at: centre, axis: axis, half: (halfLength, halfWidth), height: height, rise: rise, roof: roof)
            if layout.random.chance(0.35) {
                let wing =
                    centre + (halfLength * 0.5 * layout.metre) * axis
                    + ((halfWidth + 1.5) * layout.metre) * axis.turned
                layout.house(
                    at: wing, axis: axis.turned, half: (halfWidth, 2.8), height: height * 0.8, rise: rise * 0.7,
                    roof: roof)
            }
        }
    }

    /// A drive, perhaps a pool, bushes and trees around a house.
    private mutating func garden(around centre: ScenePoint, axis: ScenePoint, reach: Double) {
        guard let cover = plan.cover(x: centre.x, y: centre.y), cover == .meadow else { return }
        let drive = ScenePaint(
            .pavement, colour(random.pick([SceneMaterial.concrete, .gravel, .asphalt])), texture: 0.072)
        let shift = (random.uniform(-6...6) * metre) * axis
        layFlat(
            SceneBox(
                centre: centre + shift - (0.55 * reach * metre) * axis.turned, axis: axis, halfLength: 1.8 * metre,
                halfWidth: 0.5 * reach * metre, height: 0, rise: 0),
            drive)
        if random.chance(0.12) {
            let pool = ScenePaint(.water, plainColour(.clearWater, brightness: 4, slope: -0.4), texture: 0.043)
            layFlat(
                SceneBox(
                    centre: centre + (0.62 * reach * metre) * axis.turned + shift, axis: axis, halfLength: 3.6 * metre,
                    halfWidth: 1.9 * metre, height: 0, rise: 0),
                pool)
        }
        for _ in 0..<Int(random.uniform(1...6)) {
            plant(
                at: scattered(centre, by: 0.95 * reach), radius: random.uniform(0.8...2.9),
                conifer: random.chance(0.25))
        }
    }

    private mutating func house(
        at centre: ScenePoint, axis: ScenePoint, half: (Double, Double), height: Double, rise: Double,
        roof: SceneMaterial
    ) {
        let box = SceneBox(
            centre: centre, axis: axis, halfLength: half.0 * metre, halfWidth: half.1 * metre, height: height * metre,
            rise: rise * metre)
        guard isFree(box) else { return }
        let paint = ScenePaint(
            .building, colour(roof, spread: 0.25, slope: 0.3), colour(.slate), mixture: 0.12, slow: 0.02, fine: 0.12,
            texture: 0.14)
        plan.paint(box, paint)
        guard random.chance(0.5) else { return }
        let chimney = SceneBox(
            centre: centre + (random.uniform(-0.6...0.6) * box.halfLength) * axis, axis: axis,
            halfLength: 0.5 * metre, halfWidth: 0.4 * metre, height: box.height + box.rise + 0.8 * metre, rise: 0)
        plan.paint(chimney, ScenePaint(.building, colour(.concrete), texture: 0.058))
    }

    /// Whether a box stands on nothing but ground that may be built on.
    func isFree(_ box: SceneBox) -> Bool {
        box.markers.allSatisfy { marker in
            switch plan.cover(x: marker.x, y: marker.y) {
            case .water, .road, .building: false
            default: true
            }
        }
    }

    /// Paints something flat on ground that is free.
    private mutating func layFlat(_ box: SceneBox, _ paint: ScenePaint) {
        if isFree(box) { plan.paint(box, paint) }
    }
}
