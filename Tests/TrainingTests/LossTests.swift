import Foundation
import Testing
import Torch
import Training

@Suite("Losses") struct LossTests {
    private let reference = image(2, 3, 16, 16, seed: 1) * 0.8 + 0.1
    private let other = image(2, 3, 16, 16, seed: 2) * 0.8 + 0.1

    private func value(_ loss: Loss, _ fused: Tensor, _ images: [ImageRole: Tensor]) throws -> Double {
        try withTorchErrors { try loss(LossInput(fused: fused, images: images)).item }
    }

    @Test(
        "with a reference are (almost) zero for equal images and larger for others",
        arguments: Loss.allCases.filter { $0.needs == [.reference] })
    func equal(loss: Loss) throws {
        let none = try value(loss, reference, [.reference: reference])
        let some = try value(loss, other, [.reference: reference])
        #expect(abs(none) < 2e-3)
        #expect(some > none + 1e-2)
    }

    @Test(
        "have the gradient that central differences have",
        arguments: Loss.allCases.filter { ![.pair, .pairInfrared, .pairFidelity].contains($0) })
    func gradient(loss: Loss) throws {
        let fused = image(1, 2, 8, 8, seed: 3) * 0.8 + 0.1
        let images: [ImageRole: Tensor] = [
            .reference: image(1, 2, 8, 8, seed: 4) * 0.8 + 0.1, .ms: image(1, 2, 2, 2, seed: 5),
            .pan: image(1, 1, 8, 8, seed: 6),
        ]
        try withTorchErrors {
            let leaf = fused.copy()
            leaf.setRequiresGradient()
            try loss(LossInput(fused: leaf, images: images)).backward()
            let found = try #require(leaf.gradient)
            let direction = image(1, 2, 8, 8, seed: 7) - 0.5
            func along(_ step: Double) throws -> Double {
                try loss(LossInput(fused: fused + direction * step, images: images)).item
            }
            let expected = try (along(1e-6) - along(-1e-6)) / 2e-6
            let product = (found * direction).sum().item
            #expect(abs(product - expected) < 1e-4 * max(1e-3, abs(expected)))
        }
    }

    @Test("of a pair have a gradient where the fused picture is too bright or too dark, which leads back")
    func returns() throws {
        let pair: [ImageRole: Tensor] = [
            .first: image(1, 1, 32, 32, seed: 11) * 0.5, .second: image(1, 1, 32, 32, seed: 12) * 0.5 + 0.25,
        ]
        try withTorchErrors {
            for (level, sign) in [(2.0, 1.0), (-1.0, -1.0)] {
                let leaf = Tensor.full([1, 1, 32, 32], level, dtype: .float64)
                leaf.setRequiresGradient()
                try Loss.pairInfrared(LossInput(fused: leaf, images: pair)).backward()
                let gradient = try #require(leaf.gradient) * sign
                #expect(gradient.min().item >= 0)
                #expect(gradient.max().item > 0)
            }
        }
    }

    @Test("the fidelity of a pair is best for what keeps both, and has the gradient that central differences have")
    func fidelity() throws {
        // Stripes in the left half of one picture, in the right half of the other.
        func stripes(_ columns: Range<Int>) -> Tensor {
            let values = (0..<48 * 48).map { index -> Double in
                let (row, column) = (Double(index / 48), Double(index % 48))
                return columns.contains(index % 48) ? 0.5 + 0.3 * sin(column + row / 3) : 0.5
            }
            return Tensor(values, shape: [1, 1, 48, 48])
        }
        let (first, second) = (stripes(0..<24), stripes(24..<48))
        let pair: [ImageRole: Tensor] = [.first: first, .second: second]
        let (both, mean) = (first + second - 0.5, (first + second) / 2)
        let values: [Double] = try [both, mean, first].map { try value(.pairFidelity, $0, pair) }
        #expect(values[0] < values[1] && values[1] < values[2], "\(values)")
        let blurred = mean + (image(1, 1, 48, 48, seed: 21) - 0.5) * 0.1
        try withTorchErrors {
            let leaf = blurred.copy()
            leaf.setRequiresGradient()
            try Loss.pairFidelity(LossInput(fused: leaf, images: pair)).backward()
            let found = try #require(leaf.gradient)
            let direction = image(1, 1, 48, 48, seed: 22) - 0.5
            func along(_ step: Double) throws -> Double {
                try Loss.pairFidelity(LossInput(fused: blurred + direction * step, images: pair)).item
            }
            let expected = try (along(1e-6) - along(-1e-6)) / 2e-6
            let product = (found * direction).sum().item
            #expect(abs(product - expected) < 1e-4 * max(1e-3, abs(expected)), "\(product) \(expected)")
        }
    }

