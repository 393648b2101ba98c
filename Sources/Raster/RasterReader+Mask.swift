import CGDAL

extension RasterReader {
    /// Sets 1 where GDAL's masks of all bands say valid, else 0. NaN and infinite values are not looked for here.
    func readMask(
        _ dataset: GDALDatasetH, _ window: Window, _ bands: [Int], into valid: UnsafeMutableBufferPointer<UInt8>,
        messages: GDALMessages
    ) throws(RasterError) {
        let count = window.pixelCount
        for index in 0..<count { valid[index] = 1 }
        var mask = [UInt8](repeating: 0, count: count)
        var sharedMaskIsRead = false
        for index in bands {
            let description = profile.bands[index]
            guard let band = GDALGetRasterBand(dataset, Int32(index + 1)) else { continue }
            if description.sampleType == .int8, let nodata = description.nodata {
                // GDAL before 3.7 compares the unsigned byte with the signed value: never equal below 0.
                guard let signed = Int8(exactly: nodata) else { continue }
                try readBytes(of: band, window, into: &mask, messages: messages)
                let absent = UInt8(bitPattern: signed)
                for pixel in 0..<count where mask[pixel] == absent { valid[pixel] = 0 }
                continue
            }
            let flags = GDALGetMaskFlags(band)
            if flags & GMF_ALL_VALID != 0 { continue }
            if flags & GMF_PER_DATASET != 0 {
                if sharedMaskIsRead { continue }
                sharedMaskIsRead = true
            } else if flags & GMF_NODATA != 0, let nodata = description.nodata,
                !description.sampleType.canRepresent(nodata)
            {
                // GDAL would cut 0.5 to 0 and take each 0 for it.
                continue
            }
            try readBytes(of: GDALGetMaskBand(band), window, into: &mask, messages: messages)
            for pixel in 0..<count where mask[pixel] == 0 { valid[pixel] = 0 }
        }
    }

    private func readBytes(
        of band: GDALRasterBandH?, _ window: Window, into bytes: inout [UInt8], messages: GDALMessages
    ) throws(RasterError) {
        let result = BlockCache.reading {
            GDALRasterIOEx(
                band, GF_Read, Int32(window.column), Int32(window.row), Int32(window.width), Int32(window.height),
                &bytes, Int32(window.width), Int32(window.height), GDT_Byte, 1, GSpacing(window.width), nil)
        }
        guard result == CE_None else { throw unreadable(window, messages) }
    }

    /// Sets 1 where no band has its nodata value, else 0: for arrays, which GDAL would read again for that, band by band.
    func markNodata<Sample: RasterSample>(
        _ pixels: UnsafePointer<Sample>, _ bands: [Int], count: Int, in valid: UnsafeMutableBufferPointer<UInt8>
    ) {
        for index in 0..<count { valid[index] = 1 }
        for (place, band) in bands.enumerated() {
            guard let nodata = profile.bands[band].nodata.map({ Sample($0) }) else { continue }
            for index in 0..<count where pixels[place * count + index] == nodata { valid[index] = 0 }
        }
    }

    /// Gives signed bytes, which GDAL before 3.7 reads as 0…255, their sign back.
    func signBytes<Sample: RasterSample>(of bands: [Int], in pixels: UnsafeMutablePointer<Sample>, count: Int) {
        for (place, band) in bands.enumerated() where profile.bands[band].sampleType == .int8 {
            for index in place * count..<(place + 1) * count where pixels[index] > 127 { pixels[index] -= 256 }
        }
    }

    /// Marks pixels that are NaN or infinite in any band as invalid.
    func markNonFinite<Sample: RasterSample>(
        _ pixels: UnsafeMutablePointer<Sample>, bands: Int, count: Int, in valid: UnsafeMutableBufferPointer<UInt8>
    ) {
        if Sample.self == Float.self {
            let values = UnsafeRawPointer(pixels).assumingMemoryBound(to: Float.self)
            for index in 0..<bands * count where !values[index].isFinite { valid[index % count] = 0 }
        } else {
            let values = UnsafeRawPointer(pixels).assumingMemoryBound(to: Double.self)
            for index in 0..<bands * count where !values[index].isFinite { valid[index % count] = 0 }
        }
    }
}
