import Testing
import Torch

@Suite("Operation profile") struct OperationProfileTests {
    private func multiplyAdds(_ body: () -> Void) throws -> Double {
        try OperationProfile.measuring(body).entries.reduce(0) { $0 + $1.multiplyAdds }
    }

    @Test("counts the multiply-adds of matrix products and convolutions once")
    func counts() throws {
        let (a, b) = (Tensor.ones([5, 7]), Tensor.ones([7, 3]))
        let product = try multiplyAdds { _ = a.matmul(b) }
        #expect(product == 5 * 7 * 3)
        let linear = Linear(7, 11)
        linear.initialize(using: RandomGenerator(seed: 1))
        #expect(try multiplyAdds { _ = linear(Tensor.ones([2, 5, 7])) } == 2 * 5 * 7 * 11)
        let convolution = Conv2d(4, 6, kernel: 3, padding: 1, groups: 2)
        convolution.initialize(using: RandomGenerator(seed: 1))
        #expect(try multiplyAdds { _ = convolution(Tensor.ones([2, 4, 8, 9])) } == 2 * 6 * 8 * 9 * 2 * 9)
        let transposed = ConvTransposed2d(4, 6, kernel: 2, stride: 2)
        transposed.initialize(using: RandomGenerator(seed: 1))
        #expect(try multiplyAdds { _ = transposed(Tensor.ones([1, 4, 8, 9])) } == 4 * 8 * 9 * 6 * 4)
        #expect(try multiplyAdds { _ = a + a } == 0)
    }

    @Test("names operations, and their times are parts of the whole")
    func times() throws {
        let a = Tensor.ones([300, 300])
        let profile = try OperationProfile.measuring { for _ in 0..<3 { _ = a.exp() } }
        let entry = try #require(profile.entries.first { $0.name == "aten::exp" })
        #expect(entry.calls == 3 && entry.seconds > 0)
        #expect(profile.entries.reduce(0) { $0 + $1.seconds } <= profile.seconds)
    }

    @Test("ends with an error that the work throws, and refuses to nest")
    func errors() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) { _ = try OperationProfile.measuring { throw Stop() } }
        #expect(throws: TorchError.self) {
            _ = try OperationProfile.measuring { _ = try OperationProfile.measuring {} }
        }
        _ = try OperationProfile.measuring {}
    }
}
