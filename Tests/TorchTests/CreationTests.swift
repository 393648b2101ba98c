import Foundation
import Testing
import Torch

@Suite("Creation and conversion") struct CreationTests {
    @Test("arrays come back as they were, for every Swift number")
    func roundTrips() {
        #expect(Tensor([1.5, -2, .infinity]).array(of: Double.self) == [1.5, -2, .infinity])
        #expect(Tensor([Float(0.1), 3]).array(of: Float.self) == [0.1, 3])
        #expect(Tensor([Float16(0.1), 3]).array(of: Float16.self) == [0.1, 3])
        #expect(Tensor([Int.max, Int.min]).array(of: Int.self) == [Int.max, Int.min])
        #expect(Tensor([Int64(5)]).array(of: Int64.self) == [5])
        #expect(Tensor([Int32.min, 7]).array(of: Int32.self) == [Int32.min, 7])
        #expect(Tensor([UInt8(255), 0]).array(of: UInt8.self) == [255, 0])
        #expect(Tensor([true, false]).array(of: Bool.self) == [true, false])
        #expect(Tensor([Double](), shape: [0, 3]).array(of: Double.self) == [])
        #expect(Tensor([Double](), shape: [0, 3]).shape == [0, 3])
    }

    @Test("every type converts to every other", arguments: DType.allCases)
    func conversions(from: DType) {
        for target in DType.allCases {
            let converted = Tensor([0.0, 1.0, 3.0]).to(from).to(target)
            let one = [from, target].contains(.bool) ? 1.0 : 3.0
            let real = target == .complex64 || target == .complex128 ? converted.realPart() : converted
            #expect(converted.dtype == target)
            #expect(values(real) == [0, 1, one], "\(from) to \(target)")
        }
    }

    @Test("half types round to the nearest number that they hold")
    func halfTypes() {
        let number = 1.0 + 1.0 / 256
        #expect(values(Tensor([number]).to(.bfloat16)) == [1])
        #expect(values(Tensor([number]).to(.float16)) == [1.00390625])
        #expect(values(Tensor([1.0 + 3.0 / 256]).to(.bfloat16)) == [1.015625])
        #expect(values(Tensor([70000.0]).to(.float16)) == [.infinity])
        #expect(values(Tensor([1e38]).to(.bfloat16))[0].isFinite)
        #expect(values(Tensor([-1.7, 1.7]).to(.int32)) == [-1, 1])
    }

    @Test("constants, ranges and identities")
    func constants() {
        #expect(values(Tensor.zeros([2, 2])) == [0, 0, 0, 0])
        #expect(values(Tensor.ones([2], dtype: .uint8)) == [1, 1])
        #expect(values(Tensor.full([2], 2.5, dtype: .float64)) == [2.5, 2.5])
        #expect(Tensor(3.5).shape == [] && Tensor(3.5).item == 3.5)
        #expect(Tensor(7, dtype: .int64).integerItem == 7)
        #expect(values(Tensor.range(from: 1, to: 7, by: 2)) == [1, 3, 5])
        expectClose(Tensor.linearSpace(from: 0, to: 1, count: 5, dtype: .float64), [0, 0.25, 0.5, 0.75, 1])
        #expect(values(Tensor.identity(2, 3)) == [1, 0, 0, 0, 1, 0])
        #expect(Tensor.zeros(like: Tensor([1, 2])).dtype == .int64)
        #expect(values(Tensor.ones(like: Tensor([1.0, 2]))) == [1, 1])
        #expect(Tensor.uninitialized([3, 4], dtype: .bfloat16).count == 12)
    }

