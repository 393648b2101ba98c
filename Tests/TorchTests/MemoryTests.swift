import Foundation
import Testing
import Torch

/// Bytes of this process that are in memory.
private func residentBytes() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// Ends the process with a message where `body` keeps memory.
private func expectNoGrowth(_ name: String, count: Int, allowed: Int = 4 << 20, _ body: () throws -> Void) rethrows {
    for _ in 0..<count / 10 { try body() }
    let before = residentBytes()
    for _ in 0..<count { try body() }
    let growth = residentBytes() - before
    if before == 0 || growth > allowed {
        FileHandle.standardError.write(Data("\(name): \(growth) bytes kept\n".utf8))
        exit(3)
    }
}

/// Each runs in a process of its own, so that other tests don't disturb the size.
@Suite("Memory", .enabled(if: FileManager.default.fileExists(atPath: "/proc/self/statm"))) struct MemoryTests {
    @Test("100,000 tensors and views come and go without a trace")
    func tensors() async {
        await #expect(processExitsWith: .success) {
            expectNoGrowth("tensors", count: 100_000) { _ = Tensor([1.0, 2, 3]) + 1 }
            let image = Tensor.zeros([3, 8, 8])
            expectNoGrowth("views", count: 100_000) { _ = image[0, 1..<3].transposed(0, 1).reshaped(-1) }
            expectNoGrowth("large tensors", count: 2_000) { _ = Tensor.zeros([1 << 18]).sum() }
            expectNoGrowth("pairs", count: 20_000) { _ = image.sorted().values }
            expectNoGrowth("descriptions", count: 2_000) { _ = Tensor([1.0]).description }
            expectNoGrowth("generators", count: 5_000) { _ = RandomGenerator(seed: 1).state.count }
            expectNoGrowth("foreign memory", count: 50_000) {
                let owner = NSMutableData(length: 64) ?? NSMutableData()
                _ = Tensor(viewing: owner.mutableBytes, shape: [16], dtype: .float32, owner: owner)[1...]
            }
        }
    }

    @Test("a leak would be found")
    func leak() async {
        await #expect(processExitsWith: .exitCode(3)) {
            var kept: [Tensor] = []
            expectNoGrowth("kept", count: 100_000) { kept.append(Tensor([1.0, 2, 3])) }
            exit(kept.isEmpty ? 1 : 0)
        }
    }

    @Test("failed operations keep nothing")
    func failures() async {
        await #expect(processExitsWith: .success) {
            let a = Tensor.zeros([2])
            let b = Tensor.zeros([3])
            expectNoGrowth("failures", count: 20_000) {
                do {
                    try withTorchErrors {
                        let wrong = a + b
                        _ = wrong.sorted().values * a[5]
                    }
                    exit(4)
                } catch {}
            }
        }
    }

    @Test("graphs, hooks and operations with their own backward pass are freed")
    func graphs() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor([1.0, 2])
            x.setRequiresGradient()
            expectNoGrowth("graphs dropped", count: 50_000) { _ = (x * 2).squared().sum() }
            func own(_ x: Tensor) -> Tensor {
                differentiable("own", [x], forward: { [x * x] }, backward: { [$0[0] * x * 2] })[0]
            }
            expectNoGrowth("own graphs dropped", count: 100_000) { _ = own(x) }
            expectNoGrowth("own graphs used", count: 20_000) {
                own(x * 3).sum().backward()
                x.gradient = nil
            }
            expectNoGrowth("hooks", count: 20_000) {
                let y = x * 2
                y.onGradient { $0 * 2 }
                _ = gradients(of: [y.sum()], withRespectTo: [x])
            }
            expectNoGrowth("checkpoints", count: 10_000) {
                _ = gradients(of: checkpointed([x]) { [$0[0].exp()] }[0].sum(), withRespectTo: [x])
            }
            expectNoGrowth("second derivatives", count: 10_000) {
                let first = gradients(of: [own(x).sum()], withRespectTo: [x], createGraph: true)[0] ?? x
                _ = gradients(of: [first.sum()], withRespectTo: [x])
            }
        }
    }
}
