import Classical
import Foundation
import Sensors
import Testing

@Suite("Methods for hyperspectral images") struct HyperspectralTests {
    static let methods: [any ClassicalMethod] = [GFPCA(), CNMF(), HySure()]

    @Test("bring back a scene of few spectra from bands that tell them apart, much closer than interpolation")
    func recovery() throws {
        let scene = MixedScene(sharpBands: 4)
        let interpolated = try scene.error(EXP(), sharp: scene.sharp.band(0))
        let (cnmf, hySure, gfpca) = (try scene.error(CNMF()), try scene.error(HySure()), try scene.error(GFPCA()))
        #expect(cnmf < 0.1 * interpolated, "\(cnmf), \(interpolated) interpolated")
        #expect(hySure < 0.4 * interpolated, "\(hySure), \(interpolated) interpolated")
        #expect(gfpca < 0.7 * interpolated, "\(gfpca), \(interpolated) interpolated")
    }

    @Test("keep what the hyperspectral image shows, with one sharp band and with several", arguments: [1, 4])
    func consistency(sharpBands: Int) throws {
        let scene = MixedScene(sharpBands: sharpBands)
        for method in Self.methods {
            let error = try scene.coarseError(method)
            // Which local minimum CNMF finds depends on the last bits of the interpolated image.
            #expect(error < 0.03, "\(method.name): \(error)")
        }
    }

    @Test("give the same bits every time, and CNMF others for another seed")
    func seeds() throws {
        let scene = MixedScene(bands: 12, sharpBands: 3, side: 48)
        func fused(_ method: any ClassicalMethod) throws -> Image {
            try method.sharpen(
                ms: scene.spectral, pan: scene.sharp, sensor: .unknown(bands: 12, ratio: 4, bits: 16), ratio: 4)
        }
        for method in Self.methods { #expect(try fused(method) == fused(method), "\(method.name)") }
        #expect(try fused(CNMF(seed: 1)) != fused(CNMF(seed: 2)))
    }

    @Test("HySure and GFPCA scale with the numbers of both images")
    func scale() throws {
        let scene = MixedScene(bands: 12, sharpBands: 3, side: 48)
        func doubled(_ image: Image) -> Image {
            Image(bands: image.bands, height: image.height, width: image.width, values: image.values.map { 2 * $0 })
        }
        let sensor = Sensor.unknown(bands: 12, ratio: 4, bits: 16)
        for method in [GFPCA(), HySure()] as [any ClassicalMethod] {
            let plain = try method.sharpen(ms: scene.spectral, pan: scene.sharp, sensor: sensor, ratio: 4)
            let twice = try method.sharpen(
                ms: doubled(scene.spectral), pan: doubled(scene.sharp), sensor: sensor, ratio: 4)
            let largest = zip(plain.values, twice.values).map { abs(2 * $0 - $1) }.max() ?? .infinity
            #expect(largest < 1e-6, "\(method.name): \(largest)")
        }
    }

    @Test("are the only ones that take several sharp bands")
    func severalBands() throws {
        let scene = MixedScene(bands: 6, sharpBands: 3, side: 32)
        let sensor = Sensor.unknown(bands: 6, ratio: 4, bits: 16)
        let takers = ClassicalMethods.all.filter(\.takesSeveralSharpBands).map(\.name)
        #expect(takers == ["GFPCA", "CNMF", "HySure"])
        for method in ClassicalMethods.all where !method.takesSeveralSharpBands {
            #expect(throws: ClassicalError.panchromaticBands(3), "\(method.name)") {
                try method.sharpen(ms: scene.spectral, pan: scene.sharp, sensor: sensor, ratio: 4)
            }
        }
    }

    @Test("refuse scenes that do not fit into memory, with the most that do", arguments: ["CNMF", "HySure"])
    func largeScenes(name: String) throws {
        let scene = try SharpeningScene(
            panHeight: 20_000, panWidth: 10_000, msHeight: 5000, msWidth: 2500, bands: 198, sharpBands: 4,
            sensor: .unknown(bands: 198, ratio: 4, bits: 16), ratio: 4)
        let method = try #require(ClassicalMethods.named(name))
        let error = #expect(throws: ClassicalError.self) { try method.start(on: scene) }
        guard case .tooLarge(name, "20000 × 10000", let most) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(most > 500_000 && most < 5_000_000)
    }
}

@Suite("The hyperspectral form of methods for multispectral images") struct HyperspectralFormTests {
    let ms = texture(bands: 4, height: 24, width: 24)
    let pan = texture(bands: 1, height: 96, width: 96)

    private func fused(_ method: any ClassicalMethod, _ form: HyperspectralForm?) throws -> Image {
        try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4, hyperspectral: form)
    }

    @Test("rounds interpolated samples and holds them in 0…65536, where it is to")
    func rounding() throws {
        let plain = try fused(EXP(), nil)
        let wanted = plain.values.map { min(max($0.rounded(.toNearestOrEven), 0), 65536) }
        #expect(try fused(EXP(), HyperspectralForm()).values == wanted)
        #expect(try fused(EXP(), HyperspectralForm(roundsInterpolated: false)) == plain)
    }

    @Test("takes the smallest values of four bands for haze, and quotients held in 0…10")
    func changes() throws {
        let form = HyperspectralForm(roundsInterpolated: false)
        #expect(try fused(BTH(), form) == fused(BTH(usesPercentiles: false), nil))
        #expect(try fused(BTH(), form) != fused(BTH(), nil))
        #expect(try fused(MTFGLPHPM(), form) == fused(MTFGLPHPM(modulation: .clipped), nil))
        #expect(try fused(MTFGLPHPMR(), form) == fused(MTFGLPHPMR(modulation: .clipped), nil))
        #expect(try fused(MF(), form) == fused(MF(modulation: .clipped), nil))
        #expect(try fused(PRACS(limit: .infinity), form) == fused(PRACS(), nil))
        #expect(try fused(GSA(), form) == fused(GSA(), nil))
    }
}
