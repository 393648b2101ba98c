import Datasets
import Foundation

/// A directory that goes away with its owner.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/datasets-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// A folder in it, made where there is none.
    func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        return file(name)
    }
}

/// The data that are not part of the project; nil on machines without them.
let sharedData: String? = {
    let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let data = root.appendingPathComponent("../shared/data").standardized.path
    return FileManager.default.fileExists(atPath: data) ? data : nil
}()

/// The error that a piece of work throws.
func datasetError(_ work: () throws -> Void) -> DatasetError? {
    do {
        try work()
        return nil
    } catch {
        return error as? DatasetError
    }
}

extension SampleSource {
    /// A sample with the random numbers of epoch 0.
    func sample(_ index: Int) throws -> Sample {
        var random = SampleRandom(seed: 0, index: index)
        return try sample(index, random: &random)
    }
}

/// Every batch that is left.
func all(_ batches: SampleBatches) throws -> [Batch] {
    var result: [Batch] = []
    while let batch = try batches.next() { result.append(batch) }
    return result
}

extension SampleImage {
    /// An image whose values tell band, row and column.
    init(bands: Int, height: Int, width: Int, value: (_ band: Int, _ row: Int, _ column: Int) -> Float) {
        var values: [Float] = []
        for band in 0..<bands {
            for row in 0..<height {
                for column in 0..<width { values.append(value(band, row, column)) }
            }
        }
        self.init(bands: bands, height: height, width: width, values: values)
    }

    /// The mean of each square of pixels.
    func boxReduced(by ratio: Int) -> SampleImage {
        SampleImage(bands: bands, height: height / ratio, width: width / ratio) { band, row, column in
            var sum: Float = 0
            for i in 0..<ratio {
                for j in 0..<ratio { sum += self[band, row * ratio + i, column * ratio + j] }
            }
            return sum / Float(ratio * ratio)
        }
    }
}
