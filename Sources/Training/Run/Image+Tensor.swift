import Sensors
import Torch

extension Image {
    /// The elements of (C, H, W).
    init(_ tensor: Tensor) {
        self.init(bands: tensor.size(0), height: tensor.size(1), width: tensor.size(2), values: tensor.array())
    }
}
