import Testing
import Torch

@Suite("Indexing") struct IndexingTests {
    let grid = Tensor((0..<24).map { Double($0) }, shape: [2, 3, 4])

    @Test("indices, ranges and steps give views")
    func views() {
        #expect(values(grid[1, 2, 3]) == [23])
        #expect(values(grid[-1, -1]) == [20, 21, 22, 23])
        #expect(values(grid[0, 1..<3, 2]) == [6, 10])
        #expect(values(grid[0, 0, .slice(by: 2)]) == [0, 2])
        #expect(values(grid[0, 0, .slice(from: 1, to: -1)]) == [1, 2])
        #expect(values(grid[0, 0, 2...]) == [2, 3])
        #expect(grid[.ellipsis, 0].shape == [2, 3])
        #expect(grid[.all, .newAxis, 1].shape == [2, 1, 4])
        #expect(grid[.at(1)].sharesStorage(with: grid))
        #expect(values(grid.narrowed(axis: 2, start: 1, length: 2)[0, 0]) == [1, 2])
    }

    @Test("index tensors and masks give copies")
    func copies() {
        let rows = Tensor([2, 0])
        #expect(values(grid[0, .tensor(rows)]) == [8, 9, 10, 11, 0, 1, 2, 3])
        #expect(values(grid[0, .tensor(rows), .tensor(Tensor([1, 3]))]) == [9, 3])
        #expect(values(grid[grid .> 20]) == [21, 22, 23])
        #expect(values(grid.maskedSelecting(grid .< 2)) == [0, 1])
        #expect(values(grid.selected(axis: 1, indices: rows)[1]) == [20, 21, 22, 23, 12, 13, 14, 15])
        #expect(!grid[0, .tensor(rows)].sharesStorage(with: grid))
    }

    @Test("assignment changes exactly the named elements")
    func assignment() {
        let target = Tensor.zeros([3, 4], dtype: .float64)
        target[1, 1..<3] = Tensor([5.0])
        target[.at(2), .slice(by: 2)] = Tensor([1.0, 2])
        target[-3, -1] = Tensor(9)
        #expect(values(target) == [0, 0, 0, 9, 0, 5, 5, 0, 1, 0, 2, 0])
        target[target .== 5] = Tensor(-1, dtype: .float64)
        target[.all, .tensor(Tensor([0, 3]))] = tensor([7, 8], 1, 2)
        #expect(values(target) == [7, 0, 0, 8, 7, -1, -1, 8, 7, 0, 2, 8])
    }

    @Test("assignment is differentiable with respect to what is assigned")
    func assignmentGradient() {
        let source = tensor([2, 3])
        source.setRequiresGradient()
        let target = Tensor.zeros([4], dtype: .float64)
        target[1..<3] = source
        target.squared().sum().backward()
        #expect(source.gradient.map(values) == [4, 6])
    }

    @Test("gather, scatter and index sums follow their index")
    func gathering() {
        let x = tensor([1, 2, 3, 4, 5, 6], 2, 3)
        let index = Tensor([2, 0, 1, 1], shape: [2, 2])
        #expect(values(x.gathered(axis: 1, index: index)) == [3, 1, 5, 5])
        let source = tensor([10, 20, 30, 40], 2, 2)
        #expect(
            values(x.scattering(axis: 1, index: Tensor([2, 0, 1, 0], shape: [2, 2]), source: source)) == [
                20, 2, 10, 40, 30, 6,
            ])
        #expect(values(x.scatterAdding(axis: 1, index: index, source: source)) == [21, 2, 13, 4, 75, 6])
        #expect(values(x.indexAdding(axis: 0, indices: Tensor([1, 1]), source: x)) == [1, 2, 3, 9, 12, 15])
        #expect(values(x.maskedFilling(x .> 4, 0)) == [1, 2, 3, 4, 0, 0])
        #expect(values(tensor([0, 3, 0, 4], 2, 2).nonzero()) == [0, 1, 1, 1])
    }

    @Test("order: sort, top, unique, search")
    func order() {
        let x = tensor([3, 1, 2, 1])
        let rising = x.sorted()
        #expect(values(rising.values) == [1, 1, 2, 3] && values(rising.indices) == [1, 3, 2, 0])
        #expect(values(x.sorted(descending: true).values) == [3, 2, 1, 1])
        let top = x.top(2)
        #expect(values(top.values) == [3, 2] && values(top.indices) == [0, 2])
        #expect(values(x.top(1, largest: false).values) == [1])
        let unique = x.unique()
        #expect(values(unique.values) == [1, 2, 3] && values(unique.inverse) == [2, 0, 1, 0])
        #expect(values(unique.counts) == [2, 1, 1])
        #expect(values(tensor([1, 3, 5]).searchSorted(tensor([0, 3, 9]))) == [0, 1, 3])
        #expect(values(tensor([1, 3, 5]).searchSorted(tensor([3]), right: true)) == [2])
        #expect(values(Tensor([2, 0]).oneHot(classes: 3)) == [0, 0, 1, 1, 0, 0])
    }

    @Test("ranges stay ranges of integers outside of subscripts")
    func ranges() {
        let range = 2..<5
        let rest = 3...
        #expect(range.count == 3 && rest.contains(7) && [1, 2, 3, 4][range.lowerBound...] == [3, 4])
    }

    @Test("an index outside of an axis is an error with the shape")
    func outside() {
        let error = #expect(throws: TorchError.self) { try withTorchErrors { _ = grid[2] } }
        #expect(error?.message.contains("[2, 3, 4]") == true)
        #expect(throws: TorchError.self) { try withTorchErrors { _ = grid[.tensor(Tensor([0, 5]))] } }
        #expect(throws: TorchError.self) { try withTorchErrors { _ = grid[.slice(by: 0)] } }
        #expect(throws: TorchError.self) { try withTorchErrors { grid[0] = Tensor.zeros([5]) } }
    }
}
