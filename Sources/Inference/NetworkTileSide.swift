import Raster

extension Pansharpening.Options {
    /// The side of the largest tile of a network that fits into the memory.
    ///
    /// - Parameters:
    ///   - bytesPerPixel: of a tile with all that is around it.
    ///   - halo: pixels that a tile reads beyond its own, both sides together.
    ///   - overlap: pixels to which a tile contributes beyond its own, on each side; strips of them wait for the next tiles.
    ///   - scene: the whole output.
    /// - Throws: ``SceneError`` where even the smallest does not fit.
    func networkTileSide(bytesPerPixel: Int, halo: Int, overlap: Int, scene: Window, bands: Int) throws -> Int {
        let strips = 2 * 2 * overlap * scene.width * bands * MemoryLayout<Float>.stride
        let allowed = memoryBytes - memoryBytes / Pansharpening.cacheShare
        func bytes(_ side: Int) -> Int {
            (min(side, scene.width) + halo) * (min(side, scene.height) + halo) * bytesPerPixel
                + (side < scene.height ? strips : 0)
        }
        if let side = [512, 384, 256, 192, 128, 96, 64].first(where: { bytes($0) <= allowed }) { return side }
        let needed = bytes(64) * Pansharpening.cacheShare / (Pansharpening.cacheShare - 1)
        throw SceneError.memory(
            "Tiles of 64 × 64 pixels with \(bands) bands need", needed: needed, allowed: memoryBytes)
    }
}
