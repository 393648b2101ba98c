import Foundation
import Sensors
import Testing

/// Filters that methods apply to parts of a scene.
@Suite("Filters of windows") struct WindowedFilterTests {
    private func texture(_ height: Int, _ width: Int) -> Image {
        var image = Image(bands: 1, height: height, width: width)
        for index in image.values.indices {
            let noise = sin(Double(index) * 12.9898) * 43758.5453
            image.values[index] = 300 + 100 * (noise - noise.rounded(.down))
        }
        return image
    }

    /// Whether a filter gives any part of a scene the bits of the whole.
    private func isLocal(
        reach: Int, height: Int, width: Int, _ filter: (SceneWindow, PixelRegion) -> Image
    ) -> Bool {
        let image = texture(height, width)
        let all = PixelRegion(rows: 0..<height, columns: 0..<width)
        let whole = filter(SceneWindow(whole: image), all)
        let parts = [
            PixelRegion(rows: 0..<1, columns: 0..<1), PixelRegion(rows: height - 1..<height, columns: 0..<width),
            PixelRegion(rows: height / 3..<height / 2 + 1, columns: width / 4..<width - 3),
        ]
        return parts.allSatisfy { part in
            let near = part.expanded(by: reach, height: height, width: width)
            let window = SceneWindow(
                image.cropped(rows: near.rows, columns: near.columns), region: near, sceneHeight: height,
                sceneWidth: width)
            return filter(window, part) == whole.cropped(rows: part.rows, columns: part.columns)
        }
    }

    @Test("a part has the bits of the whole", arguments: [(40, 57), (64, 64), (9, 31)], [2, 3, 4, 8])
    func local(size: (Int, Int), ratio: Int) {
        let (height, width) = size
        let bicubic = BicubicLowPass(ratio: ratio)
        #expect(isLocal(reach: bicubic.reach, height: height, width: width) { bicubic.apply(to: $0, region: $1) })
        let box = BoxFilter(radius: ratio)
        #expect(
            isLocal(reach: ratio, height: height, width: width) { box.mean(of: $0, rows: $1.rows, columns: $1.columns) }
        )
        #expect(
            isLocal(reach: ratio, height: height, width: width) {
                box.deviation(of: $0, rows: $1.rows, columns: $1.columns)
            })
        let taps = TapFilter(radius: 1, taps: [0, 1, 0, 2, 3, 4, 0.5, 0, 0.25])
        #expect(
            isLocal(reach: 1, height: height, width: width) { taps.apply(to: $0, rows: $1.rows, columns: $1.columns) })
        guard ratio & (ratio - 1) == 0 else { return }
        let pyramid = MorphologicalPyramid(levels: ratio.trailingZeroBitCount)
        #expect(isLocal(reach: pyramid.reach, height: height, width: width) { pyramid.apply(to: $0, region: $1) })
        let induction = InductionScaling(ratio: ratio, border: .symmetric)
        #expect(
            isLocal(reach: 20 * ratio, height: height, width: width) { induction.lowPass($0, region: $1) })
    }

    @Test("a constant image stays what it is", arguments: [2, 4])
    func constant(ratio: Int) {
        let image = Image(bands: 1, height: 24, width: 20, repeating: 7)
        let (window, all) = (SceneWindow(whole: image), PixelRegion(rows: 0..<24, columns: 0..<20))
        let results = [
            BicubicLowPass(ratio: ratio).apply(to: window, region: all),
            BoxFilter(radius: 3).mean(of: window, rows: 0..<24, columns: 0..<20),
            MorphologicalPyramid(levels: ratio / 2).apply(to: window, region: all),
            InductionScaling(ratio: ratio, border: .symmetric).lowPass(window, region: all),
            EdgeTaper.apply(to: image, side: 12),
        ]
        for result in results { #expect(result.values.allSatisfy { abs($0 - 7) < 1e-9 }) }
        let deviation = BoxFilter(radius: 3).deviation(of: window, rows: 0..<24, columns: 0..<20)
        #expect(deviation.values.allSatisfy { $0 < 1e-6 })
    }

    @Test("the bicubic low pass is reducing and enlarging a whole image")
    func roundTrip() {
        let image = texture(48, 36)
        let expected = Resize.enlarge(Resize.reduce(image, by: 4, kernel: .bicubic), by: 4, kernel: .bicubic)
        let result = BicubicLowPass(ratio: 4).apply(
            to: SceneWindow(whole: image), region: PixelRegion(rows: 0..<48, columns: 0..<36))
        #expect(result == expected)
    }

    @Test("reducing what induction enlarged gives the image back", arguments: [2, 4, 8])
    func induction(ratio: Int) {
        let small = texture(24, 24)
        let scaling = InductionScaling(ratio: ratio, border: .symmetric)
        let large = scaling.enlarge(
            SceneWindow(whole: small), region: PixelRegion(rows: 0..<24 * ratio, columns: 0..<24 * ratio))
        let back = scaling.reduce(SceneWindow(whole: large), rows: 0..<24, columns: 0..<24)
        // Away from the edges, where borders differ.
        let (found, expected) = (
            back.cropped(rows: 8..<16, columns: 8..<16), small.cropped(rows: 8..<16, columns: 8..<16)
        )
        let largest = zip(found.values, expected.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest < 1e-6)
    }

    @Test("the edges of a tapered image join")
    func taper() {
        let image = texture(64, 50)
        let tapered = EdgeTaper.apply(to: image, side: 12)
        #expect(tapered[0, 30, 25] == image[0, 30, 25])
        // First and last row are the same blurred ring, one sample apart.
        let step = (0..<50).map { abs(tapered[0, 0, $0] - tapered[0, 63, $0]) }.max() ?? .infinity
        let before = (0..<50).map { abs(image[0, 0, $0] - image[0, 63, $0]) }.max() ?? 0
        #expect(step < before / 4)
    }
}
