import Foundation
import Testing
import Torch

@Suite("Linear algebra") struct LinearAlgebraTests {
    let square = noise(2, 4, 4) + Tensor.identity(4, dtype: .float64) * 3
    let tall = noise(6, 3, seed: 2)

    @Test("solves systems, triangular ones too")
    func solving() {
        let b = noise(2, 4, 3, seed: 3)
        expectClose(square.matmul(square.solving(b)), b)
        expectClose(tensor([2, 0, 0, 4], 2, 2).solving(tensor([2, 2])), [1, 0.5])
        let upper = square.upperTriangle()
        expectClose(upper.matmul(square.solvingTriangular(b, upper: true)), b)
        let lower = square.lowerTriangle()
        expectClose(lower.matmul(square.solvingTriangular(b, upper: false)), b)
    }

    @Test("least squares: the residual is orthogonal, and the shortest solution is taken where the rank is short")
    func leastSquares() {
        let b = noise(6, 2, seed: 3)
        let x = tall.leastSquares(b)
        expectClose(tall.transposed(0, 1).matmul(tall.matmul(x) - b), Tensor.zeros([3, 2], dtype: .float64))
        let short = Tensor.concatenated([tall, tall], axis: 1)
        let shortest = short.leastSquares(b)
        expectClose(shortest, Tensor.concatenated([x / 2, x / 2], axis: 0))
        expectClose(
            tall.transposed(0, 1).leastSquares(b[0..<3]), tall.transposed(0, 1).pseudoInverse().matmul(b[0..<3]))
        let almost = tensor([1, 0, 0, 1e-9], 2, 2)
        expectClose(almost.leastSquares(tensor([1, 1], 2, 1), cutoff: 1e-6), [1, 0])
    }

    @Test("inverse and pseudo-inverse")
    func inverses() {
        let identity = Tensor.identity(4, dtype: .float64).expanded([2, 4, 4])
        expectClose(square.inverse().matmul(square), identity)
        let pseudo = tall.pseudoInverse()
        expectClose(pseudo.matmul(tall), Tensor.identity(3, dtype: .float64))
        expectClose(tall.matmul(pseudo).matmul(tall), tall)
        expectClose(tensor([2, 0, 0, 1e-9], 2, 2).pseudoInverse(cutoff: 1e-6), [0.5, 0, 0, 0])
    }

    @Test("singular values put a matrix together again")
    func singularValues() {
        let parts = tall.svd()
        expectClose((parts.u * parts.values).matmul(parts.vTransposed), tall)
        expectClose(parts.u.transposed(0, 1).matmul(parts.u), Tensor.identity(3, dtype: .float64))
        expectClose(tall.singularValues(), parts.values)
        #expect(tall.svd(full: true).u.shape == [6, 6])
        expectClose(tensor([3, 0, 0, -5], 2, 2).singularValues(), [5, 3])
        #expect(Tensor.concatenated([tall, tall], axis: 1).matrixRank().integerItem == 3)
        #expect(tensor([1, 0, 0, 1e-9], 2, 2).matrixRank(cutoff: 1e-6).integerItem == 1)
    }

    @Test("eigenvalues, QR and Cholesky put a matrix together again")
    func factors() {
        let symmetric = square.matmul(square.transposed(1, 2))
        let eigen = symmetric.symmetricEigen()
        expectClose(
            (eigen.vectors * eigen.values.unsqueezed(1)).matmul(eigen.vectors.transposed(1, 2)), symmetric)
        expectClose(tensor([2, 1, 1, 2], 2, 2).symmetricEigen().values, [1, 3])
        let parts = tall.qr()
        expectClose(parts.q.matmul(parts.r), tall)
        expectClose(parts.r.lowerTriangle(diagonal: -1), Tensor.zeros([3, 3], dtype: .float64))
        #expect(tall.qr(complete: true).q.shape == [6, 6])
        let lower = symmetric.cholesky()
        expectClose(lower.matmul(lower.transposed(1, 2)), symmetric)
        expectClose(symmetric.cholesky(upper: true), lower.transposed(1, 2))
    }

    @Test("determinants")
    func determinants() {
        #expect((tensor([1, 2, 3, 4], 2, 2).determinant().item + 2).magnitude < 1e-12)
        let log = tensor([1, 2, 3, 4], 2, 2).logDeterminant()
        #expect(log.sign.item == -1 && (log.logarithm.item - Foundation.log(2.0)).magnitude < 1e-12)
        expectClose(square.determinant().abs(), square.singularValues().product(axis: 1))
    }

    @Test("singular and indefinite matrices are errors")
    func misuse() {
        let singular = tensor([1, 2, 2, 4], 2, 2)
        for body in [
            { _ = singular.inverse() }, { _ = singular.solving(tensor([1, 2])) },
            { _ = tensor([1, 0, 0, -1], 2, 2).cholesky() }, { _ = tall.determinant() },
        ] {
            #expect(throws: TorchError.self) { try withTorchErrors(body) }
        }
    }
}
