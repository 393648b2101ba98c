import Networks
import Testing
import Torch

@Suite("Loss of FusionMamba (Xie)")
struct FusionMambaMMLossTests {
    @Test("is nothing for three equal images, and more for others")
    func equal() throws {
        try withTorchErrors {
            let (first, second) = pair(40, 48, batches: 2)
            let none = FusionMambaMMLoss()(fused: first, first: first, second: first)
            #expect(abs(none.total.item) < 1e-5)
            let some = FusionMambaMMLoss()(fused: first, first: first, second: second)
            #expect(some.dissimilarity.item > 0.05 && some.intensity.item > 0.01 && some.gradient.item > 0.1)
        }
    }

    @Test("is the sum of its parts with the weights of each task", arguments: FusionMambaMMTask.allCases)
    func weights(task: FusionMambaMMTask) throws {
        try withTorchErrors {
            let (first, second) = pair(33, 35)
            let parts = task.loss(fused: (first + second) / 2, first: first, second: second)
            let weight = task == .infraredVisible ? 1.0 : 10.0
            let sum = weight * parts.dissimilarity.item + 10 * parts.intensity.item + parts.gradient.item
            #expect(abs(parts.total.item - sum) < 1e-5)
        }
    }

    @Test("takes the brighter image and the stronger gradient, whichever it is")
    func stronger() throws {
        try withTorchErrors {
            let (first, second) = pair(32, 32)
            let loss = FusionMambaMMLoss()
            let brighter = loss(fused: first.maximum(second), first: first, second: second)
            #expect(brighter.intensity.item == 0)
            let swapped = loss(fused: first.maximum(second), first: second, second: first)
            #expect(abs(swapped.total.item - brighter.total.item) < 1e-5)
            let dark = loss(fused: first, first: first, second: .zeros([1, 1, 32, 32]))
            #expect(dark.gradient.item == 0 && dark.intensity.item == 0)
        }
    }

    @Test("has a range of values that follows the first image")
    func range() throws {
        try withTorchErrors {
            let (first, second) = pair(48, 48)
            let similarity = AuthorsMultiScaleSSIM()
            let expected = similarity(first, second).value.item
            // 255 and 1 scale alike; 2 for images that go below zero does not.
            #expect(abs(similarity(first * 255, second * 255).value.item - expected) < 1e-3)
            #expect(similarity(first * 2 - 1, second * 2 - 1).value.item != expected)
        }
    }

    @Test("is trained with a learning rate that falls by a quarter with every epoch")
    func learningRate() {
        let rates = (0..<3).map { FusionMambaMMLoss.learningRate(epoch: $0) }
        for (rate, expected) in zip(rates, [4e-4 / 3, 1e-4, 7.5e-5]) { #expect(abs(rate - expected) < 1e-12) }
    }
}
