import Foundation
import Metrics
import Sensors
import Testing

@Suite("FSDS") struct FSDSTests {
    private func texture(_ seed: Double, bands: Int = 3, height: Int = 15, width: Int = 22) -> Image {
        let values = (0..<bands * height * width).map { index in
            let noise = sin(Double(index) * 12.9898 + seed) * 43758.5453
            return noise - noise.rounded(.down)
        }
        return Image(bands: bands, height: height, width: width, values: values)
    }

    private func pair(_ fused: Image, _ reference: Image, isValid: [Bool]? = nil) throws -> ImagePair {
        try ImagePair(reference: reference, fused: fused, ratio: 2, peak: 1, isValid: isValid)
    }

    @Test("does not change with the brightness and contrast of either image, and does with their order")
    func invariance() throws {
        let (found, truth) = (texture(1), texture(2))
        var stretched = found
        for index in stretched.values.indices { stretched.values[index] = 200 * stretched.values[index] + 31 }
        let value = try FSDS().value(pair(found, truth))
        let other = try FSDS().value(pair(stretched, truth))
        #expect(abs(value - other) < 1e-9)
        let table = try FSDS(.table).value(pair(found, truth))
        let turned = try FSDS().value(pair(truth, found))
        #expect(abs(table - turned) < 1e-12)
        #expect(abs(table - value) > 1e-3)
    }

    @Test("is infinite for identical images and an error for constant or masked ones")
    func degenerate() throws {
        let image = texture(1)
        #expect(try FSDS().value(pair(image, image)) == .infinity)
        let flat = Image(bands: 3, height: 15, width: 22, repeating: 0.1)
        #expect(throws: MetricError.constant(metric: "FSDS")) { try FSDS().value(pair(flat, image)) }
        #expect(throws: MetricError.constant(metric: "FSDS")) { try FSDS().value(pair(image, flat)) }
        var isValid = [Bool](repeating: true, count: 15 * 22)
        #expect(try FSDS().value(pair(image, image, isValid: isValid)) == .infinity)
        isValid[3] = false
        #expect(throws: MetricError.masked(metric: "FSDS")) { try FSDS().value(pair(image, image, isValid: isValid)) }
    }

    @Test("as MATLAB calls it gives 0 for images of two shapes, and the same otherwise")
    func matlab() throws {
        let (found, truth) = (texture(1), texture(2))
        #expect(try FSDS.matlabValue(found, reference: texture(2, width: 21)) == 0)
        let value = try FSDS().value(pair(found, truth))
        #expect(try FSDS.matlabValue(found, reference: truth) == value)
    }
}
