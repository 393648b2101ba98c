import Torch

extension Tensor {
    /// How an image goes on beyond its edge.
    package enum Continuation {
        /// As its mirror image; the last pixel is not repeated.
        case reflect
        /// With its last pixel.
        case replicate
    }

    /// An image grown to the right and downward, for networks whose strides and windows need certain sizes. Works for any
    /// growth, also of an image that is smaller than it.
    ///
    /// - Parameters: height and width of the result, at least those of this image.
    /// - Returns: (…, height, width); this image itself where it has that size.
    package func grown(toHeight height: Int, width: Int, by continuation: Continuation) -> Tensor {
        func along(_ tensor: Tensor, axis: Int, _ count: Int) -> Tensor {
            let length = tensor.size(axis)
            if length == count { return tensor }
            let period = Swift.max(1, 2 * length - 2)
            let indices = (0..<count).map { index -> Int64 in
                switch continuation {
                case .replicate: Int64(Swift.min(index, length - 1))
                case .reflect: Int64(Swift.min(index % period, period - index % period))
                }
            }
            return tensor.selected(axis: axis, indices: Tensor(indices, shape: [count]).to(device))
        }
        return along(along(self, axis: rank - 2, height), axis: rank - 1, width)
    }

    /// The upper left part of an image.
    package func cropped(toHeight height: Int, width: Int) -> Tensor {
        narrowed(axis: rank - 2, start: 0, length: height).narrowed(axis: rank - 1, start: 0, length: width)
    }
}

extension Int {
    /// The least multiple of a number that is not below this one.
    package func roundedUp(toMultipleOf unit: Int) -> Int { (self + unit - 1) / unit * unit }
}
