extension SceneLayout {
    /// Paints a road with its verges and markings, or a track with two ruts.
    mutating func paint(_ road: SceneRoad) {
        let width = road.width * metre
        guard road.isPaved else {
            let soil = ScenePaint(
                .bareSoil, colour(.lightSoil), colour(.grass), mixture: 0.25, slow: 0.1, fine: 0.3, texture: 0.084)
            plan.paintStrip(
                from: road.start, to: road.end, width: width, soil, roughness: 0.2 * metre, opacity: 0.9)
            let middle = ScenePaint(
                .meadow, colour(.grass), colour(.lightSoil), mixture: 0.3, slow: 0.1, fine: 0.45, texture: 0.084)
            plan.paintStrip(
                from: road.start, to: road.end, width: 0.35 * width, middle, roughness: 0.2 * metre, opacity: 0.6)
            return
        }
        let verge = ScenePaint(
            .meadow, colour(.grass), colour(.dryGrass), mixture: 0.4, slow: 0.1, fine: 0.3, texture: 0.084)
        plan.paintStrip(
            from: road.start, to: road.end, width: width + 3 * metre, verge, roughness: 0.25 * metre)
        let asphalt = ScenePaint(
            .road, colour(.asphalt, spread: 0.25), colour(.gravel), mixture: 0.08, slow: 0.06, fine: 0.06,
            texture: 0.072, slowTexture: 0.07)
        plan.paintStrip(from: road.start, to: road.end, width: width, asphalt, roughness: 0.05 * metre)
        guard road.width > 5.8 else { return }
        let white = ScenePaint(.road, plainColour(.whiteMembrane, brightness: 0.7), texture: 0.043)
        let along = road.end - road.start
        let unit = (1 / along.length) * along
        for edge in [-0.46, 0.46] {
            let shift = edge * width * unit.turned
            plan.paintStrip(
                from: road.start + shift, to: road.end + shift, width: 0.14 * metre, white, opacity: 0.7)
        }
        var place = 0.0
        while place + 4 * metre < along.length {
            plan.paintStrip(
                from: road.start + place * unit, to: road.start + (place + 4 * metre) * unit, width: 0.14 * metre,
                white, opacity: 0.8)
            place += 10 * metre
        }
    }

    /// Trees or a hedge beside a road, and cars on it.
    mutating func plantAndPark(along road: SceneRoad) {
        let along = road.end - road.start
        let unit = (1 / along.length) * along
        let planted = random.index(weights: [3, 2, 2])
        if planted > 0 {
            let isHedge = planted == 2
            let side: Double = random.chance(0.5) ? 1 : -1
            let distance = (road.width / 2 + (isHedge ? 2.2 : 3.2)) * metre
            let spacing = isHedge ? 2.2 : random.uniform(7...14)
            var place = 0.0
            while place < along.length {
                let spot = road.start + place * unit + side * distance * unit.turned
                if !random.chance(isHedge ? 0.12 : 0.2) {
                    plant(
                        at: plan.bent(scattered(spot, by: 0.6)),
                        radius: isHedge ? random.uniform(0.9...1.6) : random.uniform(1.8...3.6), conifer: false)
                }
                place += max(spacing * metre, 1.5) * random.uniform(0.8...1.2)
            }
        }
        guard road.isPaved, road.width > 4.5 else { return }
        let cars = Int(along.length / metre / random.uniform(25...120) * (urban > 0.3 ? 3 : 1))
        for _ in 0..<cars {
            let lane: Double = random.chance(0.5) ? 1 : -1
            let spot =
                road.start + random.unit() * along + lane * 0.24 * road.width * metre * unit.turned
            park(at: plan.bent(spot), axis: unit)
        }
    }

    /// A car: body and windows.
    mutating func park(at centre: ScenePoint, axis: ScenePoint) {
        guard plan.cover(x: centre.x, y: centre.y) == .road || plan.cover(x: centre.x, y: centre.y) == .pavement
        else { return }
        let (material, brightness): (SceneMaterial, ClosedRange<Double>) = random.pick([
            (.whiteMembrane, 0.7...1), (.metal, 0.4...0.9), (.darkPaint, 0.7...1.6), (.slate, 0.6...1.2),
            (.redPaint, 0.5...1), (.blueMetal, 0.4...0.8), (.darkPaint, 0.7...1.6),
        ])
        let paint = ScenePaint(
            .vehicle, plainColour(material, brightness: random.uniform(brightness)), texture: 0.026)
        let length = random.uniform(2...2.4) * metre
        plan.paint(
            SceneBox(
                centre: centre, axis: axis, halfLength: length, halfWidth: 0.9 * metre, height: 1.1 * metre, rise: 0),
            paint)
        let glass = ScenePaint(.vehicle, plainColour(.darkPaint), texture: 0.026)
        plan.paint(
            SceneBox(
                centre: centre + 0.25 * length * axis, axis: axis, halfLength: 0.25 * metre, halfWidth: 0.75 * metre,
                height: 1.3 * metre, rise: 0),
            glass)
    }
}
