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
    @Test("stay in their scope: the next one starts without")
    func scopes() throws {
        #expect(throws: TorchError.self) { try withTorchErrors { _ = Tensor.zeros([2]) + Tensor.zeros([3]) } }
        #expect(try withTorchErrors { (Tensor.zeros([2]) + 1).sum().item } == 2)
        try withTorchErrors {
            #expect(throws: TorchError.self) { try withTorchErrors { _ = Tensor.zeros([2]) + Tensor.zeros([3]) } }
            try checkTorchErrors()
        }
    }
    @Test("come before what the body throws for their sake")
    func bodyThrows() {
        struct Other: Error {}
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                _ = Tensor.zeros([2]) + Tensor.zeros([3])
                throw Other()
            }
        }
        #expect(throws: Other.self) { try withTorchErrors { throw Other() } }
    }
    @Test("can be asked for in the middle of a scope")
    func asking() {
        var reached = false
        #expect(throws: TorchError.self) {
            try withTorchErrors {
                _ = Tensor.zeros([2]).reshaped(7)
                try checkTorchErrors()
                reached = true
            }
        }
        #expect(!reached)
    }
    @Test("of tasks that a scope waits for are its own")
    func tasks() async {
        await #expect(throws: TorchError.self) {
            try await withTorchErrors {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { _ = Tensor.zeros([2]) + Tensor.zeros([3]) }
                }
            }
        }
    }
    @Test("of every kind of misuse are thrown")
    func misuse() {
        let matrix = Tensor.zeros([2, 3])
        for body in [
            { _ = matrix.reshaped(7) }, { _ = matrix.transposed(0, 5) }, { _ = matrix.item },
            { _ = Tensor.concatenated([], axis: 0) }, { _ = Tensor.stacked([matrix, matrix[0]]) },
            { _ = Tensor.zeros([-1]) }, { _ = Tensor.einsum("ij,", matrix) }, { _ = matrix.sum(7) },
            { _ = matrix.selected(axis: 0, indices: Tensor([9])) }, { matrix.copy(from: Tensor.zeros([5])) },
            { _ = Tensor([1, 2]).oneHot(classes: 1) }, { matrix.backward() },
            { Tensor([1, 2]).setRequiresGradient() },
        ] {
            #expect(throws: TorchError.self) { try withTorchErrors(body) }
        }
    }
    @Test("end the process outside of a scope")
    func traps() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2]) + Tensor.zeros([3]) }
    }
}
