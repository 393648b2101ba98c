import Classical
import Foundation
import Sensors
import Testing

extension ClassicalMethods {
    /// The methods that are defined for a ratio.
    static func all(ratio: Int) throws -> [any ClassicalMethod] {
        let scene = try SharpeningScene(
            panHeight: 8 * ratio, panWidth: 8 * ratio, msHeight: 8, msWidth: 8, bands: 2, sensor: .ikonos, ratio: ratio)
        return all.filter { (try? $0.start(on: scene)) != nil }
    }

    /// Those without the ones that take seconds for a small scene, for tests of how a scene is read: these fuse what they have
    /// read as a whole, in the same ways as PWMBF and CNMF.
    static func quick(ratio: Int) throws -> [any ClassicalMethod] {
        try all(ratio: ratio).filter { !["RR", "SR-D", "HySure"].contains($0.name) }
    }
}

@Suite("Classical methods") struct ClassicalMethodTests {
    @Test("are found by name, in any case and without hyphens")
    func names() {
        #expect(ClassicalMethods.named("mtfglpfs")?.name == "MTF-GLP-FS")
        #expect(ClassicalMethods.named("brovey")?.name == "Brovey")
        #expect(ClassicalMethods.named("ihs")?.name == "GIHS")
        #expect(ClassicalMethods.named("MTF-GLP-CBD")?.name == "GS2-GLP")
        #expect(ClassicalMethods.named("bdsd64")?.name == "BDSD-64")
        #expect(ClassicalMethods.named("GLP") == nil)
        #expect(ClassicalMethods.standard.name == "C-GS2-GLP")
    }

    @Test(
        "keep what the multispectral image says where PAN is constant",
        arguments: [
            "GS", "PCA", "GSA", "MTF-GLP-FS", "MTF-GLP-HPM-R", "GS2-GLP", "HPF", "ATWT", "AWLP", "PRACS", "C-GSA",
            "C-GS2-GLP",
        ])
    func constantPAN(name: String) throws {
        let ms = texture(bands: 4, height: 24, width: 20)
        let pan = Image(bands: 1, height: 96, width: 80, repeating: 500.1)
        let method = try #require(ClassicalMethods.named(name))
        let fused = try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
        let expected = try EXP().sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
        let largest = zip(fused.values, expected.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest < 1e-9)
    }

    @Test("keep a constant scene to what the MTF filter's taps lack of 1, a few thousandths at most")
    func constantScene() throws {
        let ms = Image(bands: 4, height: 24, width: 20, repeating: 400)
        let pan = Image(bands: 1, height: 96, width: 80, repeating: 400)
        for method in ClassicalMethods.all {
            let fused = try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
            let largest = fused.values.map { abs($0 - 400) }.max() ?? .infinity
            // The steps of RR end at a published size of the gradient, which is reached early on small scenes.
            #expect(largest < (method is RR ? 10 : 1), "\(method.name): \(largest)")
        }
    }

    @Test("TV gives constant images of two levels the least squares between them, up to every edge")
    func constantsOfTwoLevels() throws {
        let ms = Image(bands: 4, height: 20, width: 25, repeating: 400)
        let pan = Image(bands: 1, height: 80, width: 100, repeating: 500)
        let fused = try TV().sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
        // The minimum of Σ(x_b − 400)² + (Σ w_b·x_b − 500)², which ten rounds reach to a part in 10⁶.
        let weights = [0.1091, 0.2127, 0.2928, 0.3854]
        let power = weights.reduce(0) { $0 + $1 * $1 }
        for (band, weight) in weights.enumerated() {
            let wanted = 400 + weight * (500 - 400 * weights.reduce(0, +)) / (1 + power)
            let largest = fused.band(band).values.map { abs($0 - wanted) }.max() ?? .infinity
            #expect(largest < 1e-3, "band \(band): \(largest) from \(wanted)")
        }
    }

