import Foundation
import Metrics
import Sensors
import Testing

private func pair(
    _ reference: Image, _ fused: Image, border: BorderCut = .none, isValid: [Bool]? = nil
) throws -> ImagePair {
    try ImagePair(reference: reference, fused: fused, ratio: 4, peak: 2047, border: border, isValid: isValid)
}

@Suite("Metrics") struct MetricTests {
    @Test("are found by name in any case, and state their best value")
    func registry() {
        #expect(Metrics.named("ergas")?.name == "ERGAS")
        #expect(Metrics.named("nothing") == nil)
        #expect(Set(Metrics.withReference.map(\.name)).count == Metrics.withReference.count)
    }

    @Test("give identical images their best value, for any number of bands", arguments: [1, 3, 5, 8])
    func identical(bands: Int) throws {
        let image = texture(bands: bands, height: 40, width: 51)
        let same = try pair(image, image)
        for metric in Metrics.withReference {
            let value = try metric.value(same)
            let best: Double =
                switch metric.name {
                case "PSNR": .infinity
                case "RMSE", "ERGAS", "SAM": 0
                default: 1
                }
            #expect(value == best || abs(value - best) < 1e-6, "\(metric.name): \(value)")
        }
    }

    @Test("do not depend on the order of bands")
    func bandOrder() throws {
        let (reference, fused) = (
            texture(bands: 3, height: 48, width: 64), texture(bands: 3, height: 48, width: 64, seed: 9)
        )
        func turned(_ image: Image) -> Image {
            Image(
                bands: 3, height: 48, width: 64,
                values: [2, 0, 1].flatMap { image.band($0).values })
        }
        let before = try pair(reference, fused)
        let after = try pair(turned(reference), turned(fused))
        // The algebra of Q2n treats its first component apart.
        for metric in Metrics.withReference where metric.name != "Q2n" {
            let (a, b) = (try metric.value(before), try metric.value(after))
            #expect(abs(a - b) <= 1e-12 * abs(a), "\(metric.name)")
        }
    }

    @Test("have a defined answer on constant and zero images")
    func degenerate() throws {
        let zero = Image(bands: 2, height: 32, width: 32)
        let five = Image(bands: 2, height: 32, width: 32, repeating: 5.1)
        let both = try pair(zero, zero)
        #expect(try SAM().value(both).isNaN)
        #expect(try CC().value(both).isNaN)
        #expect(try ERGAS().value(both) == 0)
        #expect(try PSNR().value(both) == .infinity)
        #expect(try SCC().value(both) == 1)
        #expect(try Q().value(both) == 1)
        #expect(try Q2n().value(both) == 1)
        #expect(try SSIM().value(both) == 1)
        let one = try pair(zero, five)
        #expect(try SAM().value(one).isNaN)
        #expect(try ERGAS().value(one) == .infinity)
        #expect(try SCC().value(one) == 0)
        #expect(try Q().value(one) == 0)
        let constants = try pair(five, Image(bands: 2, height: 32, width: 32, repeating: 10.2))
        #expect(try CC().value(constants).isNaN)
        #expect(abs(try Q().value(constants) - 0.8) < 1e-12)
        #expect(abs(try SAM().value(constants)) < 1e-5)
        #expect(abs(try ERGAS().value(constants) - 25) < 1e-9)
    }

