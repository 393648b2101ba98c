import Metrics
import Raster

/// Methods beside each other: what was compared, by which protocols, and what came of it.
public struct Comparison: Sendable {
    /// An image that was given.
    public struct Input: Sendable, Encodable {
        /// What it is, such as "PAN".
        public var role: String
        /// The file as it was named.
        public var file: String
        /// Columns, rows and bands.
        public var width: Int, height: Int, bands: Int
        /// Type of the samples.
        public var type: String
        /// The sensor by its full name; nil where nobody said it.
        public var sensor: String?

        init(_ role: String, _ reader: RasterReader, sensor: String? = nil) {
            let profile = reader.profile
            (self.role, file, self.sensor) = (role, reader.file, sensor)
            (width, height, bands) = (profile.width, profile.height, profile.dataBands.count)
            type = profile.withBands(profile.dataBands).sampleType.name
        }
    }

    /// What is compared, such as "Pansharpening of wv2/ms.tif".
    public var title: String
    /// The images.
    public var inputs: [Input]
    /// One table for each protocol.
    public var tables: [ComparisonTable] = []
    /// What a reader has to know to judge the numbers.
    public var notes: [String] = []
    /// What is not as the user may expect, in sentences.
    public var warnings: [String] = []
    /// What was decided for want of a word, and how to say it, in sentences.
    public var advice: [String] = []
    /// A command for each method that repeats it alone.
    public var commands: [String] = []
    /// Whether everything that was asked for is there; else somebody stopped the work.
    public var isComplete = true
    /// Methods that were not reached before somebody stopped the work, by the title of a table.
    public var unreached: [Unreached] = []

    /// Methods without a row in a table.
    public struct Unreached: Sendable, Encodable, Hashable {
        /// The table's title, also where there is none yet.
        public let table: String
        /// The methods, in the order in which they were named.
        public let methods: [String]
    }

    /// Notes which of a table's methods have no row.
    mutating func addUnreached(_ methods: [String], of title: String) {
        let reached = Set(tables.first { $0.title == title }?.rows.map(\.method) ?? [])
        let rest = methods.filter { !reached.contains($0) }
        if !rest.isEmpty { unreached.append(Unreached(table: title, methods: rest)) }
    }

    /// What is missing because somebody stopped the work, in a sentence; nil where nothing is.
    public var incompleteness: String? {
        guard !isComplete else { return nil }
        let parts = unreached.map { "\($0.table.lowercased()): \($0.methods.joined(separator: ", "))" }
        return parts.isEmpty
            ? "The work was stopped." : "The work was stopped. Not reached: \(parts.joined(separator: "; "))."
    }

    /// The methods that failed, each once, with the protocols by which.
    public var failures: [(method: String, tables: [String])] {
        var order: [String] = []
        var places: [String: [String]] = [:]
        for table in tables {
            for row in table.rows where row.failure != nil {
                if places[row.method] == nil { order.append(row.method) }
                places[row.method, default: []].append(table.title.lowercased())
            }
        }
        return order.map { ($0, places[$0] ?? []) }
    }

    /// How many methods have a result in some table.
    public var finishedMethods: Int {
        Set(tables.flatMap(\.rows).filter { $0.failure == nil }.map(\.method)).count
    }
}

/// The results by one protocol.
public struct ComparisonTable: Sendable, Encodable {
    /// A word for programs: `reduced`, `full` or `pair`.
    public let id: String
    /// A heading.
    public let title: String
    /// How the images were judged, in a sentence or two.
    public let explanation: String
    /// The largest number that samples can have, and how it is known; nil where no index depends on it.
    public var peak: Double?
    /// See ``peak``.
    public var peakOrigin: SamplePeak.Origin?
    /// The indices, in the order of columns.
    public let metrics: [MetricColumn]
    /// The indices that are given band by band too.
    public let bandMetrics: [MetricColumn]
    /// One row for each method, in the order in which they were named.
    public var rows: [ComparisonRow] = []
    /// Pictures of a part of the scene; nil where there are none.
    public var view: ComparisonView?

    private enum CodingKeys: CodingKey { case id, title, explanation, peak, peakOrigin, metrics, rows }

    /// The notes of all rows, each once, with the methods that it is about.
    public var notes: [String] {
        var methods: [String: [String]] = [:]
        var order: [String] = []
        for row in rows {
            for note in row.notes {
                if methods[note] == nil { order.append(note) }
                methods[note, default: []].append(row.method)
            }
        }
        let finished = rows.count { $0.failure == nil }
        return order.map { note in
            let names = methods[note] ?? []
            return (names.count > 1 && names.count == finished ? "All methods" : names.joined(separator: ", "))
                + ": \(note)"
        }
    }
}

/// A quality index as the head of a column.
public struct MetricColumn: Sendable, Encodable, Hashable {
    /// Short name, full name, unit, variant and source of the index.
    public let name: String, title: String, unit: String, variant: String, source: String
    /// Whether a larger value is a better image.
    public let higherIsBetter: Bool

    /// The column of an index.
    public init(_ metric: any Metric) {
        (name, title, unit) = (metric.name, metric.title, metric.unit)
        (variant, source, higherIsBetter) = (metric.variant, metric.source, metric.higherIsBetter)
    }
}

/// What one method did by one protocol.
public struct ComparisonRow: Sendable, Encodable {
    /// The method's name.
    public let method: String
    /// Its indices by name; an index that has no value for this image is not there.
    public var values: [String: Double] = [:]
    /// Indices of each band by name.
    public var bandValues: [String: [Double]] = [:]
    /// What it took; nil for an image that was fused before.
    public var use: ResourceUse?
    /// Why there is no result; nil where there is one.
    public var failure: String?
    /// What may surprise, such as an index that has no value.
    public var notes: [String] = []
}
