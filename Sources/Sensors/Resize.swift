import Foundation

/// Change of size by interpolation with MATLAB's `imresize` definition.
///
/// Output i of an axis has the source coordinate (i + ½)/s − ½, its size is ⌈n·s⌉. When reducing, the kernel is stretched by
/// 1/s and its weights normalised, which keeps high frequencies from folding back. Border: symmetric.
public enum Resize {
    /// The interpolating function.
    public enum Kernel: Sendable {
        /// Cubic convolution (Keys 1981, a = −0.5), support 4.
        case bicubic
        /// The triangle, support 2.
        case bilinear

        /// Width of the support.
        var width: Double {
            switch self {
            case .bicubic: 4
            case .bilinear: 2
            }
        }

        /// The weight of a sample at a distance.
        func weight(_ distance: Double) -> Double {
            switch self {
            case .bicubic: Self.bicubic(distance)
            case .bilinear: max(0, 1 - abs(distance))
            }
        }

        /// Cubic convolution at a distance.
        static func bicubic(_ distance: Double) -> Double {
            let x = abs(distance)
            if x <= 1 { return (1.5 * x - 2.5) * x * x + 1 }
            if x < 2 { return ((-0.5 * x + 2.5) * x - 4) * x + 2 }
            return 0
        }
    }

    /// An image enlarged by a whole factor.
    ///
    /// - Parameter image: (C, H, W).
    /// - Returns: (C, factor·H, factor·W).
    public static func enlarge(_ image: Image, by factor: Int, kernel: Kernel) -> Image {
        apply(to: image, scale: Double(factor), kernel: kernel)
    }

    /// An image reduced by a whole factor, with antialiasing.
    ///
    /// - Parameter image: (C, H, W).
    /// - Returns: (C, ⌈H/factor⌉, ⌈W/factor⌉).
    public static func reduce(_ image: Image, by factor: Int, kernel: Kernel) -> Image {
        apply(to: image, scale: 1 / Double(factor), kernel: kernel)
    }

    /// A part of a scene reduced by a whole factor, with antialiasing; the same bits as of the whole.
    ///
    /// - Parameters:
    ///   - window: pixels of the scene, at least ``reductionHalo(by:)`` more on each side than those of the outputs.
    ///   - rows: output rows.
    ///   - columns: output columns.
    package static func reduce(
        _ window: SceneWindow, by factor: Int, kernel: Kernel, rows: Range<Int>, columns: Range<Int>
    ) -> Image {
        let scale = 1 / Double(factor)
        return AxisOperator.apply(
            rows: operation(count: window.sceneHeight, scale: scale, kernel: kernel, outputs: rows),
            columns: operation(count: window.sceneWidth, scale: scale, kernel: kernel, outputs: columns),
            to: window, border: .symmetric)
    }

    /// Pixels beyond those that an output stands for which ``reduce(_:by:kernel:rows:columns:)`` may read.
    package static func reductionHalo(by factor: Int) -> Int { 3 * factor }

    private static func apply(to image: Image, scale: Double, kernel: Kernel) -> Image {
        AxisOperator.apply(
            rows: operation(count: image.height, scale: scale, kernel: kernel),
            columns: operation(count: image.width, scale: scale, kernel: kernel),
            to: SceneWindow(whole: image), border: .symmetric)
    }

    private static func operation(
        count: Int, scale: Double, kernel: Kernel, outputs range: Range<Int>? = nil
    ) -> AxisOperator {
        let stretch = min(scale, 1)
        let width = kernel.width / stretch
        var weights: [[Double]] = []
        var outputs: [AxisOperator.Output] = []
        // n·s of a size that is a multiple of 1/s is a whole number that rounding must not lift to the next.
        let size = Int((Double(count) * scale - 1e-9).rounded(.up))
        for index in range ?? 0..<size {
            let position = (Double(index) + 0.5) / scale - 0.5
            let first = Int((position - width / 2).rounded(.down))
            let taps = (first...first + Int(width.rounded(.up)) + 1).map {
                kernel.weight((position - Double($0)) * stretch)
            }
            let sum = taps.reduce(0, +)
            outputs.append(.init(first: first, weights: weights.count))
            weights.append(taps.map { $0 / sum })
        }
        return AxisOperator(weights: weights, outputs: outputs)
    }
}
