import Raster

extension Array {
    /// What lies in a window inside another one, whose pixels these are: (H, W), one value for each pixel.
    func part(_ window: Window, of area: Window) -> [Element] {
        window.rows.flatMap { row in
            let start = (row - area.row) * area.width + window.column - area.column
            return self[start..<start + window.width]
        }
    }
}