    @Test("leave masked pixels out, whatever these hold")
    func mask() throws {
        let reference = texture(bands: 4, height: 64, width: 96)
        let fused = texture(bands: 4, height: 64, width: 96, seed: 4)
        var isValid = [Bool](repeating: true, count: 64 * 96)
        var spoiled = fused
        for row in 0..<64 {
            for column in 64..<96 {
                isValid[row * 96 + column] = false
                for band in 0..<4 { spoiled[band, row, column] = .nan }
            }
        }
        let masked = try pair(reference, spoiled, isValid: isValid)
        let kept = try pair(
            reference.cropped(rows: 0..<64, columns: 0..<64), fused.cropped(rows: 0..<64, columns: 0..<64))
        for metric in Metrics.withReference where metric.name != "SCC" {
            let (a, b) = (try metric.value(masked), try metric.value(kept))
            #expect(abs(a - b) <= 1e-12 * abs(b), "\(metric.name): \(a), \(b)")
        }
        #expect(try SCC().value(masked).isFinite)
        #expect(try Q2n().map(masked).values.map(\.isNaN) == [false, false, true, false, false, true])
        let none = try pair(reference, fused, isValid: [Bool](repeating: false, count: 64 * 96))
        for metric in Metrics.withReference {
            #expect(throws: MetricError.noValidPixels(metric: metric.name)) { try metric.value(none) }
        }
    }

    @Test("cut the border as the toolbox does: 20 pixels at the start, 21 at the end")
    func border() throws {
        let (reference, fused) = (
            texture(bands: 2, height: 80, width: 90), texture(bands: 2, height: 80, width: 90, seed: 2)
        )
        let cut = try pair(reference, fused, border: .dlpan)
        let cropped = try pair(
            reference.cropped(rows: 20..<59, columns: 20..<69), fused.cropped(rows: 20..<59, columns: 20..<69))
        for metric in Metrics.withReference {
            #expect(try metric.value(cut) == metric.value(cropped), "\(metric.name)")
        }
    }

    @Test("can be summed over parts of a scene")
    func parts() throws {
        let (reference, fused) = (
            texture(bands: 3, height: 60, width: 40), texture(bands: 3, height: 60, width: 40, seed: 3)
        )
        let whole = PixelSums(reference: reference, fused: fused)
        var sums = PixelSums(
            reference: reference.cropped(rows: 0..<17, columns: 0..<40),
            fused: fused.cropped(rows: 0..<17, columns: 0..<40))
        sums.merge(
            PixelSums(
                reference: reference.cropped(rows: 17..<60, columns: 0..<40),
                fused: fused.cropped(rows: 17..<60, columns: 0..<40)))
        for (a, b) in [
            (sums.rmse, whole.rmse), (sums.psnr(peak: 2047), whole.psnr(peak: 2047)),
            (sums.correlation, whole.correlation), (sums.spectralAngle, whole.spectralAngle),
            (sums.ergas(ratio: 4), whole.ergas(ratio: 4)),
        ] {
            #expect(abs(a - b) <= 1e-12 * abs(b))
        }
    }

    @Test("refuse images that cannot be compared, with the numbers found")
    func refusals() throws {
        let image = texture(bands: 4, height: 20, width: 24)
        let error = #expect(throws: MetricError.shapes(reference: "4 × 20 × 24", fused: "3 × 20 × 24")) {
            try pair(image, texture(bands: 3, height: 20, width: 24))
        }
        #expect(error?.description.contains("4 × 20 × 24") == true)
        #expect(throws: MetricError.empty("4 × 20 × 24")) { try pair(image, image, border: .dlpan) }
        #expect(throws: MetricError.mask(pixels: 3, expected: 480)) {
            try pair(image, image, isValid: [true, false, true])
        }
        #expect(throws: MetricError.tooSmall(metric: "Q", height: 20, width: 24, minimum: 32)) {
            try Q().value(pair(image, image))
        }
        let small = texture(bands: 1, height: 10, width: 40)
        #expect(throws: MetricError.tooSmall(metric: "SSIM", height: 10, width: 40, minimum: 11)) {
            try SSIM().value(pair(small, small))
        }
        #expect(throws: MetricError.tooSmall(metric: "Q2n", height: 10, width: 40, minimum: 16)) {
            try Q2n().value(pair(small, small))
        }
        var spoiled = image
        spoiled[0, 1, 1] = .infinity
        spoiled[2, 1, 1] = .nan
        #expect(throws: MetricError.notFinite(image: "fused image", samples: 2)) { try pair(image, spoiled) }
    }
}
