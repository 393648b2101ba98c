import Foundation
import Raster
import Testing

@Suite("Geotransform") struct GeoTransformTests {
    static let transforms = [
        GeoTransform.identity,
        GeoTransform(originX: 500_000, originY: 3_600_000, columnStepX: 30, rowStepY: -30),
        GeoTransform(originX: -87.5, originY: 31.25, columnStepX: 0.4, columnStepY: 0.3, rowStepX: 0.3, rowStepY: -0.4),
        GeoTransform(originX: 7, originY: -9, columnStepX: 0, columnStepY: 2, rowStepX: -3, rowStepY: 0),
    ]

    @Test("the inverse brings every position back", arguments: transforms)
    func inverse(transform: GeoTransform) throws {
        let inverse = try #require(transform.inverse)
        for column in [-3.5, 0, 0.5, 1000] {
            for row in [-1.25, 0, 7.5, 4096] {
                let place = transform.position(column: column, row: row)
                let back = inverse.position(column: place.x, row: place.y)
                #expect(abs(back.x - column) < 1e-8 && abs(back.y - row) < 1e-8)
            }
        }
    }

    @Test("a map without area has no inverse")
    func singular() {
        #expect(GeoTransform(originX: 0, originY: 0, columnStepX: 0, rowStepY: -1).inverse == nil)
        #expect(GeoTransform(originX: 0, originY: 0, columnStepX: .nan, rowStepY: -1).inverse == nil)
    }

    @Test("a window's pixel lies where it lay in the whole image", arguments: transforms)
    func windows(transform: GeoTransform) {
        let window = Window(column: 13, row: -4, width: 8, height: 8)
        let part = transform.of(window).position(column: 2.5, row: 3.5)
        let whole = transform.position(column: 15.5, row: -0.5)
        #expect(abs(part.x - whole.x) < 1e-8 && abs(part.y - whole.y) < 1e-8)
    }

    @Test(
        "zooming keeps the corners: the centre of a pixel is the centre of its ratio × ratio pixels",
        arguments: transforms, [2.0, 3, 4, 0.25])
    func zoom(transform: GeoTransform, ratio: Double) {
        let zoomed = transform.zoomed(by: ratio)
        let centre = transform.position(column: GeoTransform.centre(of: 5), row: GeoTransform.centre(of: 7))
        let same = zoomed.position(column: 5.5 * ratio, row: 7.5 * ratio)
        #expect(abs(centre.x - same.x) < 1e-8 && abs(centre.y - same.y) < 1e-8)
        #expect(abs(zoomed.pixelWidth - transform.pixelWidth / ratio) < 1e-9)
        #expect(abs(zoomed.pixelHeight - transform.pixelHeight / ratio) < 1e-9)
    }

    @Test("composition maps the pixels of one image to those of another")
    func composition() throws {
        let pan = GeoTransform(originX: 500_000, originY: 3_600_000, columnStepX: 15, rowStepY: -15)
        let ms = GeoTransform(originX: 499_992.5, originY: 3_600_007.5, columnStepX: 30, rowStepY: -30)
        let map = try #require(pan.inverse).after(ms)
        let centre = map.position(column: 0.5, row: 0.5)
        #expect(abs(centre.x - 0.5) < 1e-9 && abs(centre.y - 0.5) < 1e-9)
        #expect(abs(map.columnStepX - 2) < 1e-12 && abs(map.rowStepY - 2) < 1e-12)
    }
}
