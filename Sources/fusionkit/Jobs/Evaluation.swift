import FusionKit

/// Judges fused images by the truth.
struct Evaluation {
    /// One fused image and its indices.
    struct Row: Encodable {
        let file: String
        let pixels: Int
        let values: [String: Double]
    }

    let reference: RasterReader
    let ratio: Double
    let peak: Double
    let border: BorderCut
    let metrics: [any ReferenceMetric]
    private let talk: Talk
    private let truth: Image
    private let truthMask: [UInt8]

    /// Opens the truth; what the user does not say of ratio and peak, a simulated scene does.
    init(reference file: String, ratio: Double?, peak: Double?, border: BorderCut, metrics: [any ReferenceMetric], talk: Talk)
        throws
    {
        self.talk = talk
        reference = try RasterReader(file)
        let notes = reference.profile.metadata[""] ?? [:]
        self.ratio = ratio ?? notes[SceneMetadata.ratio].flatMap(Double.init) ?? 4
        let bits = notes[SceneMetadata.bits].flatMap(Int.init) ?? (reference.profile.sampleType == .uint8 ? 8 : 11)
        self.peak = peak ?? Double((1 << min(max(bits, 1), 32)) - 1)
        self.border = border
        self.metrics = metrics
        (truth, truthMask) = try Self.read(reference)
    }

    /// The indices of one fused image.
    func row(_ file: String) throws -> Row {
        let reader = try RasterReader(file)
        try checkGrid(reader)
        let (image, mask) = try Self.read(reader)
        let valid = zip(mask, truthMask).map { $0 != 0 && $1 != 0 }
        do {
            let pair = try ImagePair(
                reference: truth, fused: image, ratio: ratio, peak: peak, border: border,
                isValid: valid.allSatisfy { $0 } ? nil : valid)
            return Row(
                file: file, pixels: pair.isValid?.count { $0 } ?? pair.reference.pixels,
                values: try values(of: pair, file: file))
        } catch let error as MetricError {
            throw Failure(.data, "\(file), \(reference.file): \(error)")
        }
    }

    /// The indices by name. One that such an image has no value of, being smaller than its window or having no window
    /// without unknown pixels, is left out with a warning, unless it is the only one.
    private func values(of pair: ImagePair, file: String) throws -> [String: Double] {
        var values: [String: Double] = [:]
        for metric in metrics {
            do {
                values[metric.name] = try metric.value(pair)
            } catch {
                switch error {
                case .tooSmall where metrics.count > 1, .noValidPixels where metrics.count > 1:
                    talk.warn("\(file): \(error)")
                default: throw error
                }
            }
        }
        return values
    }

    /// The largest value of the truth, to notice a wrong peak.
    var largestValue: Double { truth.values.max() ?? 0 }

    private static func read(_ reader: RasterReader) throws -> (Image, [UInt8]) {
        let profile = reader.profile
        let bands = profile.dataBands
        let values = try reader.read(profile.window, as: Double.self)
        let image = Image(bands: bands.count, height: profile.height, width: profile.width, values: values)
        return (image, try reader.readMask(profile.window))
    }

    /// Throws when the two images are not of the same pixels.
    private func checkGrid(_ fused: RasterReader) throws {
        let (one, other) = (reference.profile, fused.profile)
        guard one.window == other.window, one.dataBands.count == other.dataBands.count else {
            throw Failure(
                .data,
                "\(fused.file) has \(other.dataBands.count) bands of \(other.width) × \(other.height) pixels, "
                    + "\(reference.file) \(one.dataBands.count) of \(one.width) × \(one.height). "
                    + "Cut both to the same area and bands with gdal_translate.")
        }
        guard let place = one.geoTransform, let otherPlace = other.geoTransform else { return }
        guard Projection.areSame(one.projection, other.projection) else {
            throw Failure(
                .data,
                "\(fused.file) is in \(Projection.shortName(other.projection)), \(reference.file) in "
                    + "\(Projection.shortName(one.projection)). Bring one to the other's projection with gdalwarp.")
        }
        guard let toReference = place.inverse?.after(otherPlace) else { return }
        let far = toReference.position(column: Double(one.width), row: Double(one.height))
        let shifts = [
            toReference.originX, toReference.originY, far.x - Double(one.width), far.y - Double(one.height),
        ]
        let shift = String(format: "%.2f columns, %.2f rows", toReference.originX, toReference.originY)
        guard shifts.allSatisfy({ abs($0) < 0.5 }) else {
            throw Failure(
                .data,
                "The pixels of \(fused.file) do not lie on those of \(reference.file): they begin \(shift) away. "
                    + "Cut both to the same area with gdal_translate -projwin.")
        }
        // Reduced PAN of some products lies a fraction of a pixel beside its truth: comparable, but not without a word.
        if shifts.contains(where: { abs($0) > 0.05 }) {
            talk.warn(
                "the pixels of \(fused.file) lie \(shift) beside those of \(reference.file); each is compared with the "
                    + "nearest.")
        }
    }
}
