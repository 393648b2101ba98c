/// OpenCV's arithmetic of colours of 8 bits: factors in units of 2⁻¹⁴, sums rounded once, planes limited to 0…255.
struct ByteColour {
    private static let bits = 14
    private let red: (luma: Int, fromRed: Int, difference: Int)
    private let green: (luma: Int, fromRed: Int, fromBlue: Int)
    private let blue: (luma: Int, fromBlue: Int, difference: Int)

    init(_ space: LumaSpace) {
        func fixed(_ factor: Double) -> Int { Int((factor * Double(1 << Self.bits)).rounded()) }
        let factors = space.factors
        red = (fixed(LumaSpace.redWeight), fixed(factors.redFromRed), fixed(factors.redDifference))
        green = (fixed(LumaSpace.greenWeight), fixed(factors.greenFromRed), fixed(factors.greenFromBlue))
        blue = (fixed(LumaSpace.blueWeight), fixed(factors.blueFromBlue), fixed(factors.blueDifference))
    }

    /// Y, the difference of blue and that of red, these with 128 added.
    func planes(red r: Int, green g: Int, blue b: Int) -> (luma: Int, blue: Int, red: Int) {
        let luma = Self.descaled(red.luma * r + green.luma * g + blue.luma * b)
        func difference(_ value: Int, _ factor: Int) -> Int {
            Self.limited(Self.descaled((value - luma) * factor + (128 << Self.bits)))
        }
        return (Self.limited(luma), difference(b, blue.difference), difference(r, red.difference))
    }

    /// The colour of three planes.
    func colour(luma: Int, blue b: Int, red r: Int) -> (red: Int, green: Int, blue: Int) {
        let (u, v) = (b - 128, r - 128)
        return (
            Self.limited(luma + Self.descaled(v * red.fromRed)),
            Self.limited(luma + Self.descaled(v * green.fromRed + u * green.fromBlue)),
            Self.limited(luma + Self.descaled(u * blue.fromBlue))
        )
    }

    /// OpenCV's grey, which has one bit more than the Y of its other spaces, and weights that add up to 1.
    static func grey(red: Int, green: Int, blue: Int) -> Int {
        let bits = 15
        let (one, half) = (1 << bits, 1 << (bits - 1))
        let r = Int((LumaSpace.redWeight * Double(one)).rounded())
        let g = Int((LumaSpace.greenWeight * Double(one)).rounded())
        return (red * r + green * g + blue * (one - r - g) + half) >> bits
    }

    private static func descaled(_ value: Int) -> Int { (value + (1 << (bits - 1))) >> bits }

    private static func limited(_ value: Int) -> Int { min(max(value, 0), 255) }

    /// A sample as a whole number 0…255; what is not a number becomes 0.
    static func byte(_ sample: Double) -> Int { sample > 0 ? Int(min(sample, 255).rounded()) : 0 }
}
