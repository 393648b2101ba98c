import Classical
import Raster
import Sensors
import Synchronization

/// A method without training on a scene larger than memory: first statistics over fixed blocks, then tiles.
///
/// Tiles and threads change no bit of the result: statistics are gathered over blocks of the scene whose size is fixed and
/// merged in their order, and a fused pixel depends on the pixels around it only.
struct ClassicalSharpener {
    let method: any ClassicalMethod
    let reader: SceneReader
    let options: Pansharpening.Options

    func run(
        writer: RasterWriter, cancellation: Cancellation, progress: @escaping @Sendable (Progress) -> Void
    ) throws -> Pansharpening.Summary {
        let scene = reader.scene
        let fitted = try fit(cancellation, progress)
        let budget = ClassicalMemory(scene: scene, ingredients: fitted.ingredients, options: options)
        let side = try options.tileSide ?? budget.tileSide()
        let window = Window(width: scene.panWidth, height: scene.panHeight)
        let tiles = window.tiles(width: min(side, window.width), height: min(side, window.height))
        let done = Mutex((pixels: 0, known: 0))
        try Workers.run(tiles.count, threads: options.threads) { index in
            try cancellation.check()
            let known = try fuse(tiles[index], fitted, into: writer)
            let pixels = done.withLock { done in
                done.pixels += tiles[index].pixelCount
                done.known += known
                return done.pixels
            }
            progress(Progress(stage: "fusing", done: pixels, total: window.pixelCount))
        }
        return Pansharpening.Summary(
            profile: writer.profile, coefficients: fitted.coefficients, validPixels: done.withLock { $0.known },
            tileSide: side)
    }

    /// Fuses and writes a tile.
    ///
    /// - Returns: how many of its pixels are known.
    private func fuse(_ tile: Window, _ fitted: FittedMethod, into writer: RasterWriter) throws -> Int {
        let region = PixelRegion(rows: tile.rows, columns: tile.columns)
        let parts = try reader.parts(of: region, ingredients: fitted.ingredients)
        let valid = reader.validity(of: region, pan: parts.pan, ms: parts.ms)
        let known = valid.map { $0.reduce(0) { $0 + Int($1) } } ?? region.pixels
        if known == 0 {
            let nothing = [Float](repeating: 0, count: region.pixels * reader.scene.bands)
            try writer.write(nothing, to: tile, valid: valid)
        } else {
            let fused = fitted.fuse(reader.block(region, of: parts, ingredients: fitted.ingredients))
            try writer.write(fused.values, to: tile, valid: valid)
        }
        return known
    }

    /// The first pass: what the method has to know of the whole scene.
    private func fit(
        _ cancellation: Cancellation, _ progress: @escaping @Sendable (Progress) -> Void
    ) throws -> FittedMethod {
        let scene = reader.scene
        let plan = method.moments(of: scene)
        var statistics = SceneStatistics(of: scene, plan: plan)
        guard !plan.isEmpty else { return try method.fit(statistics) }
        let budget = ClassicalMemory(scene: scene, ingredients: plan.ingredients, options: options)
        let (side, threads) = try budget.statisticsGroup()
        let blocks = scene.statisticsBlocks
        let groups = Self.groups(of: blocks, side: side)
        let measured = Mutex((results: [BlockStatistics?](repeating: nil, count: blocks.count), pixels: 0))
        let empty = statistics
        try Workers.run(groups.count, threads: threads) { index in
            let (region, members) = groups[index]
            let parts = try reader.parts(of: region, ingredients: plan.ingredients)
            for member in members {
                try cancellation.check()
                let block = reader.block(blocks[member], of: parts, ingredients: plan.ingredients)
                let result = empty.measure(block)
                measured.withLock { $0.results[member] = result }
            }
            let pixels = measured.withLock { measured in
                measured.pixels += region.pixels
                return measured.pixels
            }
            progress(Progress(stage: "measuring", done: pixels, total: scene.region.pixels))
        }
        for case let result? in measured.withLock({ $0.results }) { statistics.merge(result) }
        let merged = statistics
        switch Result(catching: { () throws(ClassicalError) in try method.fit(merged) }) {
        case .success(let fitted): return fitted
        case .failure(.noValidPixels): throw SceneError.noValidPixels(reader.pair)
        case .failure(.notFinite): throw SceneError.notFinite(reader.pair)
        case .failure(let error): throw error
        }
    }

    /// Blocks that are read together, so that the pixels around them are read once; which, changes no bit.
    private static func groups(of blocks: [PixelRegion], side: Int) -> [(region: PixelRegion, members: [Int])] {
        struct Place: Hashable {
            let row: Int
            let column: Int
        }
        var places: [Place: Int] = [:]
        var groups: [(region: PixelRegion, members: [Int])] = []
        for (index, block) in blocks.enumerated() {
            let place = Place(row: block.rows.lowerBound / side, column: block.columns.lowerBound / side)
            guard let group = places[place] else {
                places[place] = groups.count
                groups.append((block, [index]))
                continue
            }
            let region = groups[group].region
            groups[group].members.append(index)
            groups[group].region = PixelRegion(
                rows: region.rows.lowerBound..<max(region.rows.upperBound, block.rows.upperBound),
                columns: region.columns.lowerBound..<max(region.columns.upperBound, block.columns.upperBound))
        }
        return groups
    }
}
