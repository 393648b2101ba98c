/// What ``FusionMetrics/FMI`` compares.
enum FeatureMap {
    /// Horizontal central differences, one-sided at the ends; 0 on an axis of one pixel.
    static func gradient(_ plane: Plane) -> Plane {
        var result = plane
        for row in 0..<plane.height {
            for column in 0..<plane.width {
                let (left, right) = (max(column - 1, 0), min(column + 1, plane.width - 1))
                let difference = plane.values[row * plane.width + right] - plane.values[row * plane.width + left]
                result.values[row * plane.width + column] = right > left ? difference / Double(right - left) : 0
            }
        }
        return result
    }

    /// Sobel's edges, thinned: 1 where the squared magnitude exceeds four times its mean and both neighbours of the row or both
    /// of the column. This is the thinning of GNU Octave, which the golden values have; MATLAB's also looks at the direction.
    static func edges(_ plane: Plane) -> Plane {
        let field = SobelField(plane, edge: .replicate, scale: 1.0 / 8)
        var strengths = Plane(
            height: plane.height, width: plane.width,
            values: zip(field.horizontal, field.vertical).map { $0 * $0 + $1 * $1 })
        let threshold = 4 * strengths.mean
        for index in strengths.values.indices where strengths.values[index] <= threshold { strengths.values[index] = 0 }
        let padded = strengths.padded(by: 1, .zero)
        var result = plane
        for row in 0..<plane.height {
            for column in 0..<plane.width {
                let place = (row + 1) * padded.width + column + 1
                let strength = padded.values[place]
                let isRidge = strength > padded.values[place - 1] && strength > padded.values[place + 1]
                let isCrest =
                    strength > padded.values[place - padded.width] && strength > padded.values[place + padded.width]
                result.values[row * plane.width + column] = isRidge || isCrest ? 1 : 0
            }
        }
        return result
    }

    /// The bands of a wavelet transform, stretched to 0…1; 0 where all are alike.
    static func wavelet(_ plane: Plane) -> Plane {
        var bands = MeyerWavelet.bands(plane)
        let (low, high) = (bands.values.min() ?? 0, bands.values.max() ?? 0)
        for index in bands.values.indices {
            bands.values[index] = high > low ? (bands.values[index] - low) / (high - low) : 0
        }
        return bands
    }
}
