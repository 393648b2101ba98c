import Raster
import Sensors

extension PairFusion {
    /// The brightness of a whole image, and which of its pixels are known; nil where all are.
    struct Fused {
        var values: [Float]
        var valid: [UInt8]?
    }

    func fusedLuma(
        _ cancellation: Cancellation, _ progress: @Sendable (Progress) -> Void
    ) throws -> (fused: Fused, tileSide: Int?) {
        let (height, width) = size
        let whole = Window(width: width, height: height)
        let held = saturatingProduct(whole.pixelCount, 2 * MemoryLayout<Float>.size)
        let allowed = options.memoryBytes - min(held, options.memoryBytes)
        func bytes(_ side: Int) -> Int { (side + 2 * fuser.context) * (side + 2 * fuser.context) * fuser.bytesPerPixel }
        let sides = [4096, 2048, 1024, 768, 512, 384, 256, 128]
        if let side = options.workingSide { return (try fusedSmall(side, whole), nil) }
        if saturatingProduct(whole.pixelCount, fuser.bytesPerPixel) <= allowed {
            let (a, b) = (try first.luma(whole), try second.luma(whole))
            try cancellation.check()
            let values = try fuser.fuse(a.values, b.values, height: height, width: width)
            progress(Progress(stage: "fusing", done: whole.pixelCount, total: whole.pixelCount))
            return (Fused(values: values, valid: Self.both(a.valid, b.valid)), nil)
        }
        guard let side = sides.first(where: { bytes($0) <= allowed }) else {
            throw SceneError.memory(
                "An image of \(width) × \(height) pixels needs", needed: held + bytes(128),
                allowed: options.memoryBytes)
        }
        return (try fusedTiles(side, whole, cancellation, progress), side)
    }

    /// Both images at the size that the authors' program works at, and the result back at theirs.
    private func fusedSmall(_ side: Int, _ whole: Window) throws -> Fused {
        let (a, b) = (try first.luma(whole), try second.luma(whole))
        func resized(_ luma: [Float]) -> [Float] {
            let bytes = ByteImage(
                bands: 1, height: whole.height, width: whole.width, values: luma.map { UInt8($0 * 255 + 0.5) })
            return AntialiasedBicubic.resize(bytes, height: side, width: side).values.map { Float($0) / 255 }
        }
        let fused = try fuser.fuse(resized(a.values), resized(b.values), height: side, width: side)
        var stretch = UnitStretch()
        stretch.include(fused)
        let bytes = ByteImage(bands: 1, height: side, width: side, values: fused.map(stretch.byte))
            .resizedBilinearly(height: whole.height, width: whole.width)
        return Fused(values: bytes.values.map { Float($0) / 255 }, valid: Self.both(a.valid, b.valid))
    }

    /// Part by part, blended.
    private func fusedTiles(
        _ side: Int, _ whole: Window, _ cancellation: Cancellation, _ progress: @Sendable (Progress) -> Void
    ) throws -> Fused {
        var fused = Fused(values: [Float](repeating: 0, count: whole.pixelCount))
        var blend = TileBlend(scene: whole, side: side, overlap: fuser.context / 2, bands: 1)
        var done = 0
        for tile in blend.tiles {
            try cancellation.check()
            // Parts begin where the method's own grid does.
            let unit = fuser.sizeMultiple
            let wide = tile.area.expanded(by: fuser.context / 2)
            let area = Window(
                columns: max(0, wide.column) / unit * unit..<min(whole.width, wide.column + wide.width),
                rows: max(0, wide.row) / unit * unit..<min(whole.height, wide.row + wide.height))
            let (a, b) = (try first.luma(area), try second.luma(area))
            let values = try fuser.fuse(a.values, b.values, height: area.height, width: area.width)
            let final = blend.add(tile, values.part(tile.area, of: area))
            for (index, row) in final.window.rows.enumerated() {
                let start = row * whole.width + final.window.column
                let line = final.pixels[index * final.window.width..<(index + 1) * final.window.width]
                fused.values.replaceSubrange(start..<start + final.window.width, with: line)
            }
            if let valid = Self.both(a.valid, b.valid) {
                var all = fused.valid ?? [UInt8](repeating: 1, count: whole.pixelCount)
                for (index, row) in area.rows.enumerated() {
                    let start = row * whole.width + area.column
                    all.replaceSubrange(
                        start..<start + area.width, with: valid[index * area.width..<(index + 1) * area.width])
                }
                fused.valid = all
            }
            done += final.window.pixelCount
            progress(Progress(stage: "fusing", done: done, total: whole.pixelCount))
        }
        return fused
    }

    /// Pixels that are known in both images.
    private static func both(_ first: [UInt8]?, _ second: [UInt8]?) -> [UInt8]? {
        guard let first, let second else { return first ?? second }
        return zip(first, second).map { $0 & $1 }
    }
}