    @Test("give finite numbers for constant, zero, negative and tiny images")
    func degenerate() throws {
        let texturePAN = texture(bands: 1, height: 32, width: 32)
        let cases: [(ms: Image, pan: Image)] = [
            (Image(bands: 3, height: 8, width: 8), Image(bands: 1, height: 32, width: 32)),
            (Image(bands: 3, height: 8, width: 8, repeating: 7), texturePAN),
            (Image(bands: 3, height: 8, width: 8, repeating: -7), texturePAN),
            (Image(bands: 3, height: 8, width: 8), texturePAN),
            (texture(bands: 3, height: 8, width: 8), Image(bands: 1, height: 32, width: 32)),
            (Image(bands: 1, height: 1, width: 1, repeating: 3), texture(bands: 1, height: 4, width: 4)),
        ]
        for (ms, pan) in cases {
            for method in ClassicalMethods.all {
                let fused = try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
                #expect(fused.values.allSatisfy { $0.isFinite }, "\(method.name)")
            }
        }
    }

    @Test("a method that is not defined for a ratio refuses it, with the ratios that it takes")
    func ratios() throws {
        func refusals(_ ratio: Int) throws -> [String] {
            let taken = try ClassicalMethods.all(ratio: ratio).map(\.name)
            return ClassicalMethods.all.map(\.name).filter { !taken.contains($0) }
        }
        #expect(try refusals(4).isEmpty)
        #expect(try refusals(2) == ["C-BDSD", "TV"])
        #expect(try refusals(3) == ["C-BDSD", "Indusion", "MF", "TV", "RR"])
        let (ms, pan) = (texture(bands: 2, height: 8, width: 8), texture(bands: 1, height: 24, width: 24))
        let error = ClassicalError.methodRatio(method: "MF", ratio: 3, allowed: "ratios that are powers of two")
        #expect(throws: error) { try MF().sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 3) }
        #expect(error.description.contains("powers of two"))
    }

    @Test("a method that needs the whole scene in memory refuses large ones")
    func largeScenes() throws {
        let scene = try SharpeningScene(
            panHeight: 2000, panWidth: 1000, msHeight: 500, msWidth: 250, bands: 4, sensor: .ikonos, ratio: 4)
        for method in [PWMBF(), TV(), RR(), SRD()] as [any ClassicalMethod] {
            let error = ClassicalError.tooLarge(method: method.name, pixels: "2000 × 1000", most: 1_887_436)
            #expect(throws: error) { try method.start(on: scene) }
            #expect(error.description.contains("1887436 PAN pixels"))
            #expect(error.description.contains("does not depend on the memory"))
        }
    }

    @Test("keep each band's mean", arguments: ["GSA", "GIHS", "GS", "PCA"])
    func means(name: String) throws {
        let (ms, pan) = (texture(bands: 4, height: 40, width: 30), texture(bands: 1, height: 160, width: 120))
        let method = try #require(ClassicalMethods.named(name))
        let fused = try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
        let interpolated = try EXP().sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4)
        for band in 0..<4 {
            let difference = zip(fused.band(band).values, interpolated.band(band).values).reduce(0) { $0 + $1.0 - $1.1 }
            #expect(abs(difference / Double(fused.pixels)) < 1e-9)
        }
    }

    @Test("GSA has an answer when bands are linearly dependent")
    func dependentBands() throws {
        let one = texture(bands: 2, height: 40, width: 40)
        let pan = texture(bands: 1, height: 160, width: 160)
        let twice = Image(
            bands: 4, height: 40, width: 40,
            values: one.values + one.band(0).values + zip(one.band(0).values, one.band(1).values).map { $0 + $1 })
        let plain = try GSA().sharpen(ms: one, pan: pan, sensor: .ikonos, ratio: 4)
        let redundant = try GSA().sharpen(ms: twice, pan: pan, sensor: .ikonos, ratio: 4)
        let largest = zip(plain.values, redundant.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest < 1e-6)
    }

    @Test("put the multispectral image where its grid says", arguments: [0.0, 1, -1.5, 0.4])
    func shift(shift: Double) throws {
        // One smooth wave seen by both instruments; the multispectral grid is shifted against PAN's.
        let ratio = 4
        func wave(_ row: Double, _ column: Double) -> Double { 500 + 100 * sin(row / 13) * cos(column / 11) }
        var pan = Image(bands: 1, height: 256, width: 256)
        var ms = Image(bands: 2, height: 64, width: 64)
        for row in 0..<256 {
            for column in 0..<256 { pan[0, row, column] = wave(Double(row), Double(column)) }
        }
        for row in 0..<64 {
            for column in 0..<64 {
                let value = wave(Double(ratio * row + 2) + shift, Double(ratio * column + 2) - shift)
                ms[0, row, column] = value
                ms[1, row, column] = 2 * value
            }
        }
        func error(_ method: any ClassicalMethod, _ rowShift: Double, _ columnShift: Double) throws -> Double {
            let scene = try SharpeningScene(
                panHeight: 256, panWidth: 256, msHeight: 64, msWidth: 64, bands: 2, sensor: .ikonos, ratio: ratio,
                rowShift: rowShift, columnShift: columnShift)
            let fused = try method.sharpen(scene: scene, ms: SceneWindow(whole: ms), pan: SceneWindow(whole: pan))
            return (64..<192).flatMap { row in
                (64..<192).map { abs(fused[0, row, $0] - pan[0, row, $0]) }
            }.max() ?? .infinity
        }
        #expect(try error(EXP(), shift, -shift) < 0.1)
        // The MTF filter's taps do not sum to 1, and detail is added that the interpolated wave has already.
        #expect(try error(MTFGLPFS(), shift, -shift) < 6)
        if shift != 0 { #expect(try error(EXP(), -shift, shift) > 5) }
    }
}

