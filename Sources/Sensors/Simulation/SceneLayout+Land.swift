/// What a parcel is used for.
enum SceneUse: CaseIterable {
    case field, meadow, forest, orchard, settlement, industry, downtown, sand
}

/// A piece of land.
struct SceneParcel {
    var polygon: ScenePolygon
    let use: SceneUse
}

/// A straight piece of road between parcels.
struct SceneRoad {
    let start: ScenePoint
    let end: ScenePoint
    /// Width in metres.
    let width: Double
    let isPaved: Bool
    /// Whether it crosses water on a bridge.
    let isMajor: Bool
}

extension SceneLayout {
    /// Cuts the land into parcels, each cut a road, the first ones the widest.
    mutating func divideLand() {
        let reach = sceneSide / 2 + Double(plan.border)
        let middle = ScenePoint(x: sceneSide / 2, y: sceneSide / 2)
        let whole = ScenePolygon(
            corners: [(-1, -1), (1, -1), (1, 1), (-1, 1)].map {
                middle + ScenePoint(x: reach * $0.0, y: reach * $0.1)
            })
        let parcelSide = min(max(sceneSide / metre * 0.30, 22), random.uniform(character.parcel)) * metre
        divide(whole, depth: 0, target: parcelSide * parcelSide)
    }

    private mutating func divide(_ polygon: ScenePolygon, depth: Int, target: Double) {
        let size = polygon.area
        guard polygon.corners.count > 2, size > 1 else { return }
        if size < target * random.uniform(0.7...1.7) {
            parcels.append(SceneParcel(polygon: polygon, use: use(at: polygon.centre)))
            return
        }
        let along = polygon.extent(along: axis)
        let across = polygon.extent(along: axis.turned)
        let isLong = along.upperBound - along.lowerBound > across.upperBound - across.lowerBound
        let (cut, extent) = isLong ? (axis, along) : (axis.turned, across)
        let tilt = random.uniform(-0.1...0.1)
        let tilted = cut + tilt * cut.turned
        let normal = (1 / tilted.length) * tilted
        let offset = extent.lowerBound + random.uniform(0.34...0.66) * (extent.upperBound - extent.lowerBound)
        let centre = polygon.centre
        let origin = centre + (offset - centre.dot(cut)) * cut
        let (near, far) = (
            polygon.clipped(origin: origin, normal: normal), polygon.clipped(origin: origin, normal: -1 * normal)
        )
        let line = normal.turned
        let crossings = near.corners.filter {
            abs(($0 - origin).dot(normal)) < 1e-6 * (1 + extent.upperBound.magnitude)
        }
        .map { ($0 - origin).dot(line) }
        if let first = crossings.min(), let last = crossings.max(), last > first {
            let isPaved = depth < 2 || urban > 0.45 || random.chance(0.35 + 0.7 * urban - 0.05 * Double(depth - 2))
            let wide = urban > 0.45 ? random.uniform(8...15) : random.uniform(6...8.5)
            let width = depth < 2 ? wide : isPaved ? random.uniform(4.5...6) * (urban > 0.45 ? 1.5 : 1) : 2.6
            let exists = land != .mountain || depth == 0 || random.chance(0.08)
            if exists, isPaved || random.chance(0.55) {
                roads.append(
                    SceneRoad(
                        start: origin + (first - metre) * line, end: origin + (last + metre) * line, width: width,
                        isPaved: isPaved, isMajor: depth < 2 && land != .coast))
            }
        }
        divide(near, depth: depth + 1, target: target)
        divide(far, depth: depth + 1, target: target)
    }

    /// The use of the land at a place: built-up and wooded areas stretch over several parcels.
    private mutating func use(at centre: ScenePoint) -> SceneUse {
        let wavelength = min(max(sceneSide / metre * 0.4, 60), 260) * metre
        let (x, y) = (centre.x / wavelength + 8, centre.y / wavelength + 8)
        let town = SceneNoise.smooth(x, y, key: SceneRandom.mix(seed ^ 0x70_77_6E)) * 0.6 + urban
        let wood = SceneNoise.smooth(x, y, key: SceneRandom.mix(seed ^ 0x77_6F_64)) * 0.6 + wooded
        let uses = SceneUse.allCases
        let weights = uses.map { use -> Double in
            let usual = character.weights[use] ?? 0
            guard usual > 0 else { return 0 }
            switch use {
            case .field: return max(usual - max(town, 0), 0)
            case .forest: return usual + 2.2 * max(wood, 0)
            case .settlement: return usual + (land == .mixed || land == .coast ? 3.5 * max(town, 0) : 0)
            case .industry: return usual + (land == .mixed ? 1.2 * max(town, 0) : 0)
            case .downtown: return usual + (land == .mixed ? max(town - 0.3, 0) : 0)
            case .meadow, .orchard, .sand: return usual
            }
        }
        return uses[random.index(weights: weights)]
    }

