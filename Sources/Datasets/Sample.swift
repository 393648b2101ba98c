/// The images that belong together: what a network is given, and what it should make of it.
public struct Sample: Sendable, Hashable {
    /// The images by what they are.
    public var images: [SampleRole: SampleImage]
    /// Where the sample comes from, for people: the file and the place in it.
    public var name: String

    /// A sample of some images.
    public init(images: [SampleRole: SampleImage], name: String) {
        (self.images, self.name) = (images, name)
    }
}
