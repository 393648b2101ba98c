import Datasets

/// What an image of a batch is: the coarse one (B, C, H / ratio, W / ratio), the sharp one (B, P, H, W), the reference
/// (B, C, H, W), or one of a pair of pictures (B, 1, H, W).
public typealias ImageRole = SampleRole
