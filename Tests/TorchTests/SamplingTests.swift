import Foundation
import Testing
import Torch

/// Keys' cubic kernel.
private func cubic(_ distance: Double, _ a: Double) -> Double {
    let t = distance.magnitude
    if t <= 1 { return ((a + 2) * t - (a + 3)) * t * t + 1 }
    if t < 2 { return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a }
    return 0
}

/// How much of each of `size` elements goes into each of `result` elements of a resized axis.
private func resizing(
    _ mode: InterpolationMode, from size: Int, to result: Int, align: Bool, antialias: Bool, factor: Double? = nil
) -> [[Double]] {
    let ratio = factor.map { 1 / $0 } ?? Double(size) / Double(result)
    return (0..<result).map { index in
        var weights = [Double](repeating: 0, count: size)
        func add(_ place: Int, _ weight: Double) { weights[min(max(place, 0), size - 1)] += weight }
        let i = Double(index)
        if antialias {
            let width = max(ratio, 1)
            let centre = (i + 0.5) * (align ? Double(size - 1) / Double(result - 1) : ratio)
            let support = (mode == .bilinear ? 1 : 2) * width
            let first = max(Int(centre - support + 0.5), 0)
            let last = min(Int(centre + support + 0.5), size)
            for place in first..<last {
                let t = (Double(place) - centre + 0.5) / width
                weights[place] = mode == .bilinear ? max(0, 1 - t.magnitude) : cubic(t, -0.5)
            }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
        let plain = align ? i * Double(size - 1) / Double(max(result - 1, 1)) : (i + 0.5) * ratio - 0.5
        switch mode {
        case .nearest: add(Int((i * ratio).rounded(.down)), 1)
        case .nearestExact: add(Int(((i + 0.5) * ratio).rounded(.down)), 1)
        case .bilinear:
            let place = max(plain, 0)
            let below = Int(place)
            add(below, 1 - (place - Double(below)))
            add(below + 1, place - Double(below))
        case .bicubic:
            let below = Int(plain.rounded(.down))
            for tap in -1...2 { add(below + tap, cubic(plain - Double(below + tap), -0.75)) }
        }
        return weights
    }
}

@Suite("Resizing against plain loops") struct InterpolationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let mode: InterpolationMode
        let size: [Int]
        var align = false
        var antialias = false
        var testDescription: String { "\(mode) to \(size)\(align ? ", aligned" : "")\(antialias ? ", antialias" : "")" }
    }

    static let cases: [Case] = InterpolationMode.allCases.flatMap { mode -> [Case] in
        var cases = [Case(mode: mode, size: [15, 13]), Case(mode: mode, size: [3, 5])]
        if mode == .bilinear || mode == .bicubic {
            cases += [[15, 13], [3, 5]].map { Case(mode: mode, size: $0, align: true) }
            cases += [[15, 13], [3, 5]].map { Case(mode: mode, size: $0, antialias: true) }
        }
        return cases
    }

    func resized(_ x: Tensor, _ rows: [[Double]], _ columns: [[Double]]) -> Tensor {
        let left = Tensor(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
        let right = Tensor(columns.flatMap { $0 }, shape: [columns.count, columns[0].count])
        return left.matmul(x).matmul(right.transposed(0, 1))
    }

    @Test("to a size", arguments: cases)
    func toSize(_ item: Case) {
        let x = noise(2, 3, 6, 9)
        let matrices = [0, 1].map {
            resizing(item.mode, from: [6, 9][$0], to: item.size[$0], align: item.align, antialias: item.antialias)
        }
        expectClose(
            x.interpolated(to: item.size, mode: item.mode, alignCorners: item.align, antialias: item.antialias),
            resized(x, matrices[0], matrices[1]))
    }

    @Test("by a factor that gives no integer size, from the factor itself or from the sizes")
    func byFactor() {
        let x = noise(1, 2, 7, 7)
        for mode in [InterpolationMode.nearest, .nearestExact, .bilinear, .bicubic] {
            let byFactor = resizing(mode, from: 7, to: 10, align: false, antialias: false, factor: 1.5)
            expectClose(x.interpolated(by: 1.5, mode: mode), resized(x, byFactor, byFactor), "\(mode)")
            let bySize = resizing(mode, from: 7, to: 10, align: false, antialias: false)
            expectClose(
                x.interpolated(by: 1.5, mode: mode, recomputingFactors: true), resized(x, bySize, bySize), "\(mode)")
        }
        #expect(x.interpolated(by: [2, 0.5]).shape == [1, 2, 14, 3])
    }

    @Test("lines and volumes")
    func otherRanks() {
        let line = tensor([1, 3], 1, 1, 2)
        #expect(values(line.interpolated(to: [4])) == [1, 1, 3, 3])
        #expect(values(line.interpolated(to: [4], mode: .nearestExact)) == [1, 1, 3, 3])
        expectClose(line.interpolated(to: [4], mode: .bilinear), [1, 1.5, 2.5, 3])
        expectClose(line.interpolated(to: [3], mode: .bilinear, alignCorners: true), [1, 2, 3])
        let volume = noise(1, 1, 2, 3, 4)
        #expect(volume.interpolated(by: 2).shape == [1, 1, 4, 6, 8])
        #expect(volume.interpolated(to: [2, 3, 4], mode: .nearestExact).isEqual(to: volume))
        expectClose(volume.interpolated(to: [2, 3, 4], mode: .bilinear), volume)
    }

    @Test("what a mode does not know is an error")
    func misuse() {
        let x = noise(1, 1, 4, 4)
        for body in [
            { _ = x.interpolated(to: [8, 8], mode: .nearest, alignCorners: true) },
            { _ = x.interpolated(to: [8, 8], mode: .nearest, antialias: true) },
            { _ = x.interpolated(to: [8], mode: .bilinear) },
            { _ = noise(1, 1, 4).interpolated(to: [8], mode: .bicubic) },
            { _ = x.interpolated(to: [0, 8]) },
            { _ = x.interpolated(by: [2, 2, 2], recomputingFactors: true) },
        ] {
            let error = #expect(throws: TorchError.self) { try withTorchErrors(body) }
            #expect(error?.message.hasPrefix("interpolate(") == true)
        }
    }
}

