/// What an image of a sample is.
public enum SampleRole: String, Sendable, Hashable, CaseIterable, Codable {
    /// The coarse image of many bands, (C, h, w).
    case ms
    /// The sharp image, (P, H, W): panchromatic, or the colours that a hyperspectral image is sharpened with.
    case pan
    /// The truth, (C, H, W); absent at full resolution, where there is none.
    case reference
    /// The first of two pictures of one place, (1, H, W).
    case first
    /// The second of two pictures of one place, (1, H, W).
    case second
}
