import CTorch

/// By what a Fourier transform and its inverse are divided, n being the number of elements.
public enum FourierNorm: String, Sendable, Hashable, Codable {
    /// The inverse by n.
    case backward
    /// Both by √n.
    case orthonormal
    /// The transform by n.
    case forward

    var code: fk_fourier_norm {
        switch self {
        case .backward: FK_NORM_BACKWARD
        case .orthonormal: FK_NORM_ORTHONORMAL
        case .forward: FK_NORM_FORWARD
        }
    }
}

/// Fourier transforms over any axes; 1-D, 2-D and N-D differ in how many axes are named. `sizes` cut or fill with zeros
/// to that many elements along each axis before the transform.
extension Tensor {
    /// The Fourier transform, Σ x · exp(−2πi·jk/n).
    ///
    /// - Parameter axes: `[-1]` for 1-D, `[-2, -1]` for images.
    public func fft(axes: [Int] = [-1], sizes: [Int]? = nil, norm: FourierNorm = .backward) -> Tensor {
        fourier(FK_FOURIER, axes, sizes, norm)
    }

    /// The inverse of ``fft(axes:sizes:norm:)``; complex.
    public func inverseFFT(axes: [Int] = [-1], sizes: [Int]? = nil, norm: FourierNorm = .backward) -> Tensor {
        fourier(FK_FOURIER_INVERSE, axes, sizes, norm)
    }

    /// The Fourier transform of real numbers: of the last of the axes only the n/2 + 1 elements that determine the
    /// others.
    public func realFFT(axes: [Int] = [-1], sizes: [Int]? = nil, norm: FourierNorm = .backward) -> Tensor {
        fourier(FK_FOURIER_REAL, axes, sizes, norm)
    }

    /// The inverse of ``realFFT(axes:sizes:norm:)``; real.
    ///
    /// - Parameter sizes: of the result; needed for odd sizes, since 2 · (n − 1) is assumed for the last of the axes.
    public func inverseRealFFT(axes: [Int] = [-1], sizes: [Int]? = nil, norm: FourierNorm = .backward) -> Tensor {
        fourier(FK_FOURIER_REAL_INVERSE, axes, sizes, norm)
    }

    private func fourier(_ kind: fk_fourier_kind, _ axes: [Int], _ sizes: [Int]?, _ norm: FourierNorm) -> Tensor {
        precondition(sizes == nil || sizes?.count == axes.count, "one size for each axis of a Fourier transform")
        if let sizes {
            return Tensor(
                taking: fk_fourier(pointer, kind, axes.int64s, sizes.int64s, Int32(axes.count), norm.code))
        }
        return Tensor(taking: fk_fourier(pointer, kind, axes.int64s, nil, Int32(axes.count), norm.code))
    }

    /// Frequency 0 moved from the first place to the middle of each axis; of all axes when none are named.
    public func fftShifted(_ axes: Int...) -> Tensor {
        Tensor(taking: fk_fourier_shift(pointer, axes.int64s, Int32(axes.count), false))
    }

    /// The inverse of ``fftShifted(_:)``.
    public func inverseFFTShifted(_ axes: Int...) -> Tensor {
        Tensor(taking: fk_fourier_shift(pointer, axes.int64s, Int32(axes.count), true))
    }

    /// The frequencies of the elements of ``fft(axes:sizes:norm:)`` of `count` samples, in cycles for each unit of
    /// `spacing`; with `real`, of ``realFFT(axes:sizes:norm:)``.
    public static func fftFrequencies(
        _ count: Int, spacing: Double = 1, real: Bool = false, dtype: DType = .float32, device: Device = .cpu
    ) -> Tensor {
        Tensor(taking: fk_fourier_frequencies(Int64(count), spacing, real, dtype.code, device.code))
    }

    /// Complex numbers from their parts (float32 or float64).
    public static func complex(real: Tensor, imaginary: Tensor) -> Tensor {
        Tensor(taking: fk_complex(real.pointer, imaginary.pointer))
    }

    /// Complex numbers magnitude · exp(i · angle).
    public static func polar(magnitude: Tensor, angle: Tensor) -> Tensor {
        Tensor(taking: fk_polar(magnitude.pointer, angle.pointer))
    }

    /// The real part, a view.
    public func realPart() -> Tensor { Tensor(taking: fk_real(pointer)) }
    /// The imaginary part of a complex tensor, a view.
    public func imaginaryPart() -> Tensor { Tensor(taking: fk_imaginary(pointer)) }
    /// The angle of complex numbers, −π to π; the magnitude is ``abs()``.
    public func angle() -> Tensor { Tensor(taking: fk_angle(pointer)) }
    /// The conjugate of complex numbers.
    public func conjugate() -> Tensor { Tensor(taking: fk_conjugate(pointer)) }
}