@Suite("Windows and rearrangements") struct RearrangementTests {
    @Test("padding of every mode")
    func padding() {
        let x = tensor([1, 2, 3], 1, 1, 3)
        #expect(values(x.padded([2, 1])) == [0, 0, 1, 2, 3, 0])
        #expect(values(x.padded([2, 1], mode: .constant(7))) == [7, 7, 1, 2, 3, 7])
        #expect(values(x.padded([2, 1], mode: .reflect)) == [3, 2, 1, 2, 3, 2])
        #expect(values(x.padded([2, 1], mode: .replicate)) == [1, 1, 1, 2, 3, 3])
        #expect(values(x.padded([2, 1], mode: .circular)) == [2, 3, 1, 2, 3, 1])
        #expect(values(x.padded([-1, 0])) == [2, 3] && x.padded1d(2).shape == [1, 1, 7])
        let image = tensor([1, 2, 3, 4], 1, 1, 2, 2)
        #expect(values(image.padded([1, 0, 0, 1], mode: .reflect)) == [2, 1, 2, 4, 3, 4, 2, 1, 2])
        #expect(values(image.padded([1, 0, 0, 1], mode: .replicate)) == [1, 1, 2, 3, 3, 4, 3, 3, 4])
        #expect(values(image.padded([1, 0, 0, 1], mode: .circular)) == [2, 1, 2, 4, 3, 4, 2, 1, 2])
        #expect(image.padded2d(Size2(1, 2)).shape == [1, 1, 4, 6])
        let volume = noise(1, 1, 2, 3, 4)
        for mode in [PaddingMode.zeros, .reflect, .replicate, .circular] {
            let padded = volume.padded3d(Size3(1, 2, 3), mode: mode)
            #expect(padded.shape == [1, 1, 4, 7, 10])
            expectClose(padded[0, 0, 1..<3, 2..<5, 3..<7], volume[0, 0])
        }
        #expect(throws: TorchError.self) { try withTorchErrors { _ = x.padded([3, 0], mode: .reflect) } }
    }

    @Test("unfolding and folding")
    func unfolding() {
        let x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 1, 3, 3)
        let columns = x.unfolded(2)
        expectClose(columns, [1, 2, 4, 5, 2, 3, 5, 6, 4, 5, 7, 8, 5, 6, 8, 9], shape: [1, 4, 4])
        expectClose(columns.folded(to: 3, kernel: 2), [1, 4, 3, 8, 20, 12, 7, 16, 9], shape: [1, 1, 3, 3])
        let image = noise(2, 3, 6, 5)
        let weight = noise(4, 3, 3, 2, seed: 2)
        let windows = image.unfolded(Size2(3, 2), stride: Size2(2, 1), padding: Size2(1, 0), dilation: Size2(1, 2))
        expectClose(
            weight.reshaped(4, -1).matmul(windows),
            image.conv2d(weight: weight, stride: Size2(2, 1), padding: Size2(1, 0), dilation: Size2(1, 2))
                .flattened(from: 2))
    }

    @Test("pixels shuffled into space and back, and channels among groups")
    func shuffles() {
        let x = Tensor((0..<8).map { Double($0) }, shape: [1, 4, 1, 2])
        expectClose(x.pixelShuffled(2), [0, 2, 1, 3, 4, 6, 5, 7], shape: [1, 1, 2, 4])
        #expect(x.pixelShuffled(2).pixelUnshuffled(2).isEqual(to: x))
        #expect(values(x.channelShuffled(groups: 2)) == [0, 1, 4, 5, 2, 3, 6, 7])
    }
}

