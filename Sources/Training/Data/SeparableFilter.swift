import Foundation
import Torch

/// Filters of few taps along rows and columns, the same for all bands; beyond the edges the outermost value goes on.
enum SeparableFilter {
    /// Every band by taps that are brought to a sum of 1.
    ///
    /// - Parameters:
    ///   - image: (N, B, H, W).
    ///   - rows: an odd number of taps down the columns; the middle one is for the pixel itself.
    ///   - columns: as many along the rows.
    static func apply(_ image: Tensor, rows: [Double], columns: [Double]) -> Tensor {
        let bands = image.size(1)
        func kernel(_ taps: [Double], _ shape: [Int]) -> Tensor {
            let sum = taps.reduce(0, +)
            return Tensor(taps.map { Float($0 / sum) }, shape: shape).to(image.device)
                .expanded([bands] + shape.dropFirst()).contiguous()
        }
        let (down, across) = (rows.count / 2, columns.count / 2)
        return image.padded([across, across, down, down], mode: .replicate)
            .conv2d(weight: kernel(rows, [1, 1, rows.count, 1]), groups: bands)
            .conv2d(weight: kernel(columns, [1, 1, 1, columns.count]), groups: bands)
    }

    /// The image as it would be seen by pixels that lie further down and right (Lanczos interpolation of six samples).
    static func moved(_ image: Tensor, rows: Double, columns: Double) -> Tensor {
        let reach = 3 + Int(max(abs(rows), abs(columns)).rounded(.up))
        func taps(_ shift: Double) -> [Double] {
            (-reach...reach).map { place in
                let x = Double(place) - shift
                if x == 0 { return 1 }
                return abs(x) < 3 ? 3 * sin(.pi * x) * sin(.pi * x / 3) / (.pi * .pi * x * x) : 0
            }
        }
        return apply(image, rows: taps(rows), columns: taps(columns))
    }
}
