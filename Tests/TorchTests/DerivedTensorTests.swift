import Testing
import Torch

@Suite("Derived tensors") struct DerivedTensorTests {
    /// Twice a source, and how often it was computed.
    private final class Twice {
        var computations = 0
        private let kept = DerivedTensor()

        func of(_ source: Tensor) -> Tensor {
            kept(of: [source]) {
                computations += 1
                return source * 2
            }
        }
    }

    @Test("The result is kept while the source is the same, and computed again after it changed in place")
    func followsChanges() {
        let (twice, source) = (Twice(), Tensor.ones([3]))
        withoutGradients {
            _ = twice.of(source)
            #expect(twice.of(source).array(of: Float.self) == [2, 2, 2])
            #expect(twice.computations == 1)
            source.fill(5)
            #expect(twice.of(source).array(of: Float.self) == [10, 10, 10])
            withInference { source.fill(7) }
            #expect(twice.of(source).array(of: Float.self) == [14, 14, 14])
            #expect(twice.of(Tensor.ones([3])).array(of: Float.self) == [2, 2, 2])
        }
    }

    @Test("A module that changes its type and back gives the rounded values")
    func followsConversion() {
        let layer = Linear(1, 1, hasBias: false)
        let twice = Twice()
        withoutGradients {
            layer.weight.fill(1.001)
            let before = twice.of(layer.weight).array(of: Float.self)
            layer.to(.bfloat16)
            layer.to(.float32)
            let after = twice.of(layer.weight).array(of: Float.self)
            #expect(before != after)
            #expect(after == [2])
        }
    }

    @Test("Where gradients are recorded, each graph gets a result of its own")
    func recordsGradients() throws {
        let (twice, source) = (Twice(), Tensor.ones([3]))
        source.setRequiresGradient()
        _ = withoutGradients { twice.of(source) }
        for _ in 0..<2 {
            let found = gradients(of: twice.of(source).sum(), withRespectTo: [source])
            #expect(try #require(found[0]).array(of: Float.self) == [2, 2, 2])
        }
        #expect(twice.computations == 3)
    }
}
