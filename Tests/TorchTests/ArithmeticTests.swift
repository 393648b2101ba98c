import Foundation
import Testing
import Torch

@Suite("Arithmetic") struct ArithmeticTests {
    struct Unary: Sendable, CustomTestStringConvertible {
        let name: String
        let operation: @Sendable (Tensor) -> Tensor
        let reference: @Sendable (Double) -> Double
        var testDescription: String { name }
    }

    static let unary: [Unary] = [
        Unary(name: "negative", operation: { -$0 }, reference: { -$0 }),
        Unary(name: "abs", operation: { $0.abs() }, reference: { $0.magnitude }),
        Unary(name: "sign", operation: { $0.sign() }, reference: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }),
        Unary(name: "exp", operation: { $0.exp() }, reference: { exp($0) }),
        Unary(name: "expMinusOne", operation: { $0.expMinusOne() }, reference: { expm1($0) }),
        Unary(name: "log", operation: { $0.log() }, reference: { log($0) }),
        Unary(name: "logOnePlus", operation: { $0.logOnePlus() }, reference: { log1p($0) }),
        Unary(name: "log2", operation: { $0.log2() }, reference: { log2($0) }),
        Unary(name: "log10", operation: { $0.log10() }, reference: { log10($0) }),
        Unary(name: "squareRoot", operation: { $0.squareRoot() }, reference: { $0.squareRoot() }),
        Unary(name: "reciprocalSquareRoot", operation: { $0.reciprocalSquareRoot() }, reference: { 1 / sqrt($0) }),
        Unary(name: "reciprocal", operation: { $0.reciprocal() }, reference: { 1 / $0 }),
        Unary(name: "squared", operation: { $0.squared() }, reference: { $0 * $0 }),
        Unary(name: "sin", operation: { $0.sin() }, reference: { sin($0) }),
        Unary(name: "cos", operation: { $0.cos() }, reference: { cos($0) }),
        Unary(name: "tan", operation: { $0.tan() }, reference: { tan($0) }),
        Unary(name: "asin", operation: { $0.asin() }, reference: { asin($0) }),
        Unary(name: "acos", operation: { $0.acos() }, reference: { acos($0) }),
        Unary(name: "atan", operation: { $0.atan() }, reference: { atan($0) }),
        Unary(name: "sinh", operation: { $0.sinh() }, reference: { sinh($0) }),
        Unary(name: "cosh", operation: { $0.cosh() }, reference: { cosh($0) }),
        Unary(name: "tanh", operation: { $0.tanh() }, reference: { tanh($0) }),
        Unary(name: "erf", operation: { $0.erf() }, reference: { erf($0) }),
        Unary(name: "floor", operation: { $0.floor() }, reference: { $0.rounded(.down) }),
        Unary(name: "ceil", operation: { $0.ceil() }, reference: { $0.rounded(.up) }),
        Unary(name: "rounded", operation: { $0.rounded() }, reference: { $0.rounded(.toNearestOrEven) }),
        Unary(name: "truncated", operation: { $0.truncated() }, reference: { $0.rounded(.towardZero) }),
        Unary(name: "isNaN", operation: { $0.isNaN() }, reference: { $0.isNaN ? 1 : 0 }),
        Unary(name: "isFinite", operation: { $0.isFinite() }, reference: { $0.isFinite ? 1 : 0 }),
    ]

    @Test("functions of one operand agree with the C library", arguments: unary)
    func functions(_ item: Unary) {
        let numbers = [-2.5, -1.5, -1, -0.3, 0, 0.25, 0.5, 1, 1.75, 2.5, 30, .infinity, .nan]
        for number in numbers {
            let found = item.operation(Tensor(number, dtype: .float64)).to(.float64).item
            let expected = item.reference(number)
            let same = found == expected || (found.isNaN && expected.isNaN)
            #expect(same || (found - expected).magnitude <= 1e-13 * max(1, expected.magnitude), "at \(number)")
        }
    }

    @Test("operators broadcast")
    func operators() {
        let a = tensor([1, 2, 3, 4], 2, 2)
        let b = tensor([10, 20])
        #expect(values(a + b) == [11, 22, 13, 24])
        #expect(values(a - b) == [-9, -18, -7, -16])
        #expect(values(a * b) == [10, 40, 30, 80])
        #expect(values(b / a) == [10, 10, 10.0 / 3, 5])
        #expect(values(a + 1) == [2, 3, 4, 5] && values(1 + a) == [2, 3, 4, 5])
        #expect(values(a - 1) == [0, 1, 2, 3] && values(1 - a) == [0, -1, -2, -3])
        #expect(values(a * 2.5) == [2.5, 5, 7.5, 10] && values(2.5 * a) == [2.5, 5, 7.5, 10])
        #expect(values(a / 2) == [0.5, 1, 1.5, 2] && values(12 / a) == [12, 6, 4, 3])
        var sum = a
        sum += b
        sum -= Tensor(1.0, dtype: .float64)
        sum *= b
        sum /= b
        #expect(values(sum) == [10, 21, 12, 23] && values(a) == [1, 2, 3, 4])
        a.addInPlace(b)
        a.multiplyInPlace(b)
        #expect(values(a) == [110, 440, 130, 480])
    }

    @Test("types follow the operands, integers staying integers")
    func types() {
        let integers = Tensor([7, -7])
        #expect((integers + 1).dtype == .int64 && (integers + 1.5).dtype == .float32)
        #expect((integers / 2).dtype == .float32)
        #expect(values(integers.floorDivided(by: Tensor([2, 2]))) == [3, -4])
        #expect(values(integers.remainder(of: 4)) == [3, 1])
        #expect(values(integers.remainder(of: Tensor([-4, 4]))) == [-1, 1])
        #expect((Tensor([Float(1)]) * 0.1).dtype == .float32)
        #expect((Tensor.ones([1], dtype: .bfloat16) + Tensor.ones([1])).dtype == .float32)
    }

    @Test("functions of two operands")
    func binary() {
        let a = tensor([1, 4, -2])
        let b = tensor([2, 0.5, 3])
        expectClose(a.power(b), [1, 2, -8])
        expectClose(a.power(2), [1, 16, 4])
        expectClose(a.arcTangent(over: b), [atan2(1, 2), atan2(4, 0.5), atan2(-2, 3)])
        expectClose(a.maximum(b), [2, 4, 3])
        expectClose(a.minimum(b), [1, 0.5, -2])
        expectClose(a.interpolated(to: b, weight: 0.25), [1.25, 3.125, -0.75])
        expectClose(a.clamped(-1, 2), [1, 2, -1])
        expectClose(a.clamped(0.0), [1, 4, 0])
        expectClose(a.clamped(nil as Double?, 1.5), [1, 1.5, -2])
        expectClose(
            tensor([.nan, .infinity, -.infinity, 1]).replacingNonFinite(
                nan: 5, positiveInfinity: 6, negativeInfinity: 7), [5, 6, 7, 1])
    }

    @Test("comparisons give bool")
    func comparison() {
        let a = tensor([1, 2, 3])
        let b = tensor([3, 2, 1])
        #expect((a .== b).array(of: Bool.self) == [false, true, false])
        #expect((a .!= b).array(of: Bool.self) == [true, false, true])
        #expect((a .< b).array(of: Bool.self) == [true, false, false])
        #expect((a .<= b).array(of: Bool.self) == [true, true, false])
        #expect((a .> b).array(of: Bool.self) == [false, false, true])
        #expect((a .>= b).array(of: Bool.self) == [false, true, true])
        #expect((a .== 2).array(of: Bool.self) == [false, true, false])
        #expect((a .!= 2).array(of: Bool.self) == [true, false, true])
        #expect((a .< 2).array(of: Bool.self) == [true, false, false])
        #expect((a .<= 2).array(of: Bool.self) == [true, true, false])
        #expect((a .> 2).array(of: Bool.self) == [false, false, true])
        #expect((a .>= 2.5).array(of: Bool.self) == [false, false, true])
        #expect(((a .> 1) .&& (a .< 3)).array(of: Bool.self) == [false, true, false])
        #expect(((a .< 2) .|| (a .> 2)).array(of: Bool.self) == [true, false, true])
        #expect((.!(a .> 1)).array(of: Bool.self) == [true, false, false])
        #expect(values(Tensor.select(a .> b, a, b)) == [3, 2, 3])
        #expect(a.isEqual(to: a.copy()) && !a.isEqual(to: b) && !a.isEqual(to: a.reshaped(1, 3)))
    }

    @Test("products")
    func products() {
        let a = tensor([1, 2, 3, 4], 2, 2)
        let b = tensor([5, 6, 7, 8], 2, 2)
        #expect(values(a.matmul(b)) == [19, 22, 43, 50])
        #expect(values(a.reshaped(1, 2, 2).batchMatmul(b.reshaped(1, 2, 2))) == [19, 22, 43, 50])
        #expect(values(tensor([1, 2]).outerProduct(tensor([3, 4]))) == [3, 4, 6, 8])
        #expect(values(Tensor.einsum("ij,kj->ik", a, b)) == [17, 23, 39, 53])
        #expect(values(Tensor.einsum("ii->", a)) == [5])
    }
}
