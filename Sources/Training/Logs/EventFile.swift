import Foundation

/// A file of events that TensorBoard shows: records of TFRecord, each an `Event` with a `Summary` (tensorboard/compat/proto).
///
/// Every record reaches the file when it is added, so that a run can be watched, and one that is killed leaves whole records.
public final class EventFile {
    private let handle: FileHandle
    private let now: () -> Double

    /// Begins a file in a folder; its name has the time, so that the files of a run that goes on lie in order.
    ///
    /// - Throws: `TrainingError` where it can't be made.
    public convenience init(folder: String) throws { try self.init(folder: folder) { Date().timeIntervalSince1970 } }

    init(folder: String, now: @escaping () -> Double) throws {
        self.now = now
        let time = now()
        let name = "events.out.tfevents.\(Int(time)).\(ProcessInfo.processInfo.processIdentifier).fusionkit"
        let path = "\(folder)/\(name)"
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw TrainingError(
                .folder, "\(path) can't be written.", remedy: "Check that the folder may be written to.")
        }
        self.handle = handle
        var event = ProtocolBuffer()
        event.add(1, time)
        event.add(3, "brain.Event:2")
        try write(event)
    }

    deinit { try? handle.close() }

    /// Adds numbers, each of a curve.
    public func add(_ scalars: [(tag: String, value: Double)], step: Int) throws {
        var summary = ProtocolBuffer()
        for (tag, value) in scalars {
            var entry = ProtocolBuffer()
            entry.add(1, tag)
            entry.add(2, Float(value))
            summary.add(1, entry.bytes)
        }
        try write(summary, step: step)
    }

    /// Adds a picture.
    func add(_ picture: PNGPicture, tag: String, step: Int) throws {
        var image = ProtocolBuffer()
        image.add(1, picture.height)
        image.add(2, picture.width)
        image.add(3, picture.colours)
        image.add(4, picture.file)
        var entry = ProtocolBuffer()
        entry.add(1, tag)
        entry.add(4, image.bytes)
        var summary = ProtocolBuffer()
        summary.add(1, entry.bytes)
        try write(summary, step: step)
    }

    /// Adds a histogram.
    func add(_ histogram: Histogram, tag: String, step: Int) throws {
        var values = ProtocolBuffer()
        values.add(1, histogram.lowest)
        values.add(2, histogram.highest)
        values.add(3, Double(histogram.count))
        values.add(4, histogram.sum)
        values.add(5, histogram.sumOfSquares)
        values.add(6, histogram.limits)
        values.add(7, histogram.counts.map(Double.init))
        var entry = ProtocolBuffer()
        entry.add(1, tag)
        entry.add(5, values.bytes)
        var summary = ProtocolBuffer()
        summary.add(1, entry.bytes)
        try write(summary, step: step)
    }

    private func write(_ summary: ProtocolBuffer, step: Int) throws {
        var event = ProtocolBuffer()
        event.add(1, now())
        event.add(2, step)
        event.add(5, summary.bytes)
        try write(event)
    }

    private func write(_ event: ProtocolBuffer) throws {
        func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        let length = littleEndian(UInt64(event.bytes.count))
        let record =
            length + littleEndian(Checksum.masked(length)) + event.bytes
            + littleEndian(Checksum.masked(event.bytes))
        try handle.write(contentsOf: Data(record))
    }
}
