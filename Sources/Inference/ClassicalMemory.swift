import Classical
import Sensors

/// How much of a scene a classical method takes at once, so that it stays within the memory that is allowed.
struct ClassicalMemory {
    let scene: SharpeningScene
    let ingredients: Ingredients
    let options: Pansharpening.Options

    /// The largest tile of which one for each thread fits.
    func tileSide() throws -> Int {
        let sides = [1024, 512, 256, 128, 64]
        if let side = sides.first(where: { tileBytes($0) * threads <= allowed }) { return side }
        throw tooLittle("Tiles of 64 × 64 pixels", bytes: tileBytes(64), threads: threads)
    }

    /// How large an area is read at once to measure the blocks in it, and on how many threads.
    func statisticsGroup() throws -> (side: Int, threads: Int) {
        let least = SharpeningScene.statisticsBlockSide
        for side in [4 * least, 2 * least] where groupBytes(side) * threads <= allowed { return (side, threads) }
        let bytes = groupBytes(least)
        guard bytes <= allowed else {
            throw tooLittle("Blocks of \(least) × \(least) pixels", bytes: bytes, threads: 1)
        }
        return (least, min(threads, allowed / bytes))
    }

    /// What GDAL's blocks leave.
    private var allowed: Int { options.memoryBytes - options.memoryBytes / Pansharpening.cacheShare }
    private var threads: Int { max(1, options.threads) }

    /// PAN and multispectral samples around a square, in double precision, each with a copy while it is being cut.
    private func inputSamples(_ side: Int) -> Int {
        let panSide = side + 2 * scene.panHalo(ingredients)
        let msSide = side / scene.ratio + 2 * scene.msHalo(ingredients) + 2
        return 2 * (scene.sharpBands * panSide * panSide + scene.bands * msSide * msSide)
    }

    /// Interpolated bands, low passes and fused bands, the writer's copy, and what they are computed from.
    private func tileBytes(_ side: Int) -> Int {
        8 * ((4 * scene.bands + 6) * pixels(side) + inputSamples(min(side, longest)))
    }

    /// The samples of a group, and of one block in it all channels as they are, without gaps and centred.
    private func groupBytes(_ side: Int) -> Int {
        let blockSide = min(side, SharpeningScene.statisticsBlockSide, longest)
        let wide = scene.wideSamples(side: blockSide, ingredients: ingredients)
        return 8 * ((6 * scene.bands + 10) * pixels(blockSide) + wide + inputSamples(min(side, longest)))
    }

    private var longest: Int { max(scene.panHeight, scene.panWidth) }
    private func pixels(_ side: Int) -> Int { min(side, scene.panHeight) * min(side, scene.panWidth) }

    private func tooLittle(_ what: String, bytes: Int, threads: Int) -> SceneError {
        let workers = threads == 1 ? "one thread" : "\(threads) threads"
        return .memory(
            "\(what) with \(scene.bands) bands on \(workers) need",
            needed: bytes * threads / (Pansharpening.cacheShare - 1) * Pansharpening.cacheShare,
            allowed: options.memoryBytes,
            remedy: threads == 1 ? "Allow more with --memory." : "Allow more with --memory, or use fewer --threads.")
    }
}