@Suite("Sampling at places against plain loops") struct GridSamplingTests {
    /// Where a coordinate in elements lands, for the two paddings that move it.
    func moved(_ place: Double, _ size: Int, _ padding: GridPadding, _ align: Bool) -> Double {
        let edge = Double(size - 1)
        var place = place
        if padding == .reflection {
            let low = align ? 0 : -0.5
            let span = align ? edge : Double(size)
            let distance = (place - low).magnitude
            let turns = (distance / span).rounded(.down)
            let rest = distance - turns * span
            place = turns.truncatingRemainder(dividingBy: 2) == 0 ? rest + low : span - rest + low
        }
        return padding == .zeros ? place : min(max(place, 0), edge)
    }

    func reference(
        _ image: Block, _ x: Double, _ y: Double, _ mode: InterpolationMode, _ padding: GridPadding, _ align: Bool
    ) -> Double {
        let sizes = [image.shape[2], image.shape[1]]
        var place = [x, y].enumerated().map { axis, value in
            align ? (value + 1) / 2 * Double(sizes[axis] - 1) : ((value + 1) * Double(sizes[axis]) - 1) / 2
        }
        func at(_ column: Double, _ row: Double) -> Double { image[[0, Int(row), Int(column)]] ?? 0 }
        if mode == .bicubic {
            let below = place.map { $0.rounded(.down) }
            var sum = 0.0
            for v in -1...2 {
                for u in -1...2 {
                    let column = below[0] + Double(u)
                    let row = below[1] + Double(v)
                    let weight = cubic(place[0] - column, -0.75) * cubic(place[1] - row, -0.75)
                    sum += weight * at(moved(column, sizes[0], padding, align), moved(row, sizes[1], padding, align))
                }
            }
            return sum
        }
        place = place.enumerated().map { moved($1, sizes[$0], padding, align) }
        if mode == .nearest { return at(place[0].rounded(.toNearestOrEven), place[1].rounded(.toNearestOrEven)) }
        let below = place.map { $0.rounded(.down) }
        let rest = [place[0] - below[0], place[1] - below[1]]
        let top = at(below[0], below[1]) * (1 - rest[0]) + at(below[0] + 1, below[1]) * rest[0]
        let bottom = at(below[0], below[1] + 1) * (1 - rest[0]) + at(below[0] + 1, below[1] + 1) * rest[0]
        return top * (1 - rest[1]) + bottom * rest[1]
    }

    @Test("every mode, padding and corner convention", arguments: [InterpolationMode.bilinear, .nearest, .bicubic])
    func modes(mode: InterpolationMode) {
        let x = noise(1, 2, 4, 5)
        let grid = Tensor.uniform(
            [1, 6, 7, 2], low: -1.6, high: 1.6, generator: RandomGenerator(seed: 5), dtype: .float64)
        let places = values(grid)
        for padding in [GridPadding.zeros, .border, .reflection] {
            for align in [false, true] {
                let expected = blocks(x)[0].flatMap { image in
                    (0..<42).map {
                        reference(image, places[2 * $0], places[2 * $0 + 1], mode, padding, align)
                    }
                }
                expectClose(
                    x.gridSampled(grid, mode: mode, padding: padding, alignCorners: align), expected,
                    shape: [1, 2, 6, 7], "\(padding), aligned \(align)")
            }
        }
    }

    @Test("an affine grid that turns by 180 degrees flips both axes")
    func affine() {
        let x = noise(1, 2, 4, 5)
        let half = tensor([-1, 0, 0, 0, -1, 0], 1, 2, 3)
        let grid = Tensor.affineGrid(half, size: [1, 2, 4, 5])
        expectClose(x.gridSampled(grid), x.flipped(2, 3))
        let volume = noise(1, 1, 2, 3, 4)
        let same = tensor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], 1, 3, 4)
        expectClose(
            volume.gridSampled(Tensor.affineGrid(same, size: [1, 1, 2, 3, 4], alignCorners: true), alignCorners: true),
            volume)
    }
}
