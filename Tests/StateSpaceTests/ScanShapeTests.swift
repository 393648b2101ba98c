import StateSpace
import Testing
import Torch

@Suite("Selective scan of shapes that don't fit")
struct ScanShapeTests {
    /// A scan with some operands of another shape: u (2, 6, 5), A (6, 3).
    private func message(
        u: [Int] = [2, 6, 5], delta: [Int] = [2, 6, 5], A: [Int] = [6, 3], B: [Int] = [2, 3, 5], C: [Int] = [2, 3, 5],
        D: [Int]? = nil, z: [Int]? = nil, deltaBias: [Int]? = nil, initialState: [Int]? = nil
    ) throws -> String {
        try withTorchErrors {
            do {
                _ = try selectiveScan(
                    .zeros(u), delta: .zeros(delta), A: .zeros(A), B: .zeros(B), C: .zeros(C), D: D.map { .zeros($0) },
                    z: z.map { .zeros($0) }, deltaBias: deltaBias.map { .zeros($0) },
                    initialState: initialState.map { .zeros($0) })
                return "no error"
            } catch let error as SelectiveScanError {
                return error.description
            }
        }
    }

    @Test("names the operand, its shape and the shape that it should have")
    func namesOperand() throws {
        #expect(try message(delta: [2, 6, 4]) == "selective scan: delta has shape [2, 6, 4], not [2, 6, 5].")
        #expect(try message(A: [7, 3]).contains("A has shape [7, 3], not [6, 3]."))
        #expect(try message(B: [2, 3, 9], C: [2, 3, 9]).contains("B has shape [2, 3, 9], not [2, 3, 5]."))
        #expect(try message(D: [5]) == "selective scan: D has shape [5], not [6].")
        #expect(try message(z: [2, 5, 6]) == "selective scan: z has shape [2, 5, 6], not [2, 6, 5].")
        #expect(try message(deltaBias: [1]) == "selective scan: deltaBias has shape [1], not [6].")
        #expect(
            try message(initialState: [6, 3]) == "selective scan: initialState has shape [6, 3], not [2, 6, 3].")
    }

    @Test("lists everything that is wrong at once")
    func listsAll() throws {
        let text = try message(delta: [1], D: [1], z: [1])
        #expect(text.contains("delta has") && text.contains("D has") && text.contains("z has"))
    }

    @Test("says what the ranks of u and A are")
    func ranks() throws {
        #expect(
            try message(u: [6, 5])
                == "selective scan: u has shape [6, 5] and A [6, 3]; they are (B, D, L) and (D, N).")
    }

    @Test("refuses groups that don't divide the channels, and B and C of different kinds")
    func groups() throws {
        let four = [2, 4, 3, 5]
        #expect(try message(B: four, C: four).contains("its groups must divide 6 channels."))
        #expect(try message(B: [2, 0, 3, 5], C: [2, 0, 3, 5]).contains("its groups must divide 6 channels."))
        #expect(try message(B: [2, 2, 3, 5]).contains("B has shape [2, 2, 3, 5] and C [2, 3, 5]; they must agree."))
    }

    @Test("refuses no states and more than 256", arguments: [0, 257])
    func states(count: Int) throws {
        let text = try message(A: [6, count], B: [2, count, 5], C: [2, count, 5])
        #expect(text.contains("A has \(count) states; 1 to 256 are possible."))
    }
}
