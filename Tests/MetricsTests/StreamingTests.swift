import Foundation
import Metrics
import Sensors
import Synchronization
import Testing

@Suite("Indices of images larger than a tile") struct StreamingTests {
    @Test("have the same bits by windows, in memory, and with any number of threads")
    func bits() throws {
        let (reference, fused) = (
            landscape(bands: 9, height: 300, width: 530), texture(bands: 9, height: 300, width: 530)
        )
        let pair = try ImagePair(reference: reference, fused: fused, ratio: 4, peak: 2047)
        let scene = try PairScene(
            reference: WindowedImage(image: reference), fused: WindowedImage(image: fused), ratio: 4, peak: 2047)
        let metrics = Metrics.withReference + Metrics.variants
        for threads in [1, 3] {
            let measurement = try scene.measure(metrics, threads: threads)
            #expect(measurement.pixels == 300 * 530)
            for (metric, result) in zip(metrics, measurement.values) {
                let (value, expected) = (try result.get().value, try metric.value(pair))
                #expect(value == expected, "\(metric.name): \(value), \(expected)")
            }
        }
    }

    @Test("do not depend on where the tiles lie", arguments: [3, 12])
    func tiles(times: Int) throws {
        // The more bands, the smaller the tiles; bands that are repeated change no mean over bands.
        let (reference, fused) = (
            landscape(bands: 3, height: 290, width: 310), texture(bands: 3, height: 290, width: 310)
        )
        let pair = try ImagePair(reference: reference, fused: fused, ratio: 4, peak: 2047)
        let many = try ImagePair(
            reference: repeated(reference, times), fused: repeated(fused, times), ratio: 4, peak: 2047)
        for metric in Metrics.withReference + Metrics.variants where metric.name != "Q2n" {
            let (a, b) = (try metric.value(pair), try metric.value(many))
            #expect(isNear(a, b), "\(metric.name): \(a), \(b)")
        }
    }

    @Test("Q2n of a block is that of its pixels, wherever the block lies, and of the mirror image at the edge")
    func blocks() throws {
        let (reference, fused) = (
            landscape(bands: 4, height: 530, width: 545), texture(bands: 4, height: 530, width: 545)
        )
        func pair(_ rows: Range<Int>, _ columns: Range<Int>) throws -> ImagePair {
            try ImagePair(
                reference: reference.cropped(rows: rows, columns: columns),
                fused: fused.cropped(rows: rows, columns: columns), ratio: 4, peak: 2047)
        }
        let map = try Q2n().map(pair(0..<530, 0..<545))
        #expect(map.height == 17 && map.width == 18)
        let inside = try Q2n().value(pair(256..<288, 512..<544))
        #expect(map[0, 8, 16] == inside)
        let corner = try Q2n().map(pair(480..<530, 480..<545))
        #expect(map[0, 16, 17] == corner[0, 1, 2])
        let mean = map.values.reduce(0, +) / Double(map.values.count)
        #expect(isNear(try Q2n().value(pair(0..<530, 0..<545)), mean))
    }

    @Test("SSIM_wang averages over squares and keeps every second pixel of an image of 512 rows")
    func reduced() throws {
        let (reference, fused) = (
            landscape(bands: 2, height: 512, width: 531), texture(bands: 2, height: 512, width: 531)
        )
        func reduced(_ image: Image) -> Image {
            var result = Image(bands: 2, height: 256, width: 266)
            for band in 0..<2 {
                for row in 0..<256 {
                    for column in 0..<266 {
                        let right = min(2 * column + 1, 530)
                        result[band, row, column] =
                            (image[band, 2 * row, 2 * column] + image[band, 2 * row, right]
                                + image[band, 2 * row + 1, 2 * column] + image[band, 2 * row + 1, right]) / 4
                    }
                }
            }
            return result
        }
        let pair = try ImagePair(reference: reference, fused: fused, ratio: 4, peak: 2047)
        let small = try ImagePair(reference: reduced(reference), fused: reduced(fused), ratio: 4, peak: 2047)
        #expect(isNear(try ReducedSSIM().value(pair), try SSIM().value(small)))
    }

