import Synchronization
import Torch

/// A permutation and its inverse as index tensors; what exactly, the maker knows.
package struct IndexTables: Sendable {
    let pixels: Tensor
    let positions: Tensor

    init(pixels: Tensor, positions: Tensor) { (self.pixels, self.positions) = (pixels, positions) }

    /// New int32 tensors of two shapes whose elements `write` sets; they are kept for passes of any mode.
    package init(
        pixels pixelShape: [Int], positions positionShape: [Int], device: Device,
        write: (UnsafeMutableBufferPointer<Int32>, UnsafeMutableBufferPointer<Int32>) -> Void
    ) throws(ScanPathError) {
        do {
            self = try withoutInference {
                try withTorchErrors {
                    let pixels = Tensor.uninitialized(pixelShape, dtype: .int32)
                    let positions = Tensor.uninitialized(positionShape, dtype: .int32)
                    try checkTorchErrors()
                    pixels.withUnsafeBytes { first in
                        positions.withUnsafeBytes { second in
                            write(first.assumingMemoryBound(to: Int32.self), second.assumingMemoryBound(to: Int32.self))
                        }
                    }
                    return IndexTables(pixels: pixels.to(device), positions: positions.to(device))
                }
            }
        } catch {
            throw ScanPathError(message: "its tables could not be made: \(error)")
        }
    }

    var byteCount: Int { 4 * (pixels.count + positions.count) }
}

/// What index tables are of.
package struct IndexTablesKey: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case paths([ScanPath])
        case skipSampled
        case releasedMerge(window: Int)
    }

    package let kind: Kind
    package let size: MapSize
    package let device: Device

    package init(_ kind: Kind, _ size: MapSize, _ device: Device = .cpu) {
        (self.kind, self.size, self.device) = (kind, size, device)
    }
}

/// Keeps index tables that were used lately, since a network asks for the same ones in every block and for every tile.
///
/// Tables that are larger than the limit are not kept; those that were not used for longest make room for new ones.
package final class IndexTablesCache: Sendable {
    /// 256 MiB: the four directions of a map of 2048 × 2048 pixels take half of it.
    package static let shared = IndexTablesCache(byteLimit: 256 << 20)

    private struct Entry {
        let tables: IndexTables
        var lastUse: UInt64
    }

    private struct State {
        var entries: [IndexTablesKey: Entry] = [:]
        var bytes = 0
        var uses: UInt64 = 0
    }

    private let byteLimit: Int
    private let countLimit: Int
    private let state = Mutex(State())

    package init(byteLimit: Int, countLimit: Int = 256) { (self.byteLimit, self.countLimit) = (byteLimit, countLimit) }

    /// The tables of a key; `make` makes them where they are not kept. Threads that ask for the same new key at once may
    /// each make them.
    package func tables(
        _ key: IndexTablesKey, make: () throws(ScanPathError) -> IndexTables
    ) throws(ScanPathError) -> IndexTables {
        let kept: IndexTables? = state.withLock { state in
            state.uses += 1
            state.entries[key]?.lastUse = state.uses
            return state.entries[key]?.tables
        }
        if let kept { return kept }
        let tables = try make()
        let bytes = tables.byteCount
        guard bytes <= byteLimit else { return tables }
        state.withLock { state in
            if let old = state.entries.removeValue(forKey: key) { state.bytes -= old.tables.byteCount }
            while let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }),
                state.bytes + bytes > byteLimit || state.entries.count >= countLimit
            {
                state.entries.removeValue(forKey: oldest.key)
                state.bytes -= oldest.value.tables.byteCount
            }
            state.entries[key] = Entry(tables: tables, lastUse: state.uses)
            state.bytes += bytes
        }
        return tables
    }

    /// What is kept.
    package var contents: (count: Int, bytes: Int) { state.withLock { ($0.entries.count, $0.bytes) } }
}
