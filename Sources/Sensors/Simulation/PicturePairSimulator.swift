/// Simulates pairs of pictures of one subject, such as infrared and visible light or CT and MRI, to learn fusion from.
///
/// Shapes of all sizes lie on top of each other (the dead-leaves model; Lee, Mumford, Huang, "Occlusion models for natural
/// images", IJCV 41, 2001). Each is seen by one picture or by both, there as bright, as its negative, or as anything else;
/// it has textures of its own, is hollow or not, sharp or soft. Some pairs are bodies before a black ground, as medical
/// slices are; in others the ground has a texture. One picture may be softer than the other, and each has tones of its own.
///
/// The same seed gives the same pair on every machine.
public struct PicturePairSimulator: Sendable {
    /// Rows and columns.
    public let side: Int
    /// Decides everything.
    public let seed: UInt64

    /// Pixels around the pair that are made and cut off, so that shapes cross the borders.
    private static let margin = 16

    /// A pair.
    public init(side: Int, seed: UInt64) { (self.side, self.seed) = (side, seed) }

    /// Makes both pictures.
    ///
    /// - Returns: side × side values of 0…1 each, row by row.
    public func render() -> (first: [Float], second: [Float]) {
        var random = SceneRandom(seed: seed)
        let whole = side + 2 * Self.margin
        let isMedical = random.chance(0.35)
        let isDark = isMedical && random.chance(0.8)
        var first = ground(isDark, whole, swing: 0.25, &random)
        var second = ground(isDark, whole, swing: 0.2, &random)
        if !isDark, random.chance(0.5) {
            let strength = Float(random.uniform(0.03...0.3))
            let texture = texture(whole, &random)
            for index in first.indices { first[index] += strength * texture[index] }
        }
        let textures = (0..<3).map { _ in texture(whole, &random) }
        let shared = random.pick([0.2, 0.5, 0.8])
        let count = Self.between(8, 160, random.unit())
        for index in 0..<Int(count) {
            let shape = PairShape(index, whole: whole, isDark: isDark, isMedical: isMedical, &random)
            var value = random.unit()
            let isShared = random.chance(shared)
            if isShared || random.chance(0.55) {
                paint(shape, value, textures, strengths: [0, 0.02, 0.06, 0.12], on: &first, whole, &random)
                guard isShared else { continue }
                value = random.pick([value, 1 - value, random.unit()]) + 0.1 * random.normal()
            } else if random.chance(0.5) {
                // Warm bodies, bones.
                value = random.uniform(0.7...1)
            }
            paint(
                shape, Swift.min(Swift.max(value, 0), 1), textures, strengths: [0, 0, 0.01, 0.04, 0.1], on: &second,
                whole,
                &random)
        }
        let blurs = (random.pick([0, 0.4, 0.8]), random.pick([0, 0.5, 1, 0, 0.5, 1, 2, 4]))
        first = toned(cut(blurred(first, whole, blurs.0), whole), isDark, &random)
        second = toned(cut(blurred(second, whole, blurs.1), whole), isDark, &random)
        return random.chance(0.5) ? (second, first) : (first, second)
    }

    /// The number at a share of the way from one to another in equal ratios: portable, by halving.
    private static func between(_ low: Double, _ high: Double, _ share: Double) -> Double {
        var (low, high, share) = (low, high, share)
        for _ in 0..<20 {
            let middle = (low * high).squareRoot()
            (low, high, share) = share < 0.5 ? (low, middle, share * 2) : (middle, high, share * 2 - 1)
        }
        return low
    }

    private func ground(_ isDark: Bool, _ whole: Int, swing: Double, _ random: inout SceneRandom) -> [Float] {
        guard !isDark else { return .init(repeating: 0.02, count: whole * whole) }
        let level = Float(random.unit())
        let strength = Float(random.uniform(0...swing))
        let waves = SceneNoise(cells: [(random.uniform(20...80), 1)], key: random.next())
        return waves.map(.init(left: 0, top: 0, width: whole, height: whole)).map { level + strength * $0 }
    }

    /// Of mean 0 and variance about 1: octaves from the pixel upwards, each stronger than the finer one by a factor.
    private func texture(_ whole: Int, _ random: inout SceneRandom) -> [Float] {
        let growth = random.uniform(0.8...2)
        var (cells, weight) = ([(size: Double, weight: Double)](), 1.0)
        for size in [1.0, 2, 4, 8, 16, 32] {
            cells.append((size, weight))
            weight *= growth
        }
        return SceneNoise(cells: cells, key: random.next())
            .map(.init(left: 0, top: 0, width: whole, height: whole))
    }

    private func paint(
        _ shape: PairShape, _ value: Double, _ textures: [[Float]], strengths: [Double], on picture: inout [Float],
        _ whole: Int, _ random: inout SceneRandom
    ) {
        let (texture, strength) = (random.pick(textures), Float(random.pick(strengths)))
        let value = Float(value)
        for row in shape.rows {
            for column in shape.columns {
                let cover = shape.cover(x: Float(column), y: Float(row))
                guard cover > 0 else { continue }
                let index = row * whole + column
                picture[index] += cover * (value + strength * texture[index] - picture[index])
            }
        }
    }

