import Sensors
import Testing

@Suite("Simulated pairs of pictures") struct PicturePairSimulatorTests {
    @Test("a seed gives the same bits on every machine, another seed others")
    func checksum() {
        let pair = PicturePairSimulator(side: 64, seed: 1).render()
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for value in pair.first + pair.second { hash = (hash ^ UInt64(value.bitPattern)) &* 0x100_0000_01B3 }
        // FNV-1a. A change of the shapes, textures or tones changes it, nothing else may.
        #expect(hash == 10_704_192_343_207_981_993)
        #expect(PicturePairSimulator(side: 64, seed: 2).render().first != pair.first)
    }

    @Test("values are 0 to 1, and pictures of a pair share some of what they show", arguments: 0..<4)
    func range(part: Int) {
        var correlated = 0
        for seed in UInt64(part * 10)..<UInt64(part * 10 + 10) {
            let pair = PicturePairSimulator(side: 48, seed: seed).render()
            for picture in [pair.first, pair.second] {
                #expect(picture.count == 48 * 48)
                #expect(picture.allSatisfy { (0...1).contains($0) }, "seed \(seed)")
                #expect(Set(picture).count > 100, "seed \(seed)")
            }
            if abs(correlation(pair.first, pair.second)) > 0.1 { correlated += 1 }
        }
        #expect((3...10).contains(correlated), "\(correlated) of 10")
    }

    private func correlation(_ x: [Float], _ y: [Float]) -> Float {
        let count = Float(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        var (xx, yy, xy) = (Float(0), Float(0), Float(0))
        for (a, b) in zip(x, y) {
            xx += (a - meanX) * (a - meanX)
            yy += (b - meanY) * (b - meanY)
            xy += (a - meanX) * (b - meanY)
        }
        return xy / (xx * yy).squareRoot()
    }
}