    @Test("of a constant error are what their formulas say")
    func constant() throws {
        let images: [ImageRole: Tensor] = [.reference: reference]
        let fused = reference + 0.5
        #expect(abs(try value(.l1, fused, images) - 0.5) < 1e-12)
        #expect(abs(try value(.l2, fused, images) - 0.25) < 1e-12)
        #expect(abs(try value(.smoothL1, fused, images) - 0.125) < 1e-12)
        #expect(abs(try value(.smoothL1, reference + 3, images) - 2.5) < 1e-12)
        #expect(abs(try value(.hybrid, fused, images) - 0.3) < 1e-12)
        #expect(abs(try value(.charbonnier, fused, images) - 0.500001) < 1e-6)
    }

    @Test("the spectral angle is that between two spectra, whatever their lengths")
    func angle() throws {
        let x = Tensor([1.0, 0.0], shape: [1, 2, 1, 1])
        let y = Tensor([3.0, 3.0], shape: [1, 2, 1, 1])
        #expect(abs(try value(.sam, x, [.reference: y]) - .pi / 4) < 1e-6)
    }

    @Test("ERGAS of one flat band is 100 / ratio times the relative error")
    func relativeError() throws {
        let flat = Tensor.full([1, 1, 8, 8], 0.5, dtype: .float64)
        #expect(abs(try value(.ergas, flat + 0.05, [.reference: flat]) - 2.5) < 1e-4)
    }

    @Test(
        "CMT's agrees with the golden files, parts and gradient",
        arguments: [("hybrid_loss", 2), ("hybrid_loss_odd", 3)])
    func golden(name: String, levels: Int) throws {
        guard let golden = try goldenFile(name) else {
            print("skipped: no golden files of CMT")
            return
        }
        try withTorchErrors {
            let fused = try #require(golden["input.pred"]).copy()
            fused.setRequiresGradient()
            let parts = FourierWaveletLoss(levels: levels)(
                fused: fused, reference: try #require(golden["input.gt"]))
            for (key, part) in [
                ("loss", parts.total), ("l1", parts.error), ("fourier", parts.spectrum), ("wavelet", parts.wavelets),
            ] {
                let expected = try #require(golden["output.\(key)"]).item
                #expect(abs(part.item - expected) < 2e-6 + 2e-4 * abs(expected), "\(key)")
            }
            parts.total.backward()
            let gradient = try #require(fused.gradient)
            let difference = (gradient - (try #require(golden["grad.input.pred"]))).abs().max().item
            #expect(difference < 2e-6)
        }
    }

    @Test("spectral consistency is zero for flat images, and sees a wrong level")
    func spectral() throws {
        let flat = Tensor.full([1, 2, 16, 16], 0.4, dtype: .float64)
        let coarse = Tensor.full([1, 2, 4, 4], 0.4, dtype: .float64)
        #expect(try value(.spectral, flat, [.ms: coarse]) < 1e-9)
        #expect(abs(try value(.spectral, flat + 0.1, [.ms: coarse]) - 0.1) < 1e-9)
    }

    @Test("spatial consistency is zero where PAN is a mean of the fused bands, and not where its detail is missing")
    func spatial() throws {
        let coarse = image(1, 2, 8, 8, seed: 9)
        let fused = coarse.repeatInterleaved(4, axis: 2).repeatInterleaved(4, axis: 3)
        let flat = Tensor.full([1, 1, 32, 32], 0.5, dtype: .float64)
        #expect(try value(.spatial, fused, [.ms: coarse, .pan: flat]) < 1e-4)
        let detailed = flat + image(1, 1, 32, 32, seed: 8)
        #expect(try value(.spatial, fused, [.ms: coarse, .pan: detailed]) > 0.1)
    }

    @Test("sum with their weights, and say what is missing")
    func sums() throws {
        let loss = WeightedLoss([.l1: 2, .l2: 4, .sam: 0])
        try withTorchErrors {
            let (total, parts) = try loss(LossInput(fused: reference + 0.5, images: [.reference: reference]))
            #expect(abs(total.item - 2) < 1e-12)
            #expect(parts.map(\.name) == ["l1", "l2"])
        }
        #expect(throws: TrainingError.self) { try loss(LossInput(fused: reference, images: [:])) }
    }
}
