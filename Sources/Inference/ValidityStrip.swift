import Raster

/// Which pixels are known, of tiles whose pixels are not final yet.
struct ValidityStrip {
    private let scene: Window
    private var pending: [(area: Window, valid: [UInt8]?)] = []

    init(scene: Window) { self.scene = scene }

    /// Takes what is known of a tile's area (nil: all of it).
    mutating func add(_ valid: [UInt8]?, _ area: Window) { pending.append((area, valid)) }

    /// What is known of a window that tiles added so far cover; nil when all of it is.
    mutating func take(_ window: Window) -> [UInt8]? {
        var result: [UInt8]?
        for (area, valid) in pending {
            let shared = area.intersection(window)
            guard let valid, !shared.isEmpty else { continue }
            if result == nil { result = [UInt8](repeating: 1, count: window.pixelCount) }
            for row in shared.rows {
                for column in shared.columns {
                    result?[(row - window.row) * window.width + column - window.column] =
                        valid[(row - area.row) * area.width + column - area.column]
                }
            }
        }
        // A tile matters until the row of tiles below it has been written.
        pending.removeAll { $0.area.row + $0.area.height <= window.row }
        return result
    }
}
