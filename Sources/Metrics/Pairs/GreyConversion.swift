import Foundation
import Sensors

/// How a colour picture of 8 bits becomes grey before it is measured. The ways differ by one level at some pixels.
public enum GreyConversion: String, Sendable, Hashable, CaseIterable {
    /// 0.299 R + 0.587 G + 0.114 B in single precision, rounded to the nearest level, half to even: MMIF-CDDFuse.
    case float
    /// OpenCV's integer arithmetic, 15 bits.
    case integer
    /// MATLAB's rgb2gray, rounded half up.
    case matlab

    /// The grey levels.
    ///
    /// - Parameter image: (C, H, W), whole numbers 0…255. One band is grey already; of three or more, the first three are red,
    ///   green and blue; of two, the second is opacity and is left out, as a fourth is.
    /// - Returns: (1, H, W), whole numbers 0…255.
    public func grey(of image: Image) -> Image {
        guard image.bands >= 3 else { return image.bands == 1 ? image : image.band(0) }
        let pixels = image.pixels
        let values = (0..<pixels).map { pixel in
            level(image.values[pixel], image.values[pixels + pixel], image.values[2 * pixels + pixel])
        }
        return Image(bands: 1, height: image.height, width: image.width, values: values)
    }

    private func level(_ red: Double, _ green: Double, _ blue: Double) -> Double {
        switch self {
        case .float:
            // Quirk: products are fused with sums in this order, as OpenCV's vector code does; golden.json, MRI_PET/PET/20.
            let sum = (Float(green) * 0.587).addingProduct(Float(red), 0.299).addingProduct(Float(blue), 0.114)
            return Double(sum.rounded(.toNearestOrEven))
        case .integer:
            let sum = Int(red) * 9798 + Int(green) * 19235 + Int(blue) * 3735
            return Double((sum + 16384) >> 15)
        case .matlab:
            return (0.298936021293775 * red + 0.587043074451121 * green + 0.114020904255103 * blue + 0.5).rounded(.down)
        }
    }
}
