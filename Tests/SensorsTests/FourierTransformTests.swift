import Foundation
import Sensors
import Testing

@Suite("Fourier transform") struct FourierTransformTests {
    private func noise(_ count: Int, seed: Double) -> [Double] {
        (0..<count).map { sin(Double($0) * 12.9898 + seed) * 43758.5453 }.map { $0 - $0.rounded(.down) - 0.5 }
    }

    /// The definition, term by term.
    private func direct(_ real: [Double], _ imaginary: [Double]) -> (real: [Double], imaginary: [Double]) {
        let count = real.count
        var result = (real: real, imaginary: imaginary)
        for k in 0..<count {
            var (a, b) = (0.0, 0.0)
            for j in 0..<count {
                let angle = -2 * Double.pi * Double(j * k % count) / Double(count)
                a += real[j] * cos(angle) - imaginary[j] * sin(angle)
                b += real[j] * sin(angle) + imaginary[j] * cos(angle)
            }
            (result.real[k], result.imaginary[k]) = (a, b)
        }
        return result
    }

    private func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).map { abs($0 - $1) }.max() ?? .infinity
    }

    @Test(
        "is the sum of its definition at every length, prime or not", arguments: Array(1...130) + [256, 360, 961, 1009])
    func definition(count: Int) {
        let (real, imaginary) = (noise(count, seed: 1), noise(count, seed: 2))
        let expected = direct(real, imaginary)
        var found = (real: real, imaginary: imaginary)
        let transform = FourierTransform(count: count)
        transform.forward(real: &found.real, imaginary: &found.imaginary)
        #expect(largestDifference(found.real, expected.real) < 2e-13 * Double(count).squareRoot() + 1e-13)
        #expect(largestDifference(found.imaginary, expected.imaginary) < 2e-13 * Double(count).squareRoot() + 1e-13)
        transform.inverse(real: &found.real, imaginary: &found.imaginary)
        #expect(largestDifference(found.real, real) < 1e-14 * Double(count).squareRoot())
        #expect(largestDifference(found.imaginary, imaginary) < 1e-14 * Double(count).squareRoot())
    }

    @Test("of a plane is that of its rows, then of its columns", arguments: [1, 2, 5, 12, 37], [1, 2, 7, 16, 33, 41])
    func plane(height: Int, width: Int) {
        let (real, imaginary) = (noise(height * width, seed: 3), noise(height * width, seed: 4))
        var expected = (real: real, imaginary: imaginary)
        for row in 0..<height {
            let range = row * width..<(row + 1) * width
            let line = direct(Array(expected.real[range]), Array(expected.imaginary[range]))
            expected.real.replaceSubrange(range, with: line.real)
            expected.imaginary.replaceSubrange(range, with: line.imaginary)
        }
        for column in 0..<width {
            let places = (0..<height).map { $0 * width + column }
            let line = direct(places.map { expected.real[$0] }, places.map { expected.imaginary[$0] })
            for (index, place) in places.enumerated() {
                (expected.real[place], expected.imaginary[place]) = (line.real[index], line.imaginary[index])
            }
        }
        let found = FourierSpectrum(real: real, imaginary: imaginary, height: height, width: width)
        #expect(largestDifference(found.real, expected.real) < 1e-11)
        #expect(largestDifference(found.imaginary, expected.imaginary) < 1e-11)
        let back = found.inverse()
        #expect(largestDifference(back.real, real) < 1e-13)
        #expect(largestDifference(back.imaginary, imaginary) < 1e-13)
    }

    @Test(
        "of a real plane is that of the complex plane without imaginary part", arguments: [1, 2, 5, 12],
        [1, 2, 7, 16, 41])
    func realPlane(height: Int, width: Int) {
        let plane = noise(height * width, seed: 5)
        let expected = FourierSpectrum(
            real: plane, imaginary: [Double](repeating: 0, count: plane.count), height: height, width: width)
        let found = FourierSpectrum(plane, height: height, width: width)
        #expect(largestDifference(found.real, expected.real) < 1e-12)
        #expect(largestDifference(found.imaginary, expected.imaginary) < 1e-12)
    }

    @Test(
        "keeps energy at lengths of large primes and of real pictures",
        arguments: [(1021, 3), (768, 1024), (1999, 2)])
    func energy(size: (height: Int, width: Int)) {
        let plane = noise(size.height * size.width, seed: 6)
        let spectrum = FourierSpectrum(plane, height: size.height, width: size.width)
        let energy = plane.reduce(0) { $0 + $1 * $1 }
        let power = zip(spectrum.real, spectrum.imaginary).reduce(0) { $0 + $1.0 * $1.0 + $1.1 * $1.1 }
        #expect(abs(power / Double(plane.count) - energy) < 1e-10 * energy)
    }

    @Test(
        "numbers frequencies from 0 up, then the negative ones",
        arguments: [(5, [0, 1, 2, -2, -1]), (4, [0, 1, -2, -1])])
    func frequencies(count: Int, expected: [Int]) {
        #expect((0..<count).map { FourierSpectrum.frequency($0, count: count) } == expected)
    }
}
