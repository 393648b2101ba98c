import Foundation

/// What the page's script has to know of a table's pictures.
struct PageData: Encodable {
    struct Layer: Encodable {
        let name: String
        let role: ComparisonView.Layer.Role
        let bands: Int
        /// Black and white of each band.
        let limits: [[Double]]
        /// See ``LayerSamples``.
        let samples: String
    }

    let id: String
    let width: Int, height: Int, column: Int, row: Int
    let unit: String
    let step: Double, offset: Double
    let bands: [ComparisonView.Band]
    let compositions: [ComparisonView.Composition]
    let bandMetrics: [MetricColumn]
    /// How the names of ``bandMetrics`` are written, see ``MetricName/pieces(_:)``.
    let bandLabels: [String: [[String]]]
    /// By method, then by index.
    let bandValues: [String: [String: [Double]]]
    let layers: [Layer]

    init(_ table: ComparisonTable, _ view: ComparisonView) throws {
        let samples = LayerSamples(view)
        id = table.id
        (width, height, column, row) = (view.window.width, view.window.height, view.window.column, view.window.row)
        (unit, step, offset) = (view.unit, samples.step, samples.offset)
        (bands, compositions, bandMetrics) = (view.bands, view.compositions, table.bandMetrics)
        bandLabels = Dictionary(table.bandMetrics.map { ($0.name, MetricName.pieces($0.name)) }) { first, _ in first }
        bandValues = Dictionary(table.rows.map { ($0.method, $0.bandValues) }) { first, _ in first }
        layers = try view.layers.map { layer in
            let limits = (0..<layer.image.bands).map { view.limits(of: layer, band: $0) }
            return Layer(
                name: layer.name, role: layer.role, bands: layer.image.bands,
                limits: limits.map { [$0.lowerBound, $0.upperBound] }, samples: try samples.text(layer))
        }
    }
}
