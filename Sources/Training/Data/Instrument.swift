import Networks

/// What a network for any sensor is told beside the images of a batch.
public struct Instrument {
    /// The row of sharp pixels on which the first coarse sample lies, see `CoarseGrid.Axis`.
    public var rowPhase: Double
    /// The column of sharp pixels on which it lies.
    public var columnPhase: Double
    /// Gain of each band at the Nyquist frequency of the coarse grid.
    public var gains: [Double]
    /// How bands and PAN vary over the scenes that the samples are parts of; that of the samples themselves when nil.
    public var statistics: BandStatistics?

    /// - Parameters: see the properties.
    public init(
        rowPhase: Double, columnPhase: Double, gains: [Double], statistics: BandStatistics? = nil
    ) {
        (self.rowPhase, self.columnPhase) = (rowPhase, columnPhase)
        (self.gains, self.statistics) = (gains, statistics)
    }
}
