import Sensors

/// Features of the pixels of a regular grid of the scene, all in memory.
///
/// A scene of moderate size is taken whole; of a larger one every n-th row and column, so that the sample stays within
/// ``capacity`` values. Which pixels these are depends on the scene's size alone.
struct PixelSample: SceneMeasurement {
    /// Values that a sample holds at most, 64 MB.
    static let capacity = 1 << 23
    /// Pixels that a sample holds at most, for time's sake.
    static let mostPixels = 1 << 20

    /// What a block contributes: the features of its pixels of the grid.
    struct Part: Sendable {
        let rows: Range<Int>
        let columns: Range<Int>
        let values: [[Double]]
        let isValid: [Bool]?
    }

    let ingredients: Ingredients
    private let features: Int
    private let first: Int
    private let step: Int
    private let height: Int
    private let width: Int
    private let planes: @Sendable (PreparedBlock) -> [[Double]]
    private var values: [[Double]] = []
    private var isValid: [Bool] = []

    /// No pixels yet.
    ///
    /// - Parameters:
    ///   - first: row and column of the first pixel that may be taken.
    ///   - step: distance of the pixels that may be taken.
    ///   - features: values of a pixel.
    ///   - planes: for all pixels of a block its features, one array a feature.
    init(
        of scene: SharpeningScene, first: Int = 0, step: Int = 1, features: Int, ingredients: Ingredients,
        planes: @escaping @Sendable (PreparedBlock) -> [[Double]]
    ) {
        func count(_ length: Int, _ step: Int) -> Int { max(0, (length - first + step - 1) / step) }
        let most = max(1, min(Self.mostPixels, Self.capacity / max(features, 1)))
        var distance = step
        while count(scene.panHeight, distance) * count(scene.panWidth, distance) > most { distance += step }
        self.first = first
        self.step = distance
        self.features = features
        self.ingredients = ingredients
        self.planes = planes
        height = count(scene.panHeight, distance)
        width = count(scene.panWidth, distance)
    }

    /// The positions of the grid that lie in a stretch of an axis.
    private func positions(_ range: Range<Int>) -> Range<Int> {
        func position(_ pixel: Int) -> Int { max(0, (pixel - first + step - 1) / step) }
        return position(range.lowerBound)..<position(range.upperBound)
    }

    func measure(_ block: PreparedBlock) -> Part {
        let (rows, columns) = (positions(block.region.rows), positions(block.region.columns))
        let places = rows.flatMap { row in
            columns.map { column in
                (row * step + first - block.region.rows.lowerBound) * block.region.columns.count + column * step + first
                    - block.region.columns.lowerBound
            }
        }
        return Part(
            rows: rows, columns: columns,
            values: planes(block).map { plane in
                plane.withUnsafeBufferPointer { plane in places.map { plane[$0] } }
            },
            isValid: block.isValid.map { isValid in places.map { isValid[$0] } })
    }

    mutating func merge(_ part: Part) {
        if isValid.isEmpty {
            values = [[Double]](repeating: [Double](repeating: 0, count: height * width), count: features)
            isValid = [Bool](repeating: false, count: height * width)
        }
        var index = 0
        for row in part.rows {
            for column in part.columns {
                // Column after column, the order in which the reference numbers pixels.
                let place = column * height + row
                for feature in 0..<features { values[feature][place] = part.values[feature][index] }
                isValid[place] = part.isValid?[index] ?? true
                index += 1
            }
        }
    }

    /// The features of the pixels that count, pixel by pixel, columns of the scene one after another.
    func valid() -> [Double] {
        var result: [Double] = []
        result.reserveCapacity(features * isValid.count)
        for pixel in isValid.indices where isValid[pixel] {
            for feature in 0..<features { result.append(values[feature][pixel]) }
        }
        return result
    }
}
