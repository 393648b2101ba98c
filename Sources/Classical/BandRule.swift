import Sensors

extension PreparedBlock {
    /// Computes each band of the result from planes of pixels: M_b, P, and P_L,b where it is prepared.
    ///
    /// - Parameters:
    ///   - shared: a low pass of PAN that is the same for all bands; nil for P_L,b.
    ///   - rule: writes all of the last plane, which holds nothing before; called once a band.
    func fuseBands(
        lowPass shared: Image? = nil,
        _ rule: (
            _ band: Int, _ interpolated: UnsafeBufferPointer<Double>, _ pan: UnsafeBufferPointer<Double>,
            _ lowPass: UnsafeBufferPointer<Double>, _ result: UnsafeMutableBufferPointer<Double>
        ) -> Void
    ) -> Image {
        let pixels = interpolated.pixels
        return Image(bands: interpolated.bands, height: interpolated.height, width: interpolated.width) { result in
            interpolated.values.withUnsafeBufferPointer { interpolated in
                pan.values.withUnsafeBufferPointer { pan in
                    (shared ?? lowPass ?? self.pan).values.withUnsafeBufferPointer { lowPass in
                        for band in 0..<scene.bands {
                            let filter = shared != nil || self.lowPass == nil ? 0 : scene.filterOfBand[band]
                            rule(
                                band, .init(rebasing: interpolated[band * pixels..<(band + 1) * pixels]), pan,
                                .init(rebasing: lowPass[filter * pixels..<(filter + 1) * pixels]),
                                .init(rebasing: result[band * pixels..<(band + 1) * pixels]))
                        }
                    }
                }
            }
        }
    }

    /// F_b = M_b + g_b(P − P_L,b) + c_b.
    ///
    /// - Parameter shared: a low pass of PAN that is the same for all bands; nil for P_L,b.
    func injectDetail(gains: [Double], offsets: [Double], lowPass shared: Image? = nil) -> Image {
        fuseBands(lowPass: shared) { band, interpolated, pan, lowPass, result in
            let (gain, offset) = (gains[band], offsets[band])
            for pixel in result.indices {
                result[pixel] = interpolated[pixel] + gain * (pan[pixel] - lowPass[pixel]) + offset
            }
        }
    }

    /// F_b = M_b·Q_b/Q_L,b with PAN matched to each band, Q_b = a_b·P + c_b, and Q_L,b = a_b·P_L + c_b·sum_b.
    ///
    /// - Parameters:
    ///   - shared: a low pass of PAN that is the same for all bands; nil for P_L,b.
    ///   - sums: for each band what the low pass makes of a constant 1.
    func modulate(
        _ match: BandMatch, lowPass shared: Image? = nil, sums: [Double], by modulation: Modulation
    ) -> Image {
        fuseBands(lowPass: shared) { band, interpolated, pan, lowPass, result in
            let (slope, offset, mean) = (match.slopes[band], match.offsets[band], match.means[band])
            let lowPassOffset = offset * sums[band]
            modulation.write(to: result, mean: mean) { pixel in
                (slope * pan[pixel] + offset, slope * lowPass[pixel] + lowPassOffset)
            }
            for pixel in result.indices { result[pixel] *= interpolated[pixel] }
        }
    }

    /// F_b = M_b + g_b(P − P_L), with the gain of each pixel's group.
    ///
    /// - Parameters:
    ///   - labels: the group of each pixel.
    ///   - gains: for each group one a band.
    ///   - shared: a low pass of PAN that is the same for all bands; nil for P_L,b.
    func injectDetail(labels: [Int32], gains: [[Double]], lowPass shared: Image? = nil) -> Image {
        labels.withUnsafeBufferPointer { labels in
            fuseBands(lowPass: shared) { band, interpolated, pan, lowPass, result in
                gains.map { $0[band] }.withUnsafeBufferPointer { gains in
                    for pixel in result.indices {
                        result[pixel] =
                            interpolated[pixel] + gains[Int(labels[pixel])] * (pan[pixel] - lowPass[pixel])
                    }
                }
            }
        }
    }

    /// Σ_b w_b(M_b − m_b) at each pixel.
    func combination(of weights: [Double], less means: [Double]) -> [Double] {
        let pixels = interpolated.pixels
        var result = [Double](repeating: 0, count: pixels)
        result.withUnsafeMutableBufferPointer { result in
            interpolated.values.withUnsafeBufferPointer { interpolated in
                for (band, weight) in weights.enumerated() {
                    let mean = means[band]
                    for pixel in 0..<pixels { result[pixel] += weight * (interpolated[band * pixels + pixel] - mean) }
                }
            }
        }
        return result
    }

    /// F_b = M_b + g_b·d, with one detail d for all bands.
    func add(_ detail: [Double], gains: [Double]) -> Image {
        fuseBands { band, interpolated, _, _, result in
            let gain = gains[band]
            detail.withUnsafeBufferPointer { detail in
                for pixel in result.indices { result[pixel] = interpolated[pixel] + gain * detail[pixel] }
            }
        }
    }
}
