import CTorch

/// Where the time of a piece of work goes: every operation of libtorch, and those of our own kernels, on the thread that
/// asks, with the multiply-adds of matrix products and convolutions.
///
/// Measuring takes a microsecond or two for each operation.
public struct OperationProfile: Sendable, Codable {
    /// All calls of one operation.
    public struct Entry: Sendable, Codable {
        /// The operation, such as "aten::mm" or "selective scan".
        public var name: String
        /// Seconds, without those of operations that it called.
        public var seconds: Double
        /// How often it was called.
        public var calls: Int
        /// Multiply-adds of matrix products and convolutions; state updates of a scan.
        public var multiplyAdds: Double
    }

    /// The operations, the one that took most time first.
    public let entries: [Entry]
    /// Seconds from beginning to end, what lies between operations included.
    public let seconds: Double

    /// Measures what a piece of work does on this thread. Profiles don't nest.
    ///
    /// - Throws: what `body` throws; `TorchError` inside of another profile.
    public static func measuring(_ body: () throws -> Void) throws -> OperationProfile {
        guard fk_profile_begin() else { throw takeTorchError() }
        var entries: [Entry] = []
        func end() {
            withUnsafeMutablePointer(to: &entries) { entries in
                fk_profile_end(entries) { context, name, seconds, calls, multiplyAdds in
                    guard let entries = context?.assumingMemoryBound(to: [Entry].self), let name else { return }
                    entries.pointee.append(
                        Entry(
                            name: String(cString: name), seconds: seconds, calls: Int(calls), multiplyAdds: multiplyAdds
                        ))
                }
            }
        }
        let clock = ContinuousClock()
        let duration: Duration
        do {
            duration = try clock.measure(body)
        } catch {
            end()
            throw error
        }
        end()
        return OperationProfile(
            entries: entries.sorted { ($0.seconds, $1.name) > ($1.seconds, $0.name) }, seconds: duration / .seconds(1))
    }
}

/// Runs an operation that is not libtorch's so that profiles show it.
///
/// - Parameter work: multiply-adds, or state updates.
package func profiled<Result>(_ name: StaticString, work: Int, _ body: () throws -> Result) rethrows -> Result {
    UnsafeRawPointer(name.utf8Start).withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount + 1) {
        fk_profile_operation_begin($0)
    }
    defer { fk_profile_operation_end(Double(work)) }
    return try body()
}
