import Datasets
import Foundation
import Testing

@Suite("Augmentation") struct AugmentationTests {
    /// A sample whose multispectral image is the reduced reference, and whose PAN is one of its bands.
    private func sample(height: Int, width: Int, ratio: Int = 4, bands: Int = 3, seed: UInt64 = 1) -> Sample {
        var random = SampleRandom(seed: seed)
        let reference = SampleImage(bands: bands, height: height, width: width) { _, _, _ in
            Float(random.below(1024)) / 1024
        }
        let pan = SampleImage(bands: 1, height: height, width: width) { reference[$0, $1, $2] }
        return Sample(
            images: [.reference: reference, .pan: pan, .ms: reference.boxReduced(by: ratio)], name: "made up")
    }

    @Test(
        "moves all images of a sample together: reducing and augmenting may be exchanged",
        arguments: [(32, 32), (32, 48), (24, 16)], [nil, 8, 16] as [Int?])
    func commutes(size: (Int, Int), crop: Int?) throws {
        let original = sample(height: size.0, width: size.1)
        let augmentation = Augmentation(flips: true, turns: true, crop: crop)
        var seen: Set<SampleImage> = []
        for seed in UInt64(0)..<64 {
            var changed = original
            var random = SampleRandom(seed: seed)
            try augmentation.apply(to: &changed, ratio: 4, random: &random)
            let reference = try #require(changed.images[.reference])
            let band = SampleImage(bands: 1, height: reference.height, width: reference.width) { reference[$0, $1, $2] }
            #expect(changed.images[.pan] == band)
            let ms = try #require(changed.images[.ms])
            let reduced = reference.boxReduced(by: 4)
            // The sums of a turned square are added in another order.
            let distance = zip(ms.values, reduced.values).map { abs($0 - $1) }.max() ?? 1
            #expect(ms.size == reduced.size && distance < 1e-6)
            seen.insert(reference)
        }
        // The eight ways to lay down a square, the four of an oblong, and more with places to cut out.
        let least = crop == nil ? (size.0 == size.1 ? 8 : 4) : 8
        #expect(seen.count >= least)
        if crop == nil { #expect(seen.count == least) }
    }

    @Test("lays a square down in each of the eight ways, as flips and quarter turns define them")
    func orientations() throws {
        let image = SampleImage(bands: 2, height: 3, width: 3) { Float($0 * 9 + $1 * 3 + $2) }
        func turned(_ image: SampleImage) -> SampleImage {
            SampleImage(bands: 2, height: 3, width: 3) { image[$0, 2 - $2, $1] }
        }
        func mirrored(_ image: SampleImage) -> SampleImage {
            SampleImage(bands: 2, height: 3, width: 3) { image[$0, $1, 2 - $2] }
        }
        var expected: Set<SampleImage> = []
        for start in [image, mirrored(image)] {
            expected.formUnion([start, turned(start), turned(turned(start)), turned(turned(turned(start)))])
        }
        var seen: [SampleImage: Int] = [:]
        for seed in UInt64(0)..<800 {
            var sample = Sample(images: [.first: image], name: "made up")
            var random = SampleRandom(seed: seed)
            try Augmentation.geometric.apply(to: &sample, ratio: 1, random: &random)
            seen[try #require(sample.images[.first]), default: 0] += 1
        }
        #expect(expected.count == 8)
        #expect(Set(seen.keys) == expected)
        for count in seen.values { #expect((60...140).contains(count)) }
    }

    @Test("keeps one pixel high and wide images whole")
    func narrow() throws {
        for (height, width) in [(1, 5), (5, 1), (1, 1)] {
            let image = SampleImage(bands: 2, height: height, width: width) { Float($0 * 10 + $1 + $2) }
            for seed in UInt64(0)..<16 {
                var sample = Sample(images: [.first: image], name: "made up")
                var random = SampleRandom(seed: seed)
                try Augmentation.geometric.apply(to: &sample, ratio: 1, random: &random)
                let changed = try #require(sample.images[.first])
                #expect(changed.size == image.size && changed.values.sorted() == image.values.sorted())
            }
        }
    }

    @Test("cuts pairs of pictures out at any pixel")
    func pictureCrop() throws {
        let image = SampleImage(bands: 1, height: 9, width: 7) { Float($0 + 100 * $1 + $2) }
        var corners: Set<Float> = []
        for seed in UInt64(0)..<400 {
            var sample = Sample(images: [.first: image, .second: image], name: "made up")
            var random = SampleRandom(seed: seed)
            try Augmentation(crop: 5).apply(to: &sample, ratio: 1, random: &random)
            #expect(sample.images[.first] == sample.images[.second])
            corners.insert(try #require(sample.images[.first])[0, 0, 0])
        }
        #expect(corners.count == 5 * 3)
    }

    @Test("scales all images by one factor, bands by one for input and truth, and noise spares the truth")
    func brightness() throws {
        let original = sample(height: 64, width: 64)
        func changed(_ augmentation: Augmentation) throws -> [SampleRole: SampleImage] {
            var sample = original
            var random = SampleRandom(seed: 3)
            try augmentation.apply(to: &sample, ratio: 4, random: &random)
            return sample.images
        }
        func factor(_ images: [SampleRole: SampleImage], _ role: SampleRole, band: Int = 0) throws -> Float {
            let (image, before) = (try #require(images[role]), try #require(original.images[role]))
            let sums = [image, before].map { image in
                image.values[band * image.pixels..<(band + 1) * image.pixels].reduce(0, +)
            }
            return sums[0] / sums[1]
        }
        let scaled = try changed(Augmentation(gain: 0.3))
        let gain = try factor(scaled, .pan)
        #expect(abs(gain - 1) > 1e-3 && abs(gain - 1) <= 0.3001)
        for role in [SampleRole.ms, .reference] { #expect(abs(try factor(scaled, role, band: 2) - gain) < 1e-4) }

        let jittered = try changed(Augmentation(bandJitter: 0.2))
        #expect(jittered[.pan] == original.images[.pan])
        var factors: Set<Float> = []
        for band in 0..<3 {
            let (ms, truth) = (try factor(jittered, .ms, band: band), try factor(jittered, .reference, band: band))
            #expect(abs(ms - truth) < 1e-4)
            factors.insert(ms)
        }
        #expect(factors.count == 3)

        let noisy = try changed(Augmentation(noise: 0.05))
        #expect(noisy[.reference] == original.images[.reference])
        let (pan, before) = (try #require(noisy[.pan]), try #require(original.images[.pan]))
        let variance = zip(pan.values, before.values).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 4096
        #expect(abs(variance.squareRoot() - 0.05) < 0.003)
        #expect(noisy[.ms] != original.images[.ms])
    }

    @Test("takes what a configuration leaves out for no change")
    func decoding() throws {
        let text = Data(#"{"flips": true, "crop": 32, "bandJitter": 0.1}"#.utf8)
        let augmentation = try JSONDecoder().decode(Augmentation.self, from: text)
        #expect(augmentation == Augmentation(flips: true, crop: 32, bandJitter: 0.1))
    }

    @Test("refuses settings that make no sense before anything is read")
    func settings() throws {
        let source = MadeUpSource(count: 4)
        for augmentation in [
            Augmentation(crop: 6), Augmentation(crop: 0), Augmentation(gain: -0.1), Augmentation(bandJitter: 2),
            Augmentation(noise: .nan),
        ] {
            let error = datasetError {
                _ = try SampleLoader(source, augmentation: augmentation, batchSize: 1, seed: 0)
            }
            #expect(error?.code == .setting, "\(augmentation)")
        }
        let loader = try SampleLoader(source, augmentation: Augmentation(crop: 64), batchSize: 1, seed: 0, workers: 0)
        let error = datasetError { _ = try loader.batches(epoch: 0).next() }
        #expect(error?.code == .setting && error?.place.hasPrefix("made up") == true)
    }
}
