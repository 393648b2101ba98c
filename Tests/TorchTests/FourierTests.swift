import Foundation
import Testing
import Torch

@Suite("Fourier transforms") struct FourierTests {
    /// Real and imaginary parts of the transform by its definition.
    func transform(_ numbers: [Double]) -> (real: [Double], imaginary: [Double]) {
        let n = numbers.count
        let angles = (0..<n).map { k in (0..<n).map { j in -2 * Double.pi * Double(j * k) / Double(n) } }
        return (
            angles.map { row in zip(row, numbers).map { cos($0) * $1 }.reduce(0, +) },
            angles.map { row in zip(row, numbers).map { sin($0) * $1 }.reduce(0, +) }
        )
    }

    @Test("agree with the definition, complex and real", arguments: [1, 2, 7, 12])
    func definition(length: Int) {
        let x = noise(length)
        let expected = transform(values(x))
        let full = x.fft()
        #expect(full.dtype == .complex128)
        expectClose(full.realPart(), expected.real)
        expectClose(full.imaginaryPart(), expected.imaginary)
        let half = x.realFFT()
        #expect(half.shape == [length / 2 + 1])
        expectClose(half.imaginaryPart(), [Double](expected.imaginary.prefix(length / 2 + 1)))
        expectClose(half.inverseRealFFT(sizes: [length]), x)
        expectClose(full.inverseFFT().realPart(), x)
        expectClose(full.inverseFFT().imaginaryPart(), Tensor.zeros(like: x))
    }

    @Test("over images and blocks are transforms along each axis")
    func manyAxes() {
        let x = noise(2, 5, 6)
        let image = x.fft(axes: [-2, -1])
        let steps = x.fft(axes: [2]).fft(axes: [1])
        expectClose((image - steps).abs(), Tensor.zeros(like: x))
        expectClose(image.inverseFFT(axes: [-2, -1]).realPart(), x)
        expectClose(x.realFFT(axes: [0, 1, 2]).inverseRealFFT(axes: [0, 1, 2], sizes: [2, 5, 6]), x)
        #expect(x.fft(axes: [1, 2], sizes: [8, 4]).shape == [2, 8, 4])
        expectClose(
            x.fft(axes: [2], sizes: [8]).realPart(), x.padded([0, 2]).fft(axes: [2]).realPart())
    }

    @Test("keep energy and divide as the norm says")
    func norms() {
        let x = noise(10)
        let energy = x.squared().sum().item
        #expect((x.fft(norm: .orthonormal).abs().squared().sum().item - energy).magnitude < 1e-10 * energy)
        expectClose((x.fft() / 10 - x.fft(norm: .forward)).abs(), Tensor.zeros(like: x))
        for norm in [FourierNorm.backward, .orthonormal, .forward] {
            expectClose(x.realFFT(norm: norm).inverseRealFFT(norm: norm), x)
        }
    }

    @Test("turn products into circular convolution")
    func convolutionTheorem() {
        let x = noise(1, 1, 9)
        let kernel = noise(1, 1, 3, seed: 2)
        let product = x.fft() * kernel.fft(sizes: [9])
        let expected = x.padded([2, 0], mode: .circular).conv1d(weight: kernel.flipped(2))
        expectClose(product.inverseFFT().realPart(), expected)
    }

    @Test("shift frequency 0 to the middle and back")
    func shifts() {
        #expect(values(tensor([0, 1, 2, -2, -1]).fftShifted()) == [-2, -1, 0, 1, 2])
        let x = noise(3, 4)
        #expect(x.fftShifted().inverseFFTShifted().isEqual(to: x))
        #expect(x.fftShifted(1).isEqual(to: x.rolled([2], axes: [1])))
        #expect(values(Tensor.fftFrequencies(4, spacing: 0.5, dtype: .float64)) == [0, 0.5, -1, -0.5])
        #expect(values(Tensor.fftFrequencies(4, real: true, dtype: .float64)) == [0, 0.25, 0.5])
    }

    @Test("complex numbers from parts and angles")
    func complexNumbers() {
        let x = Tensor.complex(real: tensor([3, 0]), imaginary: tensor([4, -2]))
        #expect(values(x.abs()) == [5, 2])
        expectClose(x.angle(), [atan2(4, 3), -Double.pi / 2])
        expectClose(x.conjugate().imaginaryPart(), [-4, 2])
        expectClose((x * x.conjugate()).realPart(), [25, 4])
        let polar = Tensor.polar(magnitude: x.abs(), angle: x.angle())
        expectClose(polar.realPart(), [3, 0])
        expectClose(polar.imaginaryPart(), [4, -2])
        #expect(throws: TorchError.self) { try withTorchErrors { _ = tensor([1]).imaginaryPart() } }
    }
}