@Suite("Images that cannot be sharpened") struct ClassicalErrorTests {
    let ms = texture(bands: 4, height: 16, width: 16)
    let pan = texture(bands: 1, height: 64, width: 64)

    @Test("are refused with the numbers found")
    func refusals() throws {
        let method = MTFGLPFS()
        #expect(throws: ClassicalError.panchromaticBands(4)) {
            try method.sharpen(ms: pan, pan: ms, sensor: .ikonos, ratio: 4)
        }
        #expect(throws: ClassicalError.sizes(pan: "64 × 64", ms: "16 × 16", ratio: 2)) {
            try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 2)
        }
        #expect(throws: ClassicalError.sensorBands(sensor: "IKONOS", gains: 4, bands: 5)) {
            try method.sharpen(
                ms: Image(bands: 5, height: 16, width: 16), pan: pan, sensor: .ikonos, ratio: 4)
        }
        #expect(throws: ClassicalError.ratio(1)) { try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 1) }
        #expect(throws: ClassicalError.empty(pan: "64 × 64", ms: "4 × 0 × 16")) {
            try method.sharpen(ms: Image(bands: 4, height: 0, width: 16), pan: pan, sensor: .ikonos, ratio: 4)
        }
        for shift in [64.0, -64, .infinity] {
            #expect(throws: ClassicalError.noOverlap(rowShift: 0, columnShift: shift)) {
                try SharpeningScene(
                    panHeight: 64, panWidth: 64, msHeight: 16, msWidth: 16, bands: 4, sensor: .ikonos, ratio: 4,
                    columnShift: shift)
            }
        }
        #expect(throws: ClassicalError.self) {
            try SharpeningScene(
                panHeight: 64, panWidth: 64, msHeight: 16, msWidth: 16, bands: 4, sensor: .ikonos, ratio: 4,
                rowShift: .nan)
        }
        #expect(throws: ClassicalError.mask(pixels: 2, expected: 4096)) {
            try method.sharpen(ms: ms, pan: pan, sensor: .ikonos, ratio: 4, isValid: [true, true])
        }
        #expect(throws: ClassicalError.noValidPixels) {
            try method.sharpen(
                ms: ms, pan: pan, sensor: .ikonos, ratio: 4, isValid: [Bool](repeating: false, count: 4096))
        }
        #expect(ClassicalError.sizes(pan: "64 × 64", ms: "16 × 16", ratio: 2).description.contains("2 times"))
    }

    @Test("NaN and infinity are refused by every method that needs statistics", arguments: [Double.nan, .infinity])
    func notFinite(value: Double) throws {
        var (spoiledMS, spoiledPAN) = (ms, pan)
        spoiledMS[2, 3, 4] = value
        spoiledPAN[0, 30, 4] = value
        for method in ClassicalMethods.all where method.name != "EXP" {
            #expect(throws: ClassicalError.notFinite, "\(method.name)") {
                try method.sharpen(ms: spoiledMS, pan: pan, sensor: .ikonos, ratio: 4)
            }
            #expect(throws: ClassicalError.notFinite, "\(method.name)") {
                try method.sharpen(ms: ms, pan: spoiledPAN, sensor: .ikonos, ratio: 4)
            }
        }
    }
}
