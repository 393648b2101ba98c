import Classical
import Inference
import Networks
import Raster

/// One of the methods to compare.
public struct ComparisonCandidate {
    /// What makes the fused image.
    public enum Source {
        /// A sharpening method without training.
        case classical(any ClassicalMethod)
        /// A fusion of two pictures without training.
        case fuser(PairFuser)
        /// A network with the weights that come with the library.
        case shipped(NetworkSystem)
        /// A network with the weights of a file.
        case weights(String)
        /// It was made before, by whatever program.
        case image(String)
    }

    /// The name in tables.
    public let name: String
    /// See ``Source``.
    public let source: Source

    /// A method.
    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }
}

extension ComparisonCandidate {
    /// Whether an image that was fused before is one of the other protocol, by its size; it has no row then.
    func belongsElsewhere(_ place: SharpeningComparison.Place) -> Bool {
        guard case .image(let file) = source, let other = place.other, let profile = try? RasterReader(file).profile
        else {
            return false
        }
        func fits(_ window: Window) -> Bool { profile.width == window.width && profile.height == window.height }
        return fits(other) && !fits(place.here)
    }
}
