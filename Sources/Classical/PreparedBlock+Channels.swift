import Sensors

extension PreparedBlock {
    /// The pixels of a channel.
    func fineSamples(of channel: Channel) -> [Double] {
        let samples: [Double]? =
            switch channel {
            case .band(let band): interpolated.band(band).values
            case .intensity: interpolated.meanOfBands
            case .pan: pan.bands == 1 ? pan.values : pan.meanOfBands
            case .lowPass(let band): lowPass?.band(scene.filterOfBand[band]).values
            case .gaussian: gaussian?.values
            case .atrous: atrous?.values
            case .bicubic: bicubic?.values
            case .localDeviation: deviation?.values
            }
        guard let samples else { preconditionFailure("\(channel) was not prepared") }
        return samples
    }

    /// The pixels of a channel on the coarse grid.
    func coarseSamples(of channel: Channel) -> [Double] {
        let samples: [Double]? =
            switch channel {
            case .band(let band): coarseInterpolated?.band(band).values
            case .pan: coarsePAN?.values
            case .gaussian: coarseGaussian?.values
            case .intensity, .lowPass, .atrous, .bicubic, .localDeviation: nil
            }
        guard let samples else { preconditionFailure("\(channel) was not prepared on the coarse grid") }
        return samples
    }
}

extension Image {
    /// The mean of all bands at each pixel.
    var meanOfBands: [Double] {
        if bands == 1 { return values }
        let scale = Double(bands)
        return [Double](unsafeUninitializedCapacity: pixels) { result, count in
            values.withUnsafeBufferPointer { values in
                // In parts that stay in the first cache.
                for start in stride(from: 0, to: pixels, by: 1024) {
                    let part = start..<min(start + 1024, pixels)
                    for pixel in part { result[pixel] = values[pixel] + values[pixels + pixel] }
                    for band in 2..<max(2, bands) {
                        for pixel in part { result[pixel] += values[band * pixels + pixel] }
                    }
                    for pixel in part { result[pixel] /= scale }
                }
            }
            count = pixels
        }
    }
}
