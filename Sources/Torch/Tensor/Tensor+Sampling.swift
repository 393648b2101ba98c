import CTorch

/// How values between samples are found.
public enum InterpolationMode: String, Sendable, Hashable, Codable, CaseIterable {
    /// The sample at ⌊i / scale⌋: what PyTorch and older OpenCV call nearest.
    case nearest
    /// The sample whose centre is nearest, as in Pillow and scikit-image.
    case nearestExact
    /// Linear along each spatial axis: linear, bilinear or trilinear.
    case bilinear
    /// Keys' cubic convolution, a = −0.75 (with antialiasing: −0.5), along both axes of an image.
    case bicubic

    var code: fk_interpolation {
        switch self {
        case .nearest: FK_NEAREST
        case .nearestExact: FK_NEAREST_EXACT
        case .bilinear: FK_BILINEAR
        case .bicubic: FK_BICUBIC
        }
    }
}

/// What lies outside of a tensor that is padded.
public enum PaddingMode: Sendable, Hashable {
    /// One value.
    case constant(Double)
    /// The mirror image without the edge: c b | a b c | b a.
    case reflect
    /// The nearest edge: a a | a b c | c c.
    case replicate
    /// The other end: b c | a b c | a b.
    case circular

    /// The value 0.
    public static let zeros = PaddingMode.constant(0)

    var code: fk_padding_mode {
        switch self {
        case .constant: FK_PAD_CONSTANT
        case .reflect: FK_PAD_REFLECT
        case .replicate: FK_PAD_REPLICATE
        case .circular: FK_PAD_CIRCULAR
        }
    }
}

/// What ``Tensor/gridSampled(_:mode:padding:alignCorners:)`` finds outside of the image.
public enum GridPadding: String, Sendable, Hashable, Codable {
    /// Zeros, the nearest edge, or the mirror image.
    case zeros, border, reflection

    var code: fk_grid_padding {
        switch self {
        case .zeros: FK_GRID_ZEROS
        case .border: FK_GRID_BORDER
        case .reflection: FK_GRID_REFLECTION
        }
    }
}

extension Tensor {
    /// The tensor with borders around its last axes.
    ///
    /// - Parameters:
    ///   - amounts: how much before and after the last axis, then the one before it, …: `[left, right, top, bottom]`.
    ///     Negative amounts cut off. `.reflect` takes less than an axis' size, `.circular` at most that; both and
    ///     `.replicate` need one or two axes before the padded ones.
    public func padded(_ amounts: [Int], mode: PaddingMode = .zeros) -> Tensor {
        var value = 0.0
        if case .constant(let number) = mode { value = number }
        return Tensor(taking: fk_pad(pointer, amounts.int64s, Int32(amounts.count), mode.code, value))
    }

    /// The tensor with the same border before and after the last axis.
    public func padded1d(_ amount: Int, mode: PaddingMode = .zeros) -> Tensor { padded([amount, amount], mode: mode) }

    /// The tensor with the same border before and after each of the last two axes.
    public func padded2d(_ amounts: Size2, mode: PaddingMode = .zeros) -> Tensor {
        padded([amounts.width, amounts.width, amounts.height, amounts.height], mode: mode)
    }

    /// The tensor with the same border before and after each of the last three axes.
    public func padded3d(_ amounts: Size3, mode: PaddingMode = .zeros) -> Tensor {
        padded(
            [amounts.width, amounts.width, amounts.height, amounts.height, amounts.depth, amounts.depth], mode: mode)
    }

    /// Resized to a size.
    ///
    /// - Parameters:
    ///   - sizes: of the spatial axes of (B, C, L), (B, C, H, W) or (B, C, D, H, W).
    ///   - alignCorners: whether the centres of the corner elements are the same before and after; otherwise their
    ///     outer edges are. For bilinear and bicubic.
    ///   - antialias: whether a wider kernel is used to make an image smaller. For bilinear and bicubic.
    public func interpolated(
        to sizes: [Int], mode: InterpolationMode = .nearest, alignCorners: Bool = false, antialias: Bool = false
    ) -> Tensor {
        Tensor(
            taking: fk_interpolate(
                pointer, sizes.int64s, nil, Int32(sizes.count), mode.code, alignCorners, antialias))
    }

