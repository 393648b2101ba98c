/// How fast a run is.
final class Stopwatch {
    private let start = ContinuousClock.now
    private let firstStep: Int
    private var images = 0

    init(startingAt steps: Int) { firstStep = steps }

    /// - Parameters:
    ///   - steps: done in all.
    ///   - images: of the last step.
    func speed(steps: Int, images: Int) -> (images: Double, secondsPerStep: Double) {
        self.images += images
        let seconds = max((ContinuousClock.now - start) / .seconds(1), 1e-9)
        return (Double(self.images) / seconds, seconds / Double(max(1, steps - firstStep)))
    }
}
