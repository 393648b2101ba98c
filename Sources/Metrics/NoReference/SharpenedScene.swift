import Sensors

/// A sharpened image with the two images that it was made of, of any size.
///
/// PAN and the sharpened image have one grid. Multispectral sample (k, l) lies at PAN pixel (r·k + r/2 + rowShift,
/// r·l + r/2 + columnShift), as in `Upsampler`.
public struct SharpenedScene: Sendable {
    /// The image to be judged, (C, H, W).
    public let fused: any PixelReader
    /// The multispectral image, (C, h, w).
    public let ms: any PixelReader
    /// The panchromatic image, (1, H, W).
    public let pan: any PixelReader
    /// Gives the MTF gains; its first bands are the image's.
    public let sensor: Sensor
    /// Size of a multispectral pixel in PAN pixels.
    public let ratio: Int
    /// What the interpolator finds beyond the multispectral image; circular in the toolbox.
    public let border: Border
    /// PAN pixels that multispectral samples lie further down than r·k + r/2.
    public let rowShift: Double
    /// PAN pixels that multispectral samples lie further right than r·l + r/2.
    public let columnShift: Double

    /// A scene that may be larger than memory.
    ///
    /// - Parameters:
    ///   - fused: the image to be judged.
    ///   - ms: as many bands.
    ///   - pan: one band on the grid of the sharpened image.
    ///   - sensor: gives the MTF gains; 0.30 for every band where nil. A sensor with more bands than the image gives its
    ///     first ones.
    ///   - ratio: 2 to 20.
    ///   - border: what lies beyond the multispectral image; circular is the definition of the toolbox.
    ///   - rowShift: PAN pixels that multispectral samples lie further down than r·k + r/2.
    ///   - columnShift: the same to the right.
    /// - Throws: ``MetricError/scene(_:)`` when the images do not fit together.
    public init(
        fused: any PixelReader, ms: any PixelReader, pan: any PixelReader, sensor: Sensor?, ratio: Int,
        border: Border = .circular, rowShift: Double = 0, columnShift: Double = 0
    ) throws(MetricError) {
        let sensor = sensor ?? .unknown(bands: ms.bands, ratio: ratio, bits: 16)
        guard (2...20).contains(ratio) else { throw .scene("The ratio is \(ratio); it must be 2 to 20.") }
        guard fused.bands == ms.bands, fused.bands > 0 else {
            throw .scene(
                "The sharpened image has \(fused.bands) bands and the multispectral image \(ms.bands); they must have "
                    + "the same.")
        }
        guard pan.bands == 1, pan.height == fused.height, pan.width == fused.width else {
            throw .scene(
                "PAN is \(pan.shape) (bands × rows × columns) and the sharpened image \(fused.shape); PAN must have one "
                    + "band and as many rows and columns.")
        }
        guard min(ms.height, ms.width, pan.height, pan.width) > 0 else { throw .empty(ms.shape) }
        guard sensor.bands.count >= ms.bands else {
            throw .scene(
                "The sensor \(sensor.name) has \(sensor.bands.count) bands and the multispectral image \(ms.bands). "
                    + "Name the sensor that the image is from, or none.")
        }
        // Without georeference the two grids must cover the same area.
        let differs = abs(pan.height - ratio * ms.height) >= ratio || abs(pan.width - ratio * ms.width) >= ratio
        if rowShift == 0, columnShift == 0, differs {
            throw .scene(
                "The sharpened image is \(fused.shape) (bands × rows × columns) and the multispectral image \(ms.shape), "
                    + "which does not go with the ratio \(ratio).")
        }
        (self.fused, self.ms, self.pan) = (fused, ms, pan)
        (self.sensor, self.ratio, self.border) = (sensor, ratio, border)
        (self.rowShift, self.columnShift) = (rowShift, columnShift)
    }