    /// Resized by a factor along each spatial axis, to ⌊n · factor⌋.
    ///
    /// - Parameters:
    ///   - factors: one for each spatial axis.
    ///   - recomputingFactors: where n · factor is not an integer, whether places are computed from the two sizes
    ///     (PyTorch's `recompute_scale_factor=True`, the same as ``interpolated(to:mode:alignCorners:antialias:)``),
    ///     not from the factor itself.
    public func interpolated(
        by factors: [Double], mode: InterpolationMode = .nearest, alignCorners: Bool = false, antialias: Bool = false,
        recomputingFactors: Bool = false
    ) -> Tensor {
        if recomputingFactors, factors.count + 2 == rank, factors.allSatisfy({ $0.isFinite && $0.magnitude < 1e6 }) {
            let sizes = zip(shape.dropFirst(2), factors).map { Int((Double($0) * $1).rounded(.down)) }
            return interpolated(to: sizes, mode: mode, alignCorners: alignCorners, antialias: antialias)
        }
        return Tensor(
            taking: fk_interpolate(
                pointer, nil, factors, Int32(factors.count), mode.code, alignCorners, antialias))
    }

    /// Resized by the same factor along all spatial axes, otherwise as by one factor for each.
    public func interpolated(
        by factor: Double, mode: InterpolationMode = .nearest, alignCorners: Bool = false, antialias: Bool = false,
        recomputingFactors: Bool = false
    ) -> Tensor {
        interpolated(
            by: [Double](repeating: factor, count: Swift.max(0, rank - 2)), mode: mode, alignCorners: alignCorners,
            antialias: antialias, recomputingFactors: recomputingFactors)
    }

    /// Values at given places of an image (B, C, H, W), or of a volume (B, C, D, H, W).
    ///
    /// - Parameters:
    ///   - grid: (B, H', W', 2), places as (x, y), where −1 and 1 are the ends of an axis; (B, D', H', W', 3) as
    ///     (x, y, z) for a volume.
    ///   - alignCorners: whether the ends are the centres of the outermost elements, or their outer edges.
    /// - Returns: (B, C, H', W') or (B, C, D', H', W').
    public func gridSampled(
        _ grid: Tensor, mode: InterpolationMode = .bilinear, padding: GridPadding = .zeros, alignCorners: Bool = false
    ) -> Tensor {
        Tensor(taking: fk_grid_sample(pointer, grid.pointer, mode.code, padding.code, alignCorners))
    }

    /// The grid for ``gridSampled(_:mode:padding:alignCorners:)`` that affine maps make.
    ///
    /// - Parameters:
    ///   - matrices: (B, 2, 3), from output to input places; (B, 3, 4) for volumes.
    ///   - size: of the image to be made, (B, C, H', W') or (B, C, D', H', W').
    public static func affineGrid(_ matrices: Tensor, size: [Int], alignCorners: Bool = false) -> Tensor {
        Tensor(taking: fk_affine_grid(matrices.pointer, size.int64s, Int32(size.count), alignCorners))
    }

    /// Windows of an image (B, C, H, W) as columns: (B, C · kh · kw, number of windows), PyTorch's unfold (im2col).
    public func unfolded(_ kernel: Size2, stride: Size2 = 1, padding: Size2 = 0, dilation: Size2 = 1) -> Tensor {
        Tensor(
            taking: fk_unfold(pointer, kernel.int64s, dilation.int64s, padding.int64s, stride.int64s))
    }

    /// Columns (B, C · kh · kw, number of windows) summed where their windows lie in an image: (B, C, height, width),
    /// the adjoint of ``unfolded(_:stride:padding:dilation:)``.
    public func folded(
        to size: Size2, kernel: Size2, stride: Size2 = 1, padding: Size2 = 0, dilation: Size2 = 1
    ) -> Tensor {
        Tensor(
            taking: fk_fold(
                pointer, size.int64s, kernel.int64s, dilation.int64s, padding.int64s, stride.int64s))
    }

    /// Channels moved into space: (…, C · f², H, W) to (…, C, H · f, W · f).
    public func pixelShuffled(_ factor: Int) -> Tensor { Tensor(taking: fk_pixel_shuffle(pointer, Int64(factor))) }

    /// Space moved into channels: (…, C, H · f, W · f) to (…, C · f², H, W).
    public func pixelUnshuffled(_ factor: Int) -> Tensor { Tensor(taking: fk_pixel_unshuffle(pointer, Int64(factor))) }

    /// Channels of (B, C, …) read as (groups, C / groups) and written as (C / groups, groups).
    public func channelShuffled(groups: Int) -> Tensor { Tensor(taking: fk_channel_shuffle(pointer, Int64(groups))) }
}
