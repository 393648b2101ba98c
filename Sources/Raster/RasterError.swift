import Foundation

/// What went wrong with an image file: a code to switch on, and a sentence for people.
public struct RasterError: Error, Sendable, CustomStringConvertible {
    /// The kinds of trouble.
    public enum Code: String, Sendable, CaseIterable {
        /// There is no such file.
        case notFound
        /// The path names a directory that is no image.
        case isDirectory
        /// The file may not be read by this user.
        case notReadable
        /// No driver knows the file.
        case notAnImage
        /// A driver knows the file, but it is truncated or its contents contradict themselves.
        case damaged
        /// The file opens but holds no bands, for instance because it is a container of several images.
        case noBands
        /// The file holds several arrays, or one of several images or with axes that can't be told: which is meant has to
        /// be said.
        case unclearImage
        /// The pixels are complex numbers or another type that is not handled.
        case unsupportedSamples
        /// A window or a band that the image does not have.
        case outsideImage
        /// The output exists already, and overwriting was not asked for.
        case outputExists
        /// The output is one of the inputs.
        case outputIsInput
        /// The output's directory does not exist.
        case directoryMissing
        /// The output's directory may not be written: permissions, or a read-only file system.
        case notWritable
        /// The file system is full.
        case noSpace
        /// No driver writes this format, or none has this extension.
        case unknownFormat
        /// The format cannot store this sample type.
        case unsupportedType
        /// The format cannot store this many bands, or an image of this size.
        case unsupportedShape
        /// The driver does not know a creation option, or refuses its value.
        case invalidOption
        /// The nodata value cannot be stored in the sample type.
        case invalidNodata
        /// Writing failed for another reason; the cause tells.
        case writeFailed
        /// The writer was finished, aborted or has failed before.
        case closed
    }

    /// The kind of trouble.
    public var code: Code
    /// The file in question, as it was given.
    public var file: String
    /// What is wrong, a sentence with the numbers found.
    public var problem: String
    /// What to do about it, a sentence.
    public var remedy: String
    /// What GDAL or the system said.
    public var cause: (any Error)?

    /// An error from its parts; `problem` and `remedy` are sentences.
    package init(_ code: Code, file: String, _ problem: String, remedy: String, cause: (any Error)? = nil) {
        (self.code, self.file, self.problem, self.remedy, self.cause) = (code, file, problem, remedy, cause)
    }

    /// "file: problem remedy", and in brackets what GDAL said.
    public var description: String {
        let sentence = "\(file): \(problem) \(remedy)"
        return cause.map { "\(sentence) (\($0))" } ?? sentence
    }
}

/// What GDAL said while it failed.
public struct GDALFailure: Error, Sendable, CustomStringConvertible {
    /// Its messages, warnings too, in order.
    public let messages: [String]

    /// The messages in one line.
    public var description: String { "GDAL: " + messages.joined(separator: "; ") }
}

/// A system call that failed.
public struct SystemFailure: Error, Sendable, CustomStringConvertible {
    /// The call, such as "rename".
    public let call: String
    /// The value of `errno`.
    public let errorNumber: Int32

    /// The call and the system's text.
    public var description: String { "\(call): \(String(cString: strerror(errorNumber)))" }
}
