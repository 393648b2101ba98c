import StateSpace
import Testing
import Torch

@Suite("Window partition")
struct WindowPartitionTests {
    @Test("cuts along the path over windows, and puts together again", arguments: [1, 2, 3, 4])
    func partition(window: Int) throws {
        let (height, width) = (2 * window, 3 * window)
        let map = Tensor.range(to: 2 * height * width * 5).reshaped(2, height, width, 5)
        let partition = try WindowPartition(window: window, height: height, width: width)
        let windows = try partition.windows(of: map)
        #expect(windows.shape == [2 * 6, window, window, 5])
        let path = try ScanPath.windows(window).permutation(height: height, width: width)
        let tokens = map.reshaped(2, -1, 5).selected(axis: 1, indices: path.pixels)
        #expect(windows.array(of: Float.self) == tokens.array(of: Float.self))
        #expect((try partition.map(of: windows) .== map).all().item == 1)
    }

    @Test("refuses windows that don't divide the map, and other shapes")
    func refusals() throws {
        let message = "scan path: windows of 4 don't divide a map of 8 × 6 pixels; fill it up to multiples of 4."
        #expect(throws: ScanPathError.self) { try WindowPartition(window: 4, height: 6, width: 8) }
        do {
            _ = try WindowPartition(window: 4, height: 8, width: 6)
            Issue.record("no error")
        } catch {
            #expect(error.description == message)
        }
        for window in [0, -1] {
            #expect(throws: ScanPathError.self) { try WindowPartition(window: window, height: 4, width: 4) }
        }
        #expect(throws: ScanPathError.self) { try WindowPartition(window: 1, height: 0, width: 4) }
        #expect(throws: ScanPathError.self) { try WindowPartition(window: 1, height: Int.max, width: 4) }
        let partition = try WindowPartition(window: 2, height: 4, width: 6)
        #expect(throws: ScanPathError.self) { try partition.windows(of: .zeros([1, 6, 4, 2])) }
        #expect(throws: ScanPathError.self) { try partition.map(of: .zeros([5, 2, 2, 1])) }
    }
}