    @Test("shape, strides and layout")
    func layout() {
        let image = Tensor.zeros([2, 3, 4, 5])
        #expect(image.shape == [2, 3, 4, 5] && image.rank == 4 && image.count == 120)
        #expect(image.strides == [60, 20, 5, 1])
        #expect(image.size(-1) == 5 && image.size(1) == 3)
        #expect(image.device == .cpu && image.dtype == .float32)
        #expect(image.isContiguous && !image.isChannelsLast)
        let last = image.channelsLast()
        #expect(last.isChannelsLast && !last.isContiguous && last.strides == [60, 1, 15, 3])
        #expect(last.contiguous().isContiguous)
        let turned = image.transposed(1, 2)
        #expect(!turned.isContiguous && turned.sharesStorage(with: image))
        #expect(!turned.copy().sharesStorage(with: image))
        #expect(image.to(.float32).sharesStorage(with: image))
        #expect(image.to(.cpu).sharesStorage(with: image))
    }

    @Test("a copied value refers to the same elements, a copy has its own")
    func references() {
        let first = Tensor([1.0, 2])
        let same = first
        let own = first.copy()
        first.fill(5)
        #expect(values(same) == [5, 5] && values(own) == [1, 2])
        first.copy(from: Tensor([7], shape: [1]))
        #expect(values(same) == [7, 7])
        first.withUnsafeBytes { $0.storeBytes(of: 9.0, toByteOffset: 8, as: Double.self) }
        #expect(values(first) == [7, 9])
    }

    @Test("a view of foreign memory sees it and frees its owner with the last view")
    func foreignMemory() {
        final class Owner {
            let memory = UnsafeMutablePointer<Float>.allocate(capacity: 12)
            deinit { memory.deallocate() }
        }
        weak var watched: Owner?
        var view: Tensor?
        do {
            let owner = Owner()
            for index in 0..<12 { owner.memory[index] = Float(index) }
            watched = owner
            let whole = Tensor(viewing: owner.memory, shape: [3, 4], dtype: .float32, owner: owner)
            owner.memory[0] = 100
            #expect(whole[0, 0].item == 100)
            whole[0, 1] = Tensor(-1)
            #expect(owner.memory[1] == -1)
            view = whole[1...].transposed(0, 1)
        }
        #expect(watched != nil)
        #expect(view.map(values) == [4, 8, 5, 9, 6, 10, 7, 11])
        view = nil
        #expect(watched == nil)
    }

    @Test("a view with strides skips elements, and one that fails frees its owner")
    func foreignStrides() {
        final class Owner {
            let memory = UnsafeMutablePointer<Int32>.allocate(capacity: 6)
            deinit { memory.deallocate() }
        }
        weak var watched: Owner?
        do {
            let owner = Owner()
            watched = owner
            for index in 0..<6 { owner.memory[index] = Int32(index) }
            let columns = Tensor(viewing: owner.memory, shape: [3, 2], strides: [1, 3], dtype: .int32, owner: owner)
            #expect(values(columns) == [0, 3, 1, 4, 2, 5])
            #expect(throws: TorchError.self) {
                try withTorchErrors {
                    _ = Tensor(viewing: owner.memory, shape: [-3], dtype: .int32, owner: owner)
                }
            }
        }
        #expect(watched == nil)
    }

    @Test("types know their size, and the library its release and threads")
    func library() {
        for type in DType.allCases {
            #expect(Tensor.zeros([2], dtype: type).dtype == type)
            #expect(DType(rawValue: type.rawValue) == type)
        }
        #expect(DType.allCases.map { $0.byteCount } == [8, 4, 2, 2, 8, 4, 1, 1, 8, 16])
        #expect(DType.bfloat16.isFloatingPoint && !DType.int32.isFloatingPoint && !DType.complex64.isFloatingPoint)
        #expect(TorchLibrary.version.hasPrefix("2.") && TorchLibrary.threads >= 1)
        #expect(Device.cuda(1).description == "cuda:1" && Device.cpu.description == "cpu")
    }

    @Test("a description shows values, type and shape")
    func description() {
        let text = Tensor([1.0, 2]).description
        #expect(text.contains("1") && text.contains("2") && text.contains("Double"))
    }
}