    /// A scene in memory.
    ///
    /// - Parameters:
    ///   - fused: (C, H, W).
    ///   - ms: (C, h, w).
    ///   - pan: (1, H, W).
    ///   - sensor: gives the MTF gains; 0.30 for every band where nil.
    ///   - ratio: 2 to 20.
    ///   - border: what lies beyond the multispectral image.
    ///   - isValid: which pixels of the sharpened image and PAN are known, row by row; all when nil.
    ///   - isMSValid: the same of the multispectral image.
    /// - Throws: ``MetricError/scene(_:)`` when the images do not fit together, ``MetricError/notFinite(image:samples:)``
    ///   for NaN and infinite samples among those that are known.
    public init(
        fused: Image, ms: Image, pan: Image, sensor: Sensor?, ratio: Int, border: Border = .circular,
        isValid: [Bool]? = nil, isMSValid: [Bool]? = nil
    ) throws(MetricError) {
        for (name, image, mask) in [
            ("sharpened image", fused, isValid), ("multispectral image", ms, isMSValid), ("PAN", pan, isValid),
        ] {
            if let mask, mask.count != image.pixels { throw .mask(pixels: mask.count, expected: image.pixels) }
            let count = ImagePair.countNotFinite(image, isValid: mask)
            guard count == 0 else { throw .notFinite(image: name, samples: count) }
        }
        try self.init(
            fused: MemoryReader(fused, isValid: isValid), ms: MemoryReader(ms, isValid: isMSValid),
            pan: MemoryReader(pan), sensor: sensor, ratio: ratio, border: border)
    }
}

// What the indices compare.
extension SharpenedScene {
    /// The MTF filters of the bands.
    var bandFilters: [SymmetricFilter] {
        sensor.mtfGains.prefix(fused.bands).map { MTFFilter.taps(gain: $0, ratio: ratio) }
    }
    /// PAN's MTF filter.
    var panFilter: SymmetricFilter { MTFFilter.taps(gain: sensor.panchromatic.mtfGain, ratio: ratio) }

    /// The multispectral image on PAN's grid.
    var interpolated: any PixelReader {
        InterpolatedReader(
            coarse: ms, ratio: ratio, height: pan.height, width: pan.width, border: border, rowShift: rowShift,
            columnShift: columnShift)
    }

    /// PAN with the resolution of the multispectral image, on its own grid.
    ///
    /// Quirk: the toolbox puts reduced samples at r·k + r/2, half a pixel beyond where they are for even ratios (golden
    /// files metrics_fr_*). With georeference they are put where PAN is.
    var lowPassPAN: any PixelReader {
        let isPlaced = rowShift != 0 || columnShift != 0
        let shift = isPlaced && ratio % 2 == 0 ? -0.5 : 0
        return InterpolatedReader(
            coarse: ReducedReader(fine: pan, ratio: ratio), ratio: ratio, height: pan.height, width: pan.width,
            border: border, rowShift: shift, columnShift: shift)
    }

    /// The sharpened image with the resolution of the multispectral image, on PAN's grid.
    var degraded: any PixelReader { FilteredReader(source: fused, filters: bandFilters) }

    /// The first PAN pixel that lies on multispectral pixel (0, 0): (row, column).
    var firstPixel: (row: Int, column: Int) {
        let half = Double(ratio) / 2 - 0.5 - Double(ratio / 2)
        func first(_ shift: Double) -> Int { Int((shift - half - 0.5).rounded(.up)) }
        return (first(rowShift), first(columnShift))
    }

    /// The sharpened image brought to the multispectral grid.
    ///
    /// - Parameters:
    ///   - filters: one a band.
    ///   - phases: fine pixels beyond ``firstPixel``, one a band.
    func reprojected(_ filters: [SymmetricFilter], phases: [DecimatedReader.Phase]) -> any PixelReader {
        let first = firstPixel
        return DecimatedReader(
            source: fused, filters: filters, ratio: ratio,
            phases: phases.map { .init(row: $0.row + first.row, column: $0.column + first.column) },
            height: ms.height, width: ms.width)
    }
}

extension SharpenedScene {
    /// The images that the indices compare, whole: the multispectral image on PAN's grid, PAN with the resolution of that,
    /// the sharpened image with the resolution of that.
    package func compared() throws -> (interpolated: Image, lowPassPAN: Image, degraded: Image) {
        func whole(_ reader: any PixelReader) throws -> Image { try reader.read(reader.region).image }
        return (try whole(interpolated), try whole(lowPassPAN), try whole(degraded))
    }
}
