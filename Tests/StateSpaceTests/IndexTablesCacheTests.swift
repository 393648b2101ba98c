import StateSpace
import Testing
import Torch

@Suite("Cache of scan paths")
struct IndexTablesCacheTests {
    private func key(_ width: Int) throws -> IndexTablesKey {
        IndexTablesKey(.paths([.rows]), try MapSize(1, width))
    }

    @Test("gives the same tensors for the same question, and others for another")
    func same() throws {
        let cache = IndexTablesCache(byteLimit: 1 << 20)
        func pixels(_ paths: [ScanPath], _ height: Int, _ width: Int) throws -> Tensor {
            try ScanPaths(paths, height: height, width: width, cache: cache).pixels
        }
        let first = try pixels([.rows, .windows(3)], 5, 11)
        #expect(try pixels([.rows, .windows(3)], 5, 11).sharesStorage(with: first))
        #expect(try !pixels([.windows(3), .rows], 5, 11).sharesStorage(with: first))
        #expect(try !pixels([.rows, .windows(3)], 11, 5).sharesStorage(with: first))
    }

    @Test("keeps tensors for passes with gradients, also where inference asked for them first")
    func anyMode() throws {
        try withTorchErrors {
            let cache = IndexTablesCache(byteLimit: 1 << 20)
            let paths = try withInference { try ScanPaths([.columns], height: 3, width: 4, cache: cache) }
            let map = Tensor.zeros([1, 2, 12], dtype: .float64)
            map.setRequiresGradient()
            map.selected(axis: 2, indices: paths.pixels[.at(0)]).sum().backward()
            #expect(map.gradient?.sum().item == 24)
        }
    }

    @Test("keeps no more than its limits, and what was used last")
    func bounded() throws {
        let cache = IndexTablesCache(byteLimit: 8 * 100, countLimit: 4)
        var made = 0
        func ask(_ width: Int) throws {
            _ = try cache.tables(try key(width)) { () throws(ScanPathError) in
                made += 1
                return try IndexTables(pixels: [width], positions: [width], device: .cpu) { _, _ in }
            }
        }
        try ask(40)
        try ask(50)
        #expect(cache.contents == (2, 8 * 90))
        try ask(40)
        #expect(made == 2)
        try ask(30)  // Makes room by leaving out 50, which was not asked for again.
        #expect(cache.contents == (2, 8 * 70))
        try ask(40)
        #expect(made == 3)
        try ask(101)  // More than the limit by itself: not kept, and nothing leaves for it.
        #expect(cache.contents == (2, 8 * 70))
        for width in 1...10 { try ask(width) }
        #expect(cache.contents == (4, 8 * (7 + 8 + 9 + 10)))
    }

    @Test("passes an error on and keeps nothing")
    func errors() throws {
        let cache = IndexTablesCache(byteLimit: 1000)
        let key = try key(3)
        #expect(throws: ScanPathError.self) {
            try cache.tables(key) { () throws(ScanPathError) in
                _ = try MapSize(0, 0)
                return try IndexTables(pixels: [1], positions: [1], device: .cpu) { _, _ in }
            }
        }
        #expect(cache.contents == (0, 0))
    }

    @Test("serves many threads at once")
    func concurrent() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<64 {
                group.addTask {
                    for side in 1...40 {
                        let path = ScanPath.windows(1 + (side + task) % 7)
                        let (pixels, positions) = try path.permutation(height: side, width: 3)
                        let back = positions.selected(axis: 0, indices: pixels).array(of: Int.self)
                        if back != Array(0..<3 * side) { return false }
                    }
                    return true
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
        #expect(IndexTablesCache.shared.contents.count <= 256)
    }
}
