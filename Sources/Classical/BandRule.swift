import Sensors

extension PreparedBlock {
    /// Computes each band of the result from planes of pixels: M_b, P, and P_L,b where it is prepared.
    ///
    /// - Parameter rule: fills the last plane; called once a band.
    func fuseBands(
        _ rule: (
            _ band: Int, _ interpolated: UnsafeBufferPointer<Double>, _ pan: UnsafeBufferPointer<Double>,
            _ lowPass: UnsafeBufferPointer<Double>, _ result: UnsafeMutableBufferPointer<Double>
        ) -> Void
    ) -> Image {
        let pixels = interpolated.pixels
        var result = Image(bands: interpolated.bands, height: interpolated.height, width: interpolated.width)
        interpolated.values.withUnsafeBufferPointer { interpolated in
            pan.values.withUnsafeBufferPointer { pan in
                (lowPass ?? self.pan).values.withUnsafeBufferPointer { lowPass in
                    result.values.withUnsafeMutableBufferPointer { result in
                        for band in 0..<scene.bands {
                            let filter = self.lowPass == nil ? 0 : scene.filterOfBand[band]
                            rule(
                                band, .init(rebasing: interpolated[band * pixels..<(band + 1) * pixels]), pan,
                                .init(rebasing: lowPass[filter * pixels..<(filter + 1) * pixels]),
                                .init(rebasing: result[band * pixels..<(band + 1) * pixels]))
                        }
                    }
                }
            }
        }
        return result
    }

    /// F_b = M_b + g_b(P − P_L,b) + c_b.
    func injectDetail(gains: [Double], offsets: [Double]) -> Image {
        fuseBands { band, interpolated, pan, lowPass, result in
            let (gain, offset) = (gains[band], offsets[band])
            for pixel in result.indices {
                result[pixel] = interpolated[pixel] + gain * (pan[pixel] - lowPass[pixel]) + offset
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
