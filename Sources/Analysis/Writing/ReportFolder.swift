import Foundation
import Raster

/// A folder that gets its name when everything is in it: page, tables for programs and for papers.
public final class ReportFolder {
    /// The files that a report consists of.
    private static let names: Set = ["index.html", "results.csv", "results.json", "table.tex"]

    /// The folder as it was named.
    public let path: String
    /// The hidden folder in which the report grows; to remove when the program has to end.
    public let temporary: String
    /// A folder for files on the way.
    public let work: String

    /// Checks the name and makes the hidden folder beside it.
    ///
    /// - Parameter overwrites: whether an existing report is replaced; a folder with anything else in it never is.
    /// - Throws: `RasterError`: `outputExists`, `directoryMissing`, `notWritable`.
    public init(_ path: String, overwrites: Bool) throws(RasterError) {
        self.path = path
        var trimmed = path
        while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
        destination = trimmed
        try Self.check(destination, as: path, overwrites: overwrites)
        let parent = folder(of: destination)
        let random = String(UInt64.random(in: 0 ... .max), radix: 36)
        temporary = (parent.isEmpty ? "." : parent) + "/.fusionkit-\(random)"
        work = temporary + "/work"
        self.overwrites = overwrites
        for folder in [temporary, work] where mkdir(folder, 0o777) != 0 {
            let reason = String(cString: strerror(errno))
            let isMissing = errno == ENOENT
            remove()
            throw RasterError(
                isMissing ? .directoryMissing : .notWritable, file: path,
                "the folder can't be made in \(parent.isEmpty ? "." : parent) (\(reason)).",
                remedy: "Make that directory, or give another name.")
        }
    }

    private let destination: String
    private let overwrites: Bool

    deinit { remove() }

    /// Writes the report and gives it its name.
    ///
    /// One that is not complete replaces none; where there is one, it gets a name of its own beside it.
    ///
    /// - Parameter latex: whether there is a table for LaTeX.
    /// - Returns: the folder.
    /// - Throws: `RasterError`.
    @discardableResult
    public func write(_ comparison: Comparison, record: RunRecord, latex: Bool = false) throws -> String {
        try put(
            Data(ReportPage(comparison: comparison, record: record, scratch: work + "/layer.png").html().utf8),
            "index.html")
        try put(Data(ResultFiles.csv(comparison).utf8), "results.csv")
        try put(ResultFiles.json(comparison, record: record), "results.json")
        if latex { try put(Data(LaTeXTable.text(comparison).utf8), "table.tex") }
        try? FileManager.default.removeItem(atPath: work)
        guard !comparison.isComplete, FileManager.default.fileExists(atPath: destination) else {
            try publish(destination, as: path)
            return path
        }
        try publish(destination + "-incomplete", as: destination + "-incomplete")
        return destination + "-incomplete"
    }

    /// Removes what has not been given a name.
    public func remove() { try? FileManager.default.removeItem(atPath: temporary) }

    private func put(_ data: Data, _ name: String) throws {
        do { try data.write(to: URL(fileURLWithPath: "\(temporary)/\(name)")) } catch {
            throw RasterError(
                .writeFailed, file: "\(path)/\(name)", "it can't be written.", remedy: "Make room, or write elsewhere.",
                cause: error)
        }
    }

    private func publish(_ destination: String, as path: String) throws(RasterError) {
        // Somebody else may have made it since.
        try Self.check(destination, as: path, overwrites: overwrites)
        let old = temporary + "-old"
        let isReplaced = FileManager.default.fileExists(atPath: destination) && rename(destination, old) == 0
        guard rename(temporary, destination) == 0 else {
            let reason = String(cString: strerror(errno))
            if isReplaced { rename(old, destination) }
            throw RasterError(
                .writeFailed, file: path, "the folder can't get its name (\(reason)).", remedy: "Give another name.")
        }
        if isReplaced { try? FileManager.default.removeItem(atPath: old) }
    }

    private static func check(_ folder: String, as name: String, overwrites: Bool) throws(RasterError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory) else { return }
        guard isDirectory.boolValue else {
            throw RasterError(.outputExists, file: name, "it is a file, not a folder.", remedy: "Give another name.")
        }
        guard overwrites else {
            throw RasterError(
                .outputExists, file: name, "it exists already.",
                remedy: "Give another name, or --overwrite to replace it.")
        }
        let others = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            !names.contains($0)
        }
        if let other = others.min() {
            throw RasterError(
                .outputExists, file: name,
                "the folder holds \(other), which is no part of a report; it is not replaced.",
                remedy: "Give another name.")
        }
    }
}