    @Test("of bands stand beside that of all where bands are judged alone")
    func bands() throws {
        let (reference, fused) = (landscape(bands: 3, height: 64, width: 70), texture(bands: 3, height: 64, width: 70))
        let pair = try ImagePair(reference: reference, fused: fused, ratio: 4, peak: 2047)
        for metric in Metrics.withReference {
            let bands = try metric.valuesOfBands(pair)
            if ["SAM", "Q2n"].contains(metric.name) {
                #expect(bands == nil)
                continue
            }
            for band in 0..<3 {
                let alone = try ImagePair(
                    reference: reference.band(band), fused: fused.band(band), ratio: 4, peak: 2047)
                let (value, expected) = (try #require(bands)[band], try metric.value(alone))
                #expect(isNear(value, expected), "\(metric.name): \(value), \(expected)")
            }
        }
    }

    @Test("take the peak of each band, or the error of all bands, where that is asked for")
    func peaks() throws {
        var reference = Image(bands: 2, height: 4, width: 4, repeating: 10)
        for pixel in 16..<32 { reference.values[pixel] = 100 }
        var fused = reference
        for pixel in 0..<16 { fused.values[pixel] += 1 }
        for pixel in 16..<32 { fused.values[pixel] += 3 }
        let pair = try ImagePair(reference: reference, fused: fused, ratio: 4, peak: 255)
        let perBand = 10 * (log10(100.0) + log10(10000.0 / 9)) / 2
        #expect(isNear(try PSNR(peak: .perBandMaximum).value(pair), perBand))
        #expect(isNear(try GlobalPSNR().value(pair), 10 * log10(255 * 255 / 5.0)))
    }

    @Test("leave out what is unknown in either image, of files too")
    func unknown() throws {
        let (reference, fused) = (
            landscape(bands: 2, height: 64, width: 96), texture(bands: 2, height: 64, width: 96)
        )
        var spoiled = fused
        for band in 0..<2 {
            for row in 0..<64 { for column in 64..<96 { spoiled[band, row, column] = .nan } }
        }
        let unknown = PixelRegion(rows: 0..<64, columns: 64..<96)
        let scene = try PairScene(
            reference: WindowedImage(image: reference), fused: WindowedImage(image: spoiled, unknown: unknown),
            ratio: 4,
            peak: 2047)
        let kept = try ImagePair(
            reference: reference.cropped(rows: 0..<64, columns: 0..<64),
            fused: fused.cropped(rows: 0..<64, columns: 0..<64), ratio: 4, peak: 2047)
        let metrics = Metrics.withReference.filter { $0.name != "SCC" }
        for (metric, result) in zip(metrics, try scene.measure(metrics).values) {
            let (value, expected) = (try result.get().value, try metric.value(kept))
            #expect(isNear(value, expected), "\(metric.name): \(value), \(expected)")
        }
    }

    @Test("draw maps tile by tile that agree with the images")
    func maps() throws {
        let (reference, fused) = (
            landscape(bands: 2, height: 520, width: 530), texture(bands: 2, height: 520, width: 530)
        )
        let scene = try PairScene(
            reference: WindowedImage(image: reference),
            fused: WindowedImage(image: fused, unknown: PixelRegion(rows: 3..<4, columns: 515..<516)), ratio: 4,
            peak: 2047)
        func map(_ kind: QualityMap) throws -> Image {
            let side = kind.side
            let map = Mutex(Image(bands: 1, height: (520 + side - 1) / side, width: (530 + side - 1) / side))
            try scene.map(kind, threads: 2) { part, region in
                map.withLock { $0.paste(part, row: region.rows.lowerBound, column: region.columns.lowerBound) }
            }
            return map.withLock { $0 }
        }
        let errors = try map(.error)
        let first = fused[0, 515, 520] - reference[0, 515, 520]
        let second = fused[1, 515, 520] - reference[1, 515, 520]
        #expect(isNear(errors[0, 515, 520], ((first * first + second * second) / 2).squareRoot()))
        #expect(errors[0, 3, 515].isNaN && errors[0, 3, 514].isFinite)
        let pair = try ImagePair(reference: reference, fused: fused, ratio: 4, peak: 2047)
        #expect(try map(.spectralAngle)[0, 519, 1] == SAM().map(pair)[0, 519, 1])
        let blocks = try map(.q2n)
        #expect(blocks[0, 0, 16].isNaN && blocks.values.count { $0.isNaN } == 1)
    }

    @Test("end with the error of the progress that asks to stop")
    func stops() throws {
        struct Stop: Error {}
        let image = landscape(bands: 1, height: 40, width: 40)
        let scene = try PairScene(
            reference: WindowedImage(image: image), fused: WindowedImage(image: image), ratio: 4, peak: 255)
        #expect(throws: Stop.self) { try scene.measure([RMSE()]) { _, _ in throw Stop() } }
    }
}
