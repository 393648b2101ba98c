/// Why samples can't be had from where they were to come from: a code to switch on, and a sentence for people.
public struct DatasetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Code: String, Sendable, CaseIterable {
        /// A file lacks an array that the layout has.
        case missingArray
        /// An array or image has another shape than it should.
        case shape
        /// Values are not finite.
        case notFinite
        /// Values are far beyond the peak, or the peak is no positive number.
        case peak
        /// There is no folder of this name.
        case noFolder
        /// A folder has no samples in it.
        case empty
        /// Files lack the partner of the same name.
        case noPartner
        /// Two images that belong together don't lie on grids that do.
        case grid
        /// A setting makes no sense, alone or for these samples.
        case setting
    }

    /// The kind of trouble.
    public let code: Code
    /// The file, the folder or the setting in question.
    public let place: String
    /// What is wrong, a sentence with the numbers found.
    public let problem: String
    /// What to do about it, a sentence.
    public let remedy: String

    /// An error from its parts; `problem` and `remedy` are sentences.
    public init(_ code: Code, _ place: String, _ problem: String, remedy: String) {
        (self.code, self.place, self.problem, self.remedy) = (code, place, problem, remedy)
    }

    /// "place: problem remedy".
    public var description: String { "\(place): \(problem) \(remedy)" }
}
