/// A number for each of the axes height and width; one integer stands for both.
public struct Size2: Sendable, Hashable, Codable, ExpressibleByIntegerLiteral {
    /// Along rows' axis.
    public var height: Int
    /// Along columns' axis.
    public var width: Int

    /// Two numbers.
    public init(_ height: Int, _ width: Int) { (self.height, self.width) = (height, width) }
    /// The same number for both axes.
    public init(_ side: Int) { self.init(side, side) }
    /// The same number for both axes.
    public init(integerLiteral side: Int) { self.init(side, side) }

    var int64s: [Int64] { [Int64(height), Int64(width)] }
}

/// A number for each of the axes depth, height and width; one integer stands for all.
public struct Size3: Sendable, Hashable, Codable, ExpressibleByIntegerLiteral {
    /// Along the first spatial axis.
    public var depth: Int
    /// Along the second spatial axis.
    public var height: Int
    /// Along the last axis.
    public var width: Int

    /// Three numbers.
    public init(_ depth: Int, _ height: Int, _ width: Int) {
        (self.depth, self.height, self.width) = (depth, height, width)
    }
    /// The same number for all axes.
    public init(_ side: Int) { self.init(side, side, side) }
    /// The same number for all axes.
    public init(integerLiteral side: Int) { self.init(side, side, side) }

    var int64s: [Int64] { [Int64(depth), Int64(height), Int64(width)] }
}
