import Sensors

/// What is measured of a scene in one pass, block by block.
protocol SceneMeasurement: Sendable {
    /// What a block contributes.
    associatedtype Part: Sendable
    /// What has to be computed of each block.
    var ingredients: Ingredients { get }
    /// What a block contributes; depends on the block alone.
    func measure(_ block: PreparedBlock) -> Part
    /// Adds a block.
    mutating func merge(_ part: Part)
}

/// What one block contributed to a pass.
public struct BlockMeasurement: Sendable {
    fileprivate let part: any Sendable
}

/// What a method does next to find its coefficients.
public enum FittingStep: Sendable {
    /// It has to see the whole scene (again).
    case pass(ScenePass)
    /// It knows all it needs.
    case fitted(FittedMethod)
}

/// One streaming pass over the blocks of a scene.
///
/// ``measure(_:)`` is pure and may run for several blocks at once; ``merge(_:)`` has to be called with the results in the
/// order of ``SharpeningScene/statisticsBlocks``. So the numbers have the same bits for any number of threads.
public struct ScenePass: Sendable {
    private var measurement: any SceneMeasurement
    private let conclude: @Sendable (any SceneMeasurement) throws(ClassicalError) -> FittingStep

    init<Measurement: SceneMeasurement>(
        _ measurement: Measurement,
        then conclude: @escaping @Sendable (Measurement) throws(ClassicalError) -> FittingStep
    ) {
        self.measurement = measurement
        self.conclude = { (measured) throws(ClassicalError) in
            guard let measured = measured as? Measurement else {
                preconditionFailure("a pass ended with measurements of another")
            }
            return try conclude(measured)
        }
    }

    /// What has to be computed of each block.
    public var ingredients: Ingredients { measurement.ingredients }

    /// What a block contributes.
    public func measure(_ block: SharpeningBlock) -> BlockMeasurement {
        BlockMeasurement(part: measurement.measure(PreparedBlock(block, ingredients: ingredients)))
    }

    /// Adds a block.
    public mutating func merge(_ block: BlockMeasurement) { Self.merge(block.part, into: &measurement) }

    private static func merge<Measurement: SceneMeasurement>(
        _ part: any Sendable, into measurement: inout Measurement
    ) {
        guard let part = part as? Measurement.Part else { preconditionFailure("a block was measured in another pass") }
        measurement.merge(part)
    }

    /// What the method does once all blocks are merged.
    ///
    /// - Throws: ``ClassicalError/noValidPixels`` or ``ClassicalError/notFinite``.
    public func next() throws(ClassicalError) -> FittingStep { try conclude(measurement) }
}
