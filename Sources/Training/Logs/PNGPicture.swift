import Raster
import Torch

/// A picture of 8 bits in one or three colours, as a PNG file in memory.
struct PNGPicture {
    let width: Int
    let height: Int
    let colours: Int
    let file: [UInt8]

    /// Images side by side, all stretched from 0…1.
    ///
    /// - Parameter images: (C, H, W) each, of one height; of 5 bands or more the fifth, third and second are shown (red, green
    ///   and blue of WorldView), of three or four the third, second and first, else the first.
    /// - Throws: `RasterError` where there is no memory.
    init(_ images: [Tensor]) throws {
        let bands = images.map { $0.size(0) }.min() ?? 0
        let shown = bands >= 5 ? [4, 2, 1] : bands >= 3 ? [2, 1, 0] : [0]
        let row = Tensor.concatenated(
            images.map { image in .stacked(shown.map { image.narrowed(axis: 0, start: $0, length: 1).squeezed(0) }) },
            axis: 2)
        (colours, height, width) = (shown.count, row.size(1), row.size(2))
        let bytes: [UInt8] = ((row.to(.float32).clamped(0, 1) * 255).rounded().permuted(1, 2, 0)).array()
        let stride = width * colours
        var rows: [UInt8] = []
        rows.reserveCapacity((stride + 1) * height)
        for line in 0..<height { rows += [0] + bytes[line * stride..<(line + 1) * stride] }
        func bigEndian(_ value: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(value).bigEndian) { Array($0) } }
        func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
            let body = Array(name.utf8) + data
            return bigEndian(data.count) + body + bigEndian(Int(Checksum.png(body)))
        }
        let header = bigEndian(width) + bigEndian(height) + [8, colours == 3 ? 2 : 0, 0, 0, 0]
        file =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
            + chunk("IDAT", try Deflate.compress(rows)) + chunk("IEND", [])
    }
}
