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
        let side = try options.tileSide ?? tileSide(fitted)
        let window = Window(width: scene.panWidth, height: scene.panHeight)
        let tiles = Array(window.tiles(width: side, height: side))
        let done = Mutex((pixels: 0, valid: 0))
        try Workers.run(tiles.count, threads: options.threads) { index in
            try cancellation.check()
            let tile = tiles[index]
            let region = PixelRegion(rows: tile.rows, columns: tile.columns)
            let block = try reader.block(
                region, panRegion: scene.panRegion(for: region, ingredients: fitted.ingredients))
            let valid = block.isValid?.map { $0 ? UInt8(1) : 0 }
            let count = valid?.reduce(0) { $0 + Int($1) } ?? region.pixels
            let fused = count > 0 ? fitted.fuse(block).values : [Double](repeating: 0, count: region.pixels * scene.bands)
            try writer.write(fused, to: tile, valid: valid)
            let pixels = done.withLock { done in
                done.pixels += region.pixels
                done.valid += count
                return done.pixels
            }
            progress(Progress(stage: "fusing", done: pixels, total: window.pixelCount))
        }
        return Pansharpening.Summary(
            profile: writer.profile, coefficients: fitted.coefficients, validPixels: done.withLock { $0.valid },
            tileSide: side)
    }

    /// The first pass: what the method has to know of the whole scene.
    private func fit(
        _ cancellation: Cancellation, _ progress: @escaping @Sendable (Progress) -> Void
    ) throws -> FittedMethod {
        let scene = reader.scene
        let plan = method.moments(of: scene)
        var statistics = SceneStatistics(of: scene, plan: plan)
        guard !plan.isEmpty else { return try method.fit(statistics) }
        let blocks = scene.statisticsBlocks
        let measured = Mutex((results: [BlockStatistics?](repeating: nil, count: blocks.count), pixels: 0))
        let empty = statistics
        try Workers.run(blocks.count, threads: options.threads) { index in
            try cancellation.check()
            let region = blocks[index]
            let block = try reader.block(
                region, panRegion: scene.panRegion(for: region, ingredients: plan.ingredients))
            let result = empty.measure(block)
            let pixels = measured.withLock { measured in
                measured.results[index] = result
                measured.pixels += region.pixels
                return measured.pixels
            }
            progress(Progress(stage: "measuring", done: pixels, total: scene.region.pixels))
        }
        for case let result? in measured.withLock({ $0.results }) { statistics.merge(result) }
        let merged = statistics
        let outcome = Result { try method.fit(merged) }
        if case .failure(let error) = outcome, error as? ClassicalError == .noValidPixels {
            throw SceneError.noValidPixels(reader.pair)
        }
        return try outcome.get()
    }

    /// The largest tile of which one for each thread fits into the memory.
    private func tileSide(_ fitted: FittedMethod) throws -> Int {
        let scene = reader.scene
        let halo = scene.panHalo(fitted.ingredients)
        func bytes(_ side: Int) -> Int {
            // Interpolated, low-pass and fused bands, with what they are computed from, in double precision.
            let samples = (6 * scene.bands + 8) * side * side + 4 * (side + 2 * halo) * (side + 2 * halo)
            return samples * 8 * options.threads
        }
        for side in [1024, 512, 256, 128, 64] where bytes(side) <= options.memoryBytes { return side }
        throw SceneError(
            .memory,
            "Tiles of 64 × 64 pixels with \(scene.bands) bands on \(options.threads) threads need \(bytes(64) >> 20) MB, "
                + "and \(options.memoryBytes >> 20) MB are allowed.",
            remedy: "Allow more with --memory, or use fewer --threads.")
    }
}
