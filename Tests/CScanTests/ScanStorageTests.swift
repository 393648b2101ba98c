import CScan
import Testing

@Suite("Selective scan of 16-bit arrays") struct ScanStorageTests {
    /// What a scan without decay or state computes, y = D·u, with u, y and all else in 16 bits.
    private func scaled(
        _ bits: [UInt16], by factor: Float, _ storage: fk_scan_storage, channels: Int, _ instructionSet: String
    ) throws -> [UInt16] {
        var u = bits
        var y = [UInt16](repeating: 0x1234, count: bits.count)
        let zeros = [UInt16](repeating: 0, count: bits.count)
        let factors = [Float](repeating: factor, count: channels)
        let decays = [Float](repeating: -1, count: channels)
        var message = [CChar](repeating: 0, count: 1000)
        let length = Int64(bits.count / channels)
        let violations = u.withUnsafeMutableBytes { u in
            y.withUnsafeMutableBytes { y in
                zeros.withUnsafeBytes { zeros in
                    instructionSet.withCString { name in
                        var a = fk_scan_arguments()
                        (a.batches, a.channels, a.groups, a.states, a.length) = (1, Int64(channels), 1, 1, length)
                        a.storage = storage
                        (a.u, a.y) = (UnsafeRawPointer(u.baseAddress), y.baseAddress)
                        (a.delta, a.B, a.C) = (zeros.baseAddress, zeros.baseAddress, zeros.baseAddress)
                        a.u_strides = .init(batch: 0, channel: 1, time: Int64(channels))
                        (a.delta_strides, a.y_strides) = (a.u_strides, a.u_strides)
                        (a.B_strides.time, a.C_strides.time) = (1, 1)
                        a.instruction_set = name
                        return factors.withUnsafeBufferPointer { factors in
                            decays.withUnsafeBufferPointer { decays in
                                (a.D, a.A) = (factors.baseAddress, decays.baseAddress)
                                return fk_scan_forward(&a, nil, nil, &message, message.count)
                            }
                        }
                    }
                }
            }
        }
        guard violations == 0 else { throw ScanFailure(message: text(message)) }
        return y
    }

    /// All finite numbers of a type, but for -0, which the sum with the states makes 0.
    private func finite(_ number: (UInt16) -> Float) -> [UInt16] {
        (UInt16.min...UInt16.max).filter { number($0).isFinite && $0 != 0x8000 }
    }

    private func bfloat16(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

    private func nearest(_ value: Float) -> UInt16 {
        let below = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
        let rest = value.bitPattern & 0xFFFF
        return rest > 0x8000 || (rest == 0x8000 && below % 2 == 1) ? below + 1 : below
    }

    @Test(
        "reads every number exactly and rounds to the nearest, in vectors and in what is left over",
        arguments: instructionSets, [1, 3, 16])
    func rounding(instructionSet: String, channels: Int) throws {
        for factor: Float in [1, 1 + 0x1p-9, 1.7, 0.3, 1e-3] {
            let halves = finite { Float(Float16(bitPattern: $0)) }
            let usable = Array(halves.prefix(halves.count / 48 * 48))
            let found = try scaled(usable, by: factor, fk_scan_float16, channels: channels, instructionSet)
            for (from, to) in zip(usable, found) {
                let expected = Float16(Float(Float16(bitPattern: from)) * factor).bitPattern
                guard to == expected || (to & 0x7FFF == 0 && expected & 0x7FFF == 0) else {
                    Issue.record("float16 \(from) times \(factor) became \(to), not \(expected)")
                    break
                }
            }
            // Denormal numbers of float32 become 0 in the scan.
            let numbers = finite(bfloat16).filter { abs(bfloat16($0)) * min(factor, 1) >= .leastNormalMagnitude }
            let some = Array(numbers.prefix(numbers.count / 48 * 48))
            let results = try scaled(some, by: factor, fk_scan_bfloat16, channels: channels, instructionSet)
            for (from, to) in zip(some, results) where to != nearest(bfloat16(from) * factor) {
                Issue.record("bfloat16 \(from) times \(factor) became \(to), not \(nearest(bfloat16(from) * factor))")
                break
            }
        }
    }

    @Test("keeps NaN and infinity", arguments: instructionSets)
    func special(instructionSet: String) throws {
        for channels in [1, 16] {
            let quiet: [(fk_scan_storage, UInt16, UInt16)] = [
                (fk_scan_float16, 0x7C01, 0x7C00), (fk_scan_float16, 0xFFFF, 0x7C00),
                (fk_scan_bfloat16, 0x7F81, 0x7F80), (fk_scan_bfloat16, 0xFFFF, 0x7F80),
            ]
            for (storage, bits, infinity) in quiet {
                let found = try scaled(
                    [UInt16](repeating: bits, count: channels), by: 1, storage, channels: channels, instructionSet)
                #expect(found.allSatisfy { $0 & 0x7FFF > infinity })
                // The largest numbers, doubled.
                let overflow = try scaled(
                    [UInt16](repeating: infinity - 1, count: channels), by: 2, storage, channels: channels,
                    instructionSet)
                #expect(overflow.allSatisfy { $0 == infinity })
            }
        }
    }

    @Test("refuses a storage that there is not")
    func refuses() {
        var arguments = ScanProblem(ScanConfiguration()).arguments
        arguments.storage = fk_scan_storage(rawValue: 3)
        var message = [CChar](repeating: 0, count: 1000)
        #expect(fk_scan_check(&arguments, &message, message.count) == 1)
        #expect(text(message) == "storage is 3; it must be one of 0 (f32), 1 (bf16) and 2 (f16).")
    }
}
