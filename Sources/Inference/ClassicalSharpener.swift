import Classical
import Raster
import Sensors
import Synchronization

/// A method without training on a scene larger than memory: first passes that measure fixed blocks, then tiles.
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

    /// What the method has to know of the whole scene: one pass over it, or several.
    private func fit(
        _ cancellation: Cancellation, _ progress: @escaping @Sendable (Progress) -> Void
    ) throws -> FittedMethod {
        do {
            var passes = 0
            return try method.fit(to: reader.scene) { pass in
                passes += 1
                let stage = passes == 1 ? "measuring" : "measuring, pass \(passes)"
                try measure(&pass, cancellation) { done, total in
                    progress(Progress(stage: stage, done: done, total: total))
                }
                // What follows takes no time for most methods, and most of it for those that solve for the whole scene.
                progress(Progress(stage: "solving", done: 0, total: 0))
            }
        } catch ClassicalError.noValidPixels {
            throw SceneError.noValidPixels(reader.pair)
        } catch ClassicalError.notFinite {
            throw SceneError.notFinite(reader.pair)
        }
    }

    /// Measures all blocks.
    private func measure(
        _ pass: inout ScenePass, _ cancellation: Cancellation, progress: @escaping @Sendable (Int, Int) -> Void
    ) throws {
        let scene = reader.scene
        let ingredients = pass.ingredients
        let budget = ClassicalMemory(scene: scene, ingredients: ingredients, options: options)
        let (side, threads) = try budget.statisticsGroup()
        let blocks = scene.statisticsBlocks
        let groups = Self.groups(of: blocks, side: side)
        let measured = Mutex((merging: Merging(pass: pass, blocks: blocks.count), pixels: 0))
        let empty = pass
        try Workers.run(groups.count, threads: threads) { index in
            let (region, members) = groups[index]
            let parts = try reader.parts(of: region, ingredients: ingredients)
            for member in members {
                try cancellation.check()
                let block = reader.block(blocks[member], of: parts, ingredients: ingredients)
                let result = empty.measure(block)
                measured.withLock { $0.merging.add(result, at: member) }
            }
            let pixels = measured.withLock { measured in
                measured.pixels += region.pixels
                return measured.pixels
            }
            progress(pixels, scene.region.pixels)
        }
        pass = measured.withLock { $0.merging.pass }
    }

    /// Merges blocks in their order, each as soon as all before it are there.
    private struct Merging {
        var pass: ScenePass
        private var waiting: [BlockMeasurement?]
        private var next = 0

        init(pass: ScenePass, blocks: Int) {
            self.pass = pass
            waiting = [BlockMeasurement?](repeating: nil, count: blocks)
        }

        mutating func add(_ block: BlockMeasurement, at index: Int) {
            waiting[index] = block
            while next < waiting.count, let ready = waiting[next] {
                waiting[next] = nil
                pass.merge(ready)
                next += 1
            }
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
