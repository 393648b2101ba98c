import Foundation
import Testing
import Torch

@Suite("Reductions") struct ReductionTests {
    let x = tensor([1, 2, 3, 4, 5, 9], 2, 3)

    @Test("over all elements or some axes, keeping them or not")
    func axes() {
        #expect(x.sum().item == 24 && values(x.sum(0)) == [5, 7, 12] && values(x.sum(-1)) == [6, 18])
        #expect(x.sum(1, keepingAxes: true).shape == [2, 1] && x.sum(0, 1).shape == [])
        #expect(x.mean().item == 4 && values(x.mean(1)) == [2, 6])
        expectClose(x.variance(1), [1, 7])
        expectClose(x.variance(1, correction: 0), [2.0 / 3, 14.0 / 3])
        expectClose(x.standardDeviation(1), [1, sqrt(7)])
        #expect(x.max().item == 9 && values(x.max(0)) == [4, 5, 9])
        #expect(x.min().item == 1 && values(x.min(1)) == [1, 4])
        expectClose(x.norm(1), [sqrt(14), sqrt(122)])
        expectClose(x.norm(1, order: 1), [6, 18])
        #expect(x.norm(order: .infinity).item == 9)
        expectClose(x.logSumExp(1), [log(exp(1) + exp(2) + exp(3)), log(exp(4) + exp(5) + exp(9))])
        #expect(tensor([1000, 1000]).logSumExp(0).item == 1000 + log(2))
        expectClose(x.logSumExp(), [log(values(x).map { exp($0) }.reduce(0, +))])
        #expect(values(x.product(axis: 1)) == [6, 180])
    }

    @Test("places, truth and running values")
    func others() {
        #expect(x.argmax().integerItem == 5 && values(x.argmax(axis: 0)) == [1, 1, 1])
        #expect(x.argmin().integerItem == 0 && values(x.argmin(axis: 1)) == [0, 0])
        #expect((x .> 8).any().item == 1 && (x .> 8).all().item == 0)
        #expect(values(x.cumulativeSum(axis: 1)) == [1, 3, 6, 4, 9, 18])
        #expect(values(x.cumulativeProduct(axis: 0)) == [1, 2, 3, 4, 10, 27])
    }

    @Test("order statistics and counts")
    func statistics() {
        expectClose(x.reshaped(-1).quantile(tensor([0, 0.5, 0.9]), axis: 0), [1, 3.5, 7])
        expectClose(x.quantile(Tensor(0.5, dtype: .float64), axis: 1), [2, 5])
        #expect(x.median().item == 3)
        #expect(values(Tensor([1, 3, 1]).counts()) == [0, 2, 0, 1])
        #expect(values(Tensor([1, 0, 1]).counts(weights: tensor([0.5, 2, 1]), minimumLength: 3)) == [2, 1.5, 0])
        #expect(values(tensor([0, 0.1, 0.6, 1, 2]).histogram(bins: 2, range: 0...1)) == [2, 2])
    }
}

@Suite("Shapes") struct ShapeTests {
    let x = Tensor((0..<6).map { Double($0) }, shape: [2, 3])

    @Test("the same elements in other shapes")
    func views() {
        #expect(x.reshaped(3, -1).shape == [3, 2] && x.reshaped([6]).sharesStorage(with: x))
        #expect(values(x.permuted(1, 0)) == [0, 3, 1, 4, 2, 5] && values(x.transposed(0, 1)) == [0, 3, 1, 4, 2, 5])
        #expect(x.flattened().shape == [6] && Tensor.zeros([2, 3, 4]).flattened(from: 1).shape == [2, 12])
        #expect(x.unflattened(axis: 1, sizes: [3, 1]).shape == [2, 3, 1])
        #expect(x.unsqueezed(-1).shape == [2, 3, 1] && x.unsqueezed(0).squeezed(0).shape == [2, 3])
        #expect(values(x[0].unsqueezed(0).expanded([2, -1])) == [0, 1, 2, 0, 1, 2])
    }

    @Test("repeated, turned and moved")
    func movement() {
        #expect(values(x.repeated([1, 2])) == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
        #expect(values(x.repeatInterleaved(2, axis: 1)) == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
        #expect(values(x.flipped(0)) == [3, 4, 5, 0, 1, 2] && values(x.flipped(0, 1)) == [5, 4, 3, 2, 1, 0])
        #expect(values(x.rolled([1], axes: [1])) == [2, 0, 1, 5, 3, 4])
        #expect(values(x.rotated90(1, from: 0, to: 1)) == [2, 5, 1, 4, 0, 3])
        #expect(values(x.diagonal()) == [0, 4] && values(x.diagonal(offset: 1)) == [1, 5])
        #expect(values(x.upperTriangle()) == [0, 1, 2, 0, 4, 5] && values(x.lowerTriangle()) == [0, 0, 0, 3, 4, 0])
    }

    @Test("joined and parted")
    func joining() {
        #expect(Tensor.concatenated([x, x], axis: 0).shape == [4, 3])
        #expect(values(Tensor.concatenated([x, x], axis: 1)) == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
        #expect(Tensor.stacked([x, x], axis: 1).shape == [2, 2, 3])
        let parts = x.split(sizes: [1, 2], axis: 1)
        #expect(values(parts[0]) == [0, 3] && values(parts[1]) == [1, 2, 4, 5])
        #expect(x.chunked(2, axis: 1).map { $0.shape } == [[2, 2], [2, 1]])
        let grid = Tensor.grid(rows: tensor([1, 2]), columns: tensor([5, 6, 7]))
        #expect(values(grid.rows) == [1, 1, 1, 2, 2, 2] && values(grid.columns) == [5, 6, 7, 5, 6, 7])
    }
}
