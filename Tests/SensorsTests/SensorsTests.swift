import Foundation
import Sensors
import Testing

/// A smooth scene with some structure at every size.
func syntheticScene(bands: Int, height: Int, width: Int) -> Image {
    var image = Image(bands: bands, height: height, width: width)
    for band in 0..<bands {
        for row in 0..<height {
            for column in 0..<width {
                let (y, x, b) = (Double(row), Double(column), Double(band))
                let noise = sin((y * 12.9898 + x * 78.233 + b * 37.719)) * 43758.5453
                image[band, row, column] =
                    400 + 150 * sin(y / (5 + b)) * cos(x / (7 + b)) + 60 * (noise - noise.rounded(.down))
            }
        }
    }
    return image
}

@Suite("Sensors") struct SensorTests {
    @Test("are found by name and alias, in any case")
    func names() {
        #expect(Sensor.named("wv-2")?.name == "WV2")
        #expect(Sensor.named("GeoEye1")?.name == "GE1")
        #expect(Sensor.named("no such sensor") == nil)
    }
}

@Suite("Borders") struct BorderTests {
    @Test("name an inside sample for every position")
    func indices() {
        #expect((-3..<6).map { Border.replicate.index($0, count: 3) } == [0, 0, 0, 0, 1, 2, 2, 2, 2])
        #expect((-4..<8).map { Border.symmetric.index($0, count: 3) } == [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1])
        #expect((-4..<5).map { Border.circular.index($0, count: 3) } == [2, 0, 1, 2, 0, 1, 2, 0, 1])
    }

    @Test("need only what stands in for the samples outside", arguments: Border.allCases)
    func needed(border: Border) {
        for count in 1...9 {
            for lower in -12...12 {
                for upper in lower + 1...lower + 9 {
                    let needed = border.needed(by: lower..<upper, count: count)
                    #expect(0 <= needed.lowerBound && needed.upperBound <= count)
                    #expect((lower..<upper).allSatisfy { needed.contains(border.index($0, count: count)) })
                }
            }
        }
    }
}

@Suite("Windows of a scene") struct SceneWindowTests {
    @Test("give PAN's low pass the bits of the whole scene", arguments: [2, 3, 4, 5, 8])
    func lowPass(ratio: Int) {
        let pan = syntheticScene(bands: 1, height: 97, width: 118)
        let filters = [0.3, 0.22].map { MTFFilter.taps(gain: $0, ratio: ratio) }
        let lowPass = PANLowPass(filters: filters, ratio: ratio, border: .symmetric)
        let whole = lowPass.apply(
            to: SceneWindow(whole: pan), region: PixelRegion(rows: 0..<pan.height, columns: 0..<pan.width))
        for region in [
            PixelRegion(rows: 0..<13, columns: 0..<29), PixelRegion(rows: 40..<63, columns: 50..<51),
            PixelRegion(rows: 90..<97, columns: 100..<118),
        ] {
            let needed = lowPass.panRegion(for: region, height: pan.height, width: pan.width)
            let halo = region.expanded(by: lowPass.reach + ratio, height: pan.height, width: pan.width)
            #expect(halo.contains(needed))
            let window = SceneWindow(
                pan.cropped(rows: needed.rows, columns: needed.columns), region: needed, sceneHeight: pan.height,
                sceneWidth: pan.width)
            let part = lowPass.apply(to: window, region: region)
            #expect(part == whole.cropped(rows: region.rows, columns: region.columns))
        }
    }

    @Test("give the à-trous filter the bits of the whole scene, edges included", arguments: [2, 4, 8])
    func atrous(ratio: Int) {
        let image = syntheticScene(bands: 2, height: 70, width: 83)
        let filter = AtrousFilter(ratio: ratio)
        let whole = filter.apply(to: image)
        for region in [
            PixelRegion(rows: 0..<9, columns: 60..<83), PixelRegion(rows: 31..<40, columns: 3..<50),
            PixelRegion(rows: 65..<70, columns: 0..<4),
        ] {
            let needed = region.expanded(by: filter.reach, height: image.height, width: image.width)
            let window = SceneWindow(
                image.cropped(rows: needed.rows, columns: needed.columns), region: needed, sceneHeight: image.height,
                sceneWidth: image.width)
            let part = filter.apply(to: window, rows: region.rows, columns: region.columns)
            #expect(part == whole.cropped(rows: region.rows, columns: region.columns))
        }
    }

    @Test("leave a constant image as it is under the à-trous filter", arguments: [1, 2, 3, 5, 9, 40])
    func atrousConstant(side: Int) {
        let image = Image(bands: 1, height: side, width: side, repeating: 7)
        let filtered = AtrousFilter(ratio: 4).apply(to: image)
        #expect(filtered.values.allSatisfy { abs($0 - 7) < 1e-12 })
    }
}