    /// Paints the ground of a parcel.
    mutating func paint(_ parcel: SceneParcel) {
        let inset = random.uniform(0.4...1.6) * metre
        let roughness = 0.25 * metre
        plan.paint(parcel.polygon, ground(of: parcel.use), inset: inset, roughness: roughness)
        if parcel.use == .field, random.chance(0.3) {
            // A second strip of another crop in the same parcel.
            let extent = parcel.polygon.extent(along: axis)
            let place = random.uniform(0.3...0.7) * (extent.upperBound - extent.lowerBound) + extent.lowerBound
            let part = parcel.polygon.clipped(
                origin: parcel.polygon.centre + (place - parcel.polygon.centre.dot(axis)) * axis, normal: axis)
            guard part.corners.count > 2 else { return }
            plan.paint(part, ground(of: .field), inset: inset, roughness: roughness)
        }
    }

    private mutating func ground(of use: SceneUse) -> ScenePaint {
        switch use {
        case .field: return field()
        case .industry, .downtown:
            let material = random.pick([SceneMaterial.asphalt, .asphalt, .concrete, .gravel, .bitumen])
            return ScenePaint(
                .pavement, colour(material), colour(.gravel), mixture: 0.2, slow: 0.2, fine: 0.21, texture: 0.1,
                slowTexture: 0.08)
        case .forest:
            return ScenePaint(
                .meadow, colour(.grass, spread: 0.25), colour(.darkSoil), mixture: 0.5, slow: 0.1, fine: 0.38,
                texture: 0.19)
        case .sand:
            return ScenePaint(
                .bareSoil, colour(.sand, spread: 0.2), colour(.dryGrass), mixture: 0.1, slow: 0.12, fine: 0.15,
                texture: 0.06, slowTexture: 0.08)
        case .meadow, .orchard, .settlement:
            return ScenePaint(
                .meadow, colour(.grass, spread: 0.25, slope: 0.3), colour(.dryGrass, spread: 0.2),
                mixture: Float(random.uniform(0...0.8)), slow: 0.16, fine: 0.24, texture: 0.13, slowTexture: 0.08)
        }
    }

    private mutating func field() -> ScenePaint {
        let soil = colour(random.pick([SceneMaterial.darkSoil, .lightSoil, .redSoil]), spread: 0.2, slope: 0.3)
        let turned = random.chance(0.5) ? axis : axis.turned
        let across = turned + random.uniform(-0.04...0.04) * turned.turned
        let spacing = random.pick([0.9, 1.4, 2.2, 3.2]) * metre
        let trackSpacing = random.uniform(14...24) * metre
        // Rows finer than the pixels are not seen.
        let visible = Float(min(max((spacing - 1.8) / 2.5, 0), 1))
        let unit = (1 / across.length) * across
        func rows(_ strength: Float) -> CropRows {
            CropRows(
                across: (Float(unit.x), Float(unit.y)), frequency: Float(1 / spacing), strength: strength * visible,
                tracks: (Float(1 / trackSpacing), Float(max(0.35 * metre, 0.3) / trackSpacing)))
        }
        var paint: ScenePaint
        switch random.index(weights: [4, 2.5, 2.5]) {
        case 0:
            paint = ScenePaint(
                .crop, colour(.lushCrop, spread: 0.3, slope: 0.25), soil, mixture: Float(random.uniform(0...0.45)),
                slow: 0.09, fine: 0.12, texture: 0.078, slowTexture: 0.06)
            paint.rows = rows(0.16)
        case 1:
            paint = ScenePaint(
                .crop, colour(.ripeCrop, spread: 0.2, slope: 0.3), soil, mixture: Float(random.uniform(0...0.3)),
                slow: 0.08, fine: 0.12, texture: 0.078, slowTexture: 0.06)
            paint.rows = rows(0.12)
        default:
            paint = ScenePaint(
                .bareSoil, soil, colour(.dryGrass, spread: 0.2), mixture: 0.12, slow: 0.10, fine: 0.14, texture: 0.096,
                slowTexture: 0.1)
            paint.rows = rows(0.14)
        }
        return paint
    }
}