    private func blurred(_ picture: [Float], _ whole: Int, _ deviation: Double) -> [Float] {
        guard deviation > 0 else { return picture }
        let reach = Int((3 * deviation).rounded(.up))
        let weights = (-reach...reach).map { offset in
            Float(PortableMath.exponential(-Double(offset * offset) / (2 * deviation * deviation)))
        }
        let sum = weights.reduce(0, +)
        // Rows become columns, twice.
        func pass(_ picture: [Float]) -> [Float] {
            var result = picture
            for row in 0..<whole {
                for column in 0..<whole {
                    var value: Float = 0
                    for (tap, weight) in weights.enumerated() {
                        let at = Swift.min(Swift.max(column + tap - reach, 0), whole - 1)
                        value += weight * picture[row * whole + at]
                    }
                    result[column * whole + row] = value / sum
                }
            }
            return result
        }
        return pass(pass(picture))
    }

    private func cut(_ picture: [Float], _ whole: Int) -> [Float] {
        (0..<side).flatMap { row in
            let start = (row + Self.margin) * whole + Self.margin
            return picture[start..<start + side]
        }
    }

    /// Stretched from the hundredth to the last hundredth of its numbers, bent, and brought to a part of 0…1.
    private func toned(_ picture: [Float], _ isDark: Bool, _ random: inout SceneRandom) -> [Float] {
        let sorted = picture.sorted()
        let low = sorted[sorted.count / 100]
        let width = Swift.max(sorted[sorted.count - 1 - sorted.count / 100] - low, 0.05)
        let contrast = random.uniform(0.35...1)
        let offset = isDark ? 0 : Float(random.uniform(0...1 - contrast))
        // x (1 + k) / (1 + k x) brightens for k above 0 and darkens below.
        let bend = Float(random.uniform(-0.5...1))
        return picture.map { value in
            let share = Swift.min(Swift.max((value - low) / width, 0), 1)
            return offset + Float(contrast) * share * (1 + bend) / (1 + bend * share)
        }
    }
}

/// A shape of a simulated pair of pictures: an ellipse, a rounded box or a diamond, turned, full or hollow, sharp or soft.
private struct PairShape {
    let rows: Range<Int>
    let columns: Range<Int>
    private let centre: (x: Float, y: Float)
    private let axis: (x: Float, y: Float)
    private let radii: (Float, Float)
    /// 1 for a diamond, 2 for an ellipse, 8 for a rounded box.
    private let power: Int
    /// Width of the edge, in units of the distance that ``cover(x:y:)`` computes.
    private let softness: Float
    /// By how much the hole is smaller; nil without a hole.
    private let hole: Float?

    init(_ index: Int, whole: Int, isDark: Bool, isMedical: Bool, _ random: inout SceneRandom) {
        let (smallest, largest) = (2.0, Double(whole) / (isDark ? 2.2 : 3))
        // The first are large; sizes of the others follow a power law, between the exponents −2 and −3 by halves.
        var radius = random.uniform(0.3...1) * largest
        if index > 3 {
            let share = random.unit()
            radius =
                random.chance(0.5)
                ? 1 / (1 / smallest + share * (1 / largest - 1 / smallest))
                : 1
                    / (1 / (smallest * smallest) + share * (1 / (largest * largest) - 1 / (smallest * smallest)))
                    .squareRoot()
        }
        let flatness = random.uniform(0.3...1)
        let turn = random.direction()
        let mirrored = random.chance(0.5)
        let middle = Double(whole) / 2
        func place() -> Double {
            isDark ? middle + Double(whole) / 5 * random.normal() : random.uniform(0...Double(whole))
        }
        let (x, y) = (place(), place())
        let soft = random.pick([0, 0, 0, 0.3, 1])
        power = random.pick([2, 2, 8, 1])
        softness = Float(Swift.max(soft, 1.5 / radius))
        hole = random.chance(isMedical ? 0.3 : 0.1) ? Float(random.uniform(1.3...2.5)) : nil
        centre = (Float(x), Float(y))
        axis = (Float(turn.x), Float(mirrored ? -turn.y : turn.y))
        radii = (Float(radius), Float(radius * flatness))
        let reach = radius * (power == 8 ? 1.5 : 1) * (1 + 4 * Double(softness)).squareRoot() + 2
        func range(_ centre: Double) -> Range<Int> {
            let low = Int(Swift.min(Swift.max(centre - reach, 0), Double(whole)))
            return low..<Swift.max(low, Int(Swift.min(Swift.max(centre + reach, 0), Double(whole))))
        }
        (rows, columns) = (range(y), range(x))
    }

    /// How much of a pixel the shape covers, 0…1.
    func cover(x: Float, y: Float) -> Float {
        let (dx, dy) = (x - centre.x, y - centre.y)
        let along = abs(dx * axis.x + dy * axis.y) / radii.0
        let across = abs(dy * axis.x - dx * axis.y) / radii.1
        var distance = along + across
        if power > 1 {
            let (a, b) = (along * along, across * across)
            distance = power == 2 ? a + b : a * a * a * a + b * b * b * b
        }
        let outer = Self.step((1 - distance) / softness)
        guard let hole else { return outer }
        return outer * (1 - Self.step((1 - distance * hole) / softness))
    }

    /// 0 below −2, 1 above 2, smooth between.
    private static func step(_ x: Float) -> Float {
        let share = Swift.min(Swift.max((x + 2) / 4, 0), 1)
        return share * share * (3 - 2 * share)
    }
}
