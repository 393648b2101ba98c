import Testing
import Torch

@Suite("Errors of tensor operations") struct TorchErrorTests {
    @Test("name the operation and the shapes")
    func namesShapes() throws {
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors { _ = Tensor.zeros([2, 3]).matmul(Tensor.zeros([4, 5])) }
        }
        #expect(error?.message.contains("matmul(Float[2, 3], Float[4, 5])") == true, "\(String(describing: error))")
    }
    @Test("are the first of their scope")
    func first() throws {
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors {
                let wrong = Tensor.zeros([2]) + Tensor.zeros([3])
                _ = wrong.matmul(Tensor.zeros([4, 5]))
            }
        }
        #expect(error?.message.contains("add(") == true)
    }
    @Test("tell of memory that no machine has")
    func outOfMemory() throws {
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors { _ = Tensor.zeros([1 << 40, 1 << 10]) }
        }
        #expect(error?.message.contains("full") == true)
    }
    @Test("tell of a device that is not there", .enabled(if: !Device.hasCUDA))
    func wrongDevice() throws {
        let error = #expect(throws: TorchError.self) { try withTorchErrors { _ = Tensor.zeros([2], device: .cuda(7)) } }
        #expect(error?.message.contains("CUDA") == true)
    }
    @Test("end the process outside of a scope")
    func traps() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2]) + Tensor.zeros([3]) }
    }
}