@Suite("Interpolation") struct UpsamplerTests {
    @Test("keeps each coarse sample at r·j + r/2", arguments: [2, 3, 4, 5, 6, 8, 16], [Border.circular, .symmetric])
    func keepsSamples(ratio: Int, border: Border) {
        let coarse = syntheticScene(bands: 2, height: 9, width: 14)
        let fine = Upsampler.apply(to: coarse, ratio: ratio, border: border)
        #expect(Decimation.apply(to: fine, step: ratio) == coarse)
    }

    @Test("moves nothing: a ramp keeps its position", arguments: [2, 3, 4, 6, 8], [0, 0.5, -1.25, 1.999, -3.4])
    func ramp(ratio: Int, shift: Double) {
        // The value of the ramp is the PAN column divided by 1000, on the coarse samples' true places.
        let (height, width) = (4, 64)
        var coarse = Image(bands: 1, height: height, width: width)
        for row in 0..<height {
            for column in 0..<width {
                coarse[0, row, column] = (Double(ratio * column + ratio / 2) + shift) / 1000
            }
        }
        let upsampler = Upsampler(ratio: ratio, border: .symmetric, columnShift: shift)
        let margin = ratio * 18
        let fine = upsampler.apply(
            to: SceneWindow(whole: coarse),
            region: PixelRegion(rows: 0..<ratio * height, columns: margin..<ratio * width - margin))
        for column in 0..<fine.width {
            #expect(abs(fine[0, ratio, column] - Double(column + margin) / 1000) < 1e-9)
        }
    }

    @Test("follows a smooth wave with and without a shift", arguments: [2, 4], [0, 0.37, -1.5, 2.0])
    func wave(ratio: Int, shift: Double) {
        // A wave of 8 coarse samples: half the frequency that the coarse grid carries well.
        let (height, width) = (64, 6)
        func truth(_ row: Double) -> Double { sin(2 * .pi * row / Double(8 * ratio)) }
        var coarse = Image(bands: 1, height: height, width: width)
        for row in 0..<height {
            for column in 0..<width { coarse[0, row, column] = truth(Double(ratio * row + ratio / 2) + shift) }
        }
        let margin = ratio * 18
        let fine = Upsampler(ratio: ratio, border: .symmetric, rowShift: shift).apply(
            to: SceneWindow(whole: coarse),
            region: PixelRegion(rows: margin..<ratio * height - margin, columns: 0..<2))
        for row in 0..<fine.height {
            #expect(abs(fine[0, row, 0] - truth(Double(row + margin))) < 2e-3)
        }
    }

    @Test("gives windows the bits of the whole image", arguments: [2, 3, 4, 8], [0, 0.3, -2.75])
    func windows(ratio: Int, shift: Double) {
        let coarse = syntheticScene(bands: 2, height: 17, width: 23)
        let upsampler = Upsampler(ratio: ratio, border: .symmetric, rowShift: shift, columnShift: -shift)
        let all = PixelRegion(rows: 0..<ratio * coarse.height, columns: 0..<ratio * coarse.width)
        let whole = upsampler.apply(to: SceneWindow(whole: coarse), region: all)
        for region in [
            PixelRegion(rows: 0..<5, columns: 3..<ratio * 23), PixelRegion(rows: ratio * 8..<ratio * 9, columns: 0..<1),
            PixelRegion(rows: ratio * 17 - 1..<ratio * 17, columns: ratio * 11..<ratio * 12 + 1),
        ] {
            let needed = upsampler.coarseRegion(for: region, height: coarse.height, width: coarse.width)
            let window = SceneWindow(
                coarse.cropped(rows: needed.rows, columns: needed.columns), region: needed,
                sceneHeight: coarse.height, sceneWidth: coarse.width)
            let part = upsampler.apply(to: window, region: region)
            #expect(part == whole.cropped(rows: region.rows, columns: region.columns))
        }
    }
}

@Suite("Wald's protocol") struct WaldProtocolTests {
    @Test("refuses sizes that the ratio does not divide, with the numbers found")
    func sizes() {
        let ms = Image(bands: 4, height: 10, width: 8)
        let pan = Image(bands: 1, height: 40, width: 32)
        #expect(
            throws: WaldProtocolError.notMultiple(image: "The multispectral image", height: 10, width: 8, ratio: 4)
        ) {
            try WaldProtocol.reduce(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
        }
        #expect(throws: WaldProtocolError.tooFewGains(sensor: "IKONOS", gains: 4, bands: 5)) {
            try WaldProtocol.reduce(
                ms: Image(bands: 5, height: 8, width: 8), pan: pan, sensor: .ikonos, ratio: 4)
        }
        #expect(throws: WaldProtocolError.sizes(pan: "1 × 40 × 32", expected: "1 × 32 × 32")) {
            try WaldProtocol.reduce(ms: Image(bands: 4, height: 8, width: 8), pan: pan, sensor: .ikonos, ratio: 4)
        }
    }
}
