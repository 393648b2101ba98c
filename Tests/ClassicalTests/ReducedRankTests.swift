import Classical
import Foundation
import Sensors
import Testing

@Suite("Reduced rank") struct ReducedRankTests {
    @Test("fuses a scene read in blocks, and pixels that do not count change nothing")
    func reading() throws {
        let ms = texture(bands: 3, height: 16, width: 70)
        var pan = texture(bands: 1, height: 64, width: 280)
        var isValid = [Bool](repeating: true, count: pan.pixels)
        for row in 0..<64 { for column in 100..<180 { isValid[row * 280 + column] = false } }
        func left() throws -> Image {
            try RR().sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4, isValid: isValid)
                .cropped(rows: 0..<64, columns: 0..<90)
        }
        let before = try left()
        for row in 0..<64 { for column in 120..<160 { pan[0, row, column] = 9000 } }
        #expect(try left() == before)
    }

    @Test("a blur that takes every r-th pixel and its adjoint agree, on planes smaller than the taps too")
    func adjoint() {
        var random = SceneRandom(seed: 7)
        for (height, width, step, count) in [(4, 4, 4, 12), (8, 24, 4, 12), (12, 10, 2, 12), (9, 7, 1, 13)] {
            let reduction = CircularReduction(deviation: 2, count: count, step: step, height: height, width: width)
            let plane = (0..<height * width).map { _ in random.normal() }
            let samples = (0..<height * width / (step * step)).map { _ in random.normal() }
            var spread = [Double](repeating: 0, count: plane.count)
            reduction.addAdjoint(of: samples, to: &spread)
            let reduced = reduction.apply(plane)
            let forward = zip(reduced, samples).reduce(0) { $0 + $1.0 * $1.1 }
            let backward = zip(plane, spread).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(forward - backward) < 1e-12)
        }
    }

    @Test("a sample lies in the middle of its r × r pixels")
    func place() {
        let reduction = CircularReduction(deviation: 1.5, count: 12, step: 4, height: 8, width: 40)
        let ramp = (0..<320).map { Double($0 % 40) }
        let samples = reduction.apply(ramp)
        // Column 4 of the coarse grid, far from where the ramp falls back to 0.
        #expect(abs(samples[4] - (4 * 4 + 1.5)) < 1e-12)
    }

    @Test("spectra are found from quadratic functions whose minimum they are, and stay orthonormal", arguments: 0..<4)
    func stiefel(seed: UInt64) {
        var random = SceneRandom(seed: seed)
        let (rows, columns) = (6, 3)
        func orthonormal(near start: [Double], noise: Double) -> Matrix {
            var vectors: [[Double]] = []
            for column in 0..<columns {
                var vector = (0..<rows).map { start[$0 * columns + column] + noise * random.normal() }
                for other in vectors {
                    let product = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for row in 0..<rows { vector[row] -= product * other[row] }
                }
                let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                vectors.append(vector.map { $0 / length })
            }
            return Matrix(
                rows: rows, columns: columns, values: (0..<rows).flatMap { row in vectors.map { $0[row] } })
        }
        let wanted = orthonormal(near: [Double](repeating: 0, count: rows * columns), noise: 1)
        var (grams, targets) = ([[Double]](), [[Double]]())
        for row in 0..<rows {
            let maps = Matrix(
                rows: columns, columns: 40, values: (0..<columns * 40).map { _ in 10 * random.normal() })
            let gram = maps * maps.transposed
            grams.append(gram.values)
            targets.append((gram * Matrix(rows: columns, columns: 1, values: wanted.row(row))).values)
        }
        let start = orthonormal(near: wanted.values, noise: 0.2)
        let found = StiefelDescent(grams: grams, targets: targets).minimum(from: start)
        #expect((zip(found.values, wanted.values).map { abs($0 - $1) }.max() ?? .infinity) < 1e-4)
        let products = found.transposed * found
        for a in 0..<columns {
            for b in 0..<columns { #expect(abs(products[a, b] - (a == b ? 1 : 0)) < 1e-12) }
        }
    }

    @Test(
        "brings back mixtures of few smooth maps, closer than interpolation, for every ratio it takes",
        arguments: [2, 4, 6])
    func recovery(ratio: Int) throws {
        let (height, width) = (32 * ratio, 36 * ratio)
        // Waves of four to eight coarse pixels.
        let scale = 0.7 * Double(ratio)
        func mixed(_ row: Double, _ column: Double, _ band: Int) -> Double {
            let first = sin(row / scale) * cos(column / (1.3 * scale))
            let second = cos((row + column) / (1.5 * scale))
            return 500 + 100 * (Double(band + 1) * first + Double(3 - band) * second) / 3
        }
        var truth = Image(bands: 3, height: height, width: width)
        var pan = Image(bands: 1, height: height, width: width)
        var ms = Image(bands: 3, height: 32, width: 36)
        for row in 0..<height {
            for column in 0..<width {
                for band in 0..<3 {
                    let value = mixed(Double(row), Double(column), band)
                    truth[band, row, column] = value
                    pan[0, row, column] += value / 3
                    ms[band, row / ratio, column / ratio] += value / Double(ratio * ratio)
                }
            }
        }
        func error(_ method: any ClassicalMethod) throws -> Double {
            let fused = try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: ratio)
            // The model goes around at the edges, and these images do not.
            let (rows, columns) = (3 * ratio..<29 * ratio, 3 * ratio..<33 * ratio)
            let wanted = truth.cropped(rows: rows, columns: columns).values
            let found = fused.cropped(rows: rows, columns: columns).values
            return zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let (interpolated, full, fixed) = (try error(EXP()), try error(RR()), try error(RR(fitsSpectra: false)))
        #expect(full < 0.7 * interpolated, "\(full), \(interpolated) interpolated")
        #expect(fixed < 0.7 * interpolated, "\(fixed), \(interpolated) interpolated")
    }
}

extension Matrix {
    fileprivate func row(_ index: Int) -> [Double] { Array(values[index * columns..<(index + 1) * columns]) }
}
