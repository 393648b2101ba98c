/// How computed values become stored ones: rounded half away from zero, saturated, and kept apart from nodata.
///
/// A value that may not be stored (invalid, or NaN) becomes the nodata value; without one it becomes 0 in integers and
/// NaN in floating-point types. A valid value that would land on the nodata value moves to its neighbour.
enum SampleConversion {
    /// Converts one band.
    ///
    /// - Parameters:
    ///   - source: `count` values.
    ///   - valid: `count` bytes, 0 where a pixel is invalid; all are valid when nil.
    ///   - type: any type.
    ///   - nodata: a value that the type can represent.
    ///   - target: room for `count` numbers of the type.
    static func store<Sample: RasterSample>(
        _ source: UnsafePointer<Sample>, valid: UnsafePointer<UInt8>?, count: Int, as type: SampleType,
        nodata: Double?, into target: UnsafeMutableRawPointer
    ) {
        // Named types, so that the loops below are compiled for each of them.
        if Sample.self == Float.self {
            let source = UnsafeRawPointer(source).assumingMemoryBound(to: Float.self)
            dispatch(source, valid, count, type, nodata, target)
        } else {
            let source = UnsafeRawPointer(source).assumingMemoryBound(to: Double.self)
            dispatch(source, valid, count, type, nodata, target)
        }
    }

    /// Sets 0 in a mask of `count` pixels where any of `bands` planes is NaN.
    static func maskNaN<Sample: RasterSample>(
        _ source: UnsafePointer<Sample>, bands: Int, count: Int, in mask: inout [UInt8]
    ) {
        if Sample.self == Float.self {
            let source = UnsafeRawPointer(source).assumingMemoryBound(to: Float.self)
            for index in 0..<bands * count where source[index].isNaN { mask[index % count] = 0 }
        } else {
            let source = UnsafeRawPointer(source).assumingMemoryBound(to: Double.self)
            for index in 0..<bands * count where source[index].isNaN { mask[index % count] = 0 }
        }
    }

    @inline(__always)
    private static func dispatch<Sample: RasterSample>(
        _ source: UnsafePointer<Sample>, _ valid: UnsafePointer<UInt8>?, _ count: Int, _ type: SampleType,
        _ nodata: Double?, _ target: UnsafeMutableRawPointer
    ) {
        switch type {
        case .uint8: integers(source, valid, count, nodata, target, UInt8.self)
        case .int8: integers(source, valid, count, nodata, target, Int8.self)
        case .uint16: integers(source, valid, count, nodata, target, UInt16.self)
        case .int16: integers(source, valid, count, nodata, target, Int16.self)
        case .uint32: integers(source, valid, count, nodata, target, UInt32.self)
        case .int32: integers(source, valid, count, nodata, target, Int32.self)
        case .uint64: integers(source, valid, count, nodata, target, UInt64.self)
        case .int64: integers(source, valid, count, nodata, target, Int64.self)
        case .float32: floats(source, valid, count, nodata, target, Float.self)
        case .float64: floats(source, valid, count, nodata, target, Double.self)
        }
    }

    @inline(__always)
    private static func integers<Sample: RasterSample, Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Sample>, _ valid: UnsafePointer<UInt8>?, _ count: Int, _ nodata: Double?,
        _ target: UnsafeMutableRawPointer, _: Stored.Type
    ) {
        let target = target.bindMemory(to: Stored.self, capacity: count)
        let absent = nodata.flatMap { Stored(exactly: $0) }
        if Stored.bitWidth <= 32 {
            convertNarrow(source, count, absent: absent ?? 0, into: target)
        } else {
            for index in 0..<count {
                let value = source[index]
                target[index] = value.isNaN ? absent ?? 0 : rounded(value)
            }
        }
        if let absent {
            for index in 0..<count where target[index] == absent && !source[index].isNaN {
                target[index] = neighbour(of: absent, towards: source[index])
            }
        }
        if let valid {
            for index in 0..<count where valid[index] == 0 { target[index] = absent ?? 0 }
        }
    }

    /// Rounds and saturates to a type of at most 32 bits, without a branch, so that the compiler makes vectors of the loop.
    @inline(__always)
    private static func convertNarrow<Sample: RasterSample, Stored: FixedWidthInteger>(
        _ source: UnsafePointer<Sample>, _ count: Int, absent: Stored, into target: UnsafeMutablePointer<Stored>
    ) {
        let (least, most) = (Double(Stored.min), Double(Stored.max))
        // Where a number of this size is added, the lowest bit of the sum is worth 1, and the sum's low bits are the number.
        let ruler = 6_755_399_441_055_744.0
        for index in 0..<count {
            let value = Double(source[index])
            let aboveLeast = value > least ? value : least
            let held = aboveLeast < most ? aboveLeast : most
            let sum = held + ruler
            // The sum was rounded half to even.
            let rest = held - (sum - ruler)
            let up = rest == 0.5 && held > 0 ? 1 : 0
            let down = rest == -0.5 && held < 0 ? 1 : 0
            let stored = Stored(truncatingIfNeeded: Int64(bitPattern: sum.bitPattern) &+ Int64(up &- down))
            target[index] = value == value ? stored : absent
        }
    }

    @inline(__always)
    private static func rounded<Sample: RasterSample, Stored: FixedWidthInteger>(_ value: Sample) -> Stored {
        if value >= Sample(Stored.max) { return Stored.max }
        if value <= Sample(Stored.min) { return Stored.min }
        let whole = Stored(value)
        // Exact: a value with a fraction is below 2^53 (2^24), where whole numbers have no rounding.
        let fraction = value - Sample(whole)
        if fraction >= 0.5 { return whole + 1 }
        return fraction <= -0.5 ? whole - 1 : whole
    }

    @inline(__always)
    private static func neighbour<Sample: RasterSample, Stored: FixedWidthInteger>(
        of stored: Stored, towards value: Sample
    ) -> Stored {
        if stored == Stored.max { return stored - 1 }
        return stored == Stored.min || value >= Sample(stored) ? stored + 1 : stored - 1
    }

    @inline(__always)
    private static func floats<Sample: RasterSample, Stored: RasterSample>(
        _ source: UnsafePointer<Sample>, _ valid: UnsafePointer<UInt8>?, _ count: Int, _ nodata: Double?,
        _ target: UnsafeMutableRawPointer, _: Stored.Type
    ) {
        let target = target.bindMemory(to: Stored.self, capacity: count)
        let absent = nodata.map { Stored($0) } ?? .nan
        // GDAL takes values within 4 units in the last place for the nodata value.
        let reach = absent.isFinite ? absent.magnitude * Stored.ulpOfOne * 4 : 0
        for index in 0..<count {
            let value = source[index]
            if value.isNaN || valid.map({ $0[index] == 0 }) ?? false {
                target[index] = absent
                continue
            }
            var stored = Stored(value)
            if !stored.isFinite, value.isFinite {
                stored = value < 0 ? -Stored.greatestFiniteMagnitude : Stored.greatestFiniteMagnitude
            }
            if absent.isFinite, (stored - absent).magnitude <= reach {
                let step = max(2 * reach, Stored.leastNormalMagnitude)
                let moved = stored < absent ? absent - step : absent + step
                stored = moved.isFinite ? moved : (stored < absent ? absent + step : absent - step)
            }
            target[index] = stored
        }
    }
}
