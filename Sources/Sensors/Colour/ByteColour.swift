/// OpenCV's arithmetic of colours of 8 bits: factors in units of 2⁻¹⁴, sums rounded once, planes limited to 0…255.
struct ByteColour {
    private static let bits = 14
    private let luma: (red: Int, green: Int, blue: Int)
    private let difference: (red: Int, blue: Int)
    private let redFromRed: Int
    private let greenFromRed: Int
    private let greenFromBlue: Int
    private let blueFromBlue: Int

    init(_ space: LumaSpace) {
        func fixed(_ factor: Double) -> Int { Int((factor * Double(1 << Self.bits)).rounded()) }
        let factors = space.factors
        luma = (fixed(LumaSpace.redWeight), fixed(LumaSpace.greenWeight), fixed(LumaSpace.blueWeight))
        difference = (fixed(factors.redDifference), fixed(factors.blueDifference))
        redFromRed = fixed(factors.redFromRed)
        greenFromRed = fixed(factors.greenFromRed)
        greenFromBlue = fixed(factors.greenFromBlue)
        blueFromBlue = fixed(factors.blueFromBlue)
    }

    /// Y, the difference of red and that of blue, these with 128 added.
    func planes(red: UInt8, green: UInt8, blue: UInt8) -> (luma: UInt8, red: UInt8, blue: UInt8) {
        let (red, green, blue) = (Int(red), Int(green), Int(blue))
        let y = descaled(luma.red * red + luma.green * green + luma.blue * blue)
        func plane(_ value: Int, _ factor: Int) -> UInt8 {
            UInt8(clamping: descaled((value - y) * factor + (128 << Self.bits)))
        }
        return (UInt8(clamping: y), plane(red, difference.red), plane(blue, difference.blue))
    }

    /// The colour of three planes.
    func colour(luma: UInt8, red: UInt8, blue: UInt8) -> (red: UInt8, green: UInt8, blue: UInt8) {
        let (y, v, u) = (Int(luma), Int(red) - 128, Int(blue) - 128)
        return (
            UInt8(clamping: y + descaled(v * redFromRed)),
            UInt8(clamping: y + descaled(v * greenFromRed + u * greenFromBlue)),
            UInt8(clamping: y + descaled(u * blueFromBlue))
        )
    }

    private func descaled(_ value: Int) -> Int { (value + (1 << (Self.bits - 1))) >> Self.bits }

    /// OpenCV's grey, which has one bit more than the Y of its other spaces, and weights that add up to 1.
    static func grey(red: UInt8, green: UInt8, blue: UInt8) -> UInt8 {
        let one = 1 << 15
        let r = Int((LumaSpace.redWeight * Double(one)).rounded())
        let g = Int((LumaSpace.greenWeight * Double(one)).rounded())
        return UInt8(clamping: (Int(red) * r + Int(green) * g + Int(blue) * (one - r - g) + one / 2) / one)
    }
}
