import Torch

/// A block of numbers (depth, height, width) for plain loops over windows; fewer axes have size 1 in front.
struct Block {
    var shape: [Int]
    var numbers: [Double]

    init(_ shape: [Int], _ numbers: [Double]) {
        self.shape = [Int](repeating: 1, count: 3 - shape.count) + shape
        self.numbers = numbers
    }

    subscript(_ place: [Int]) -> Double? {
        get {
            for axis in 0..<3 where place[axis] < 0 || place[axis] >= shape[axis] { return nil }
            return numbers[(place[0] * shape[1] + place[1]) * shape[2] + place[2]]
        }
        set {
            if let newValue { numbers[(place[0] * shape[1] + place[1]) * shape[2] + place[2]] = newValue }
        }
    }
}

/// Every place of a block of a shape.
func places(_ shape: [Int]) -> [[Int]] {
    var result: [[Int]] = []
    for z in 0..<shape[0] { for y in 0..<shape[1] { for x in 0..<shape[2] { result.append([z, y, x]) } } }
    return result
}

/// Stride, padding and dilation of windows along 1 to 3 axes.
struct WindowSettings: Sendable {
    var stride: [Int]
    var padding: [Int]
    var dilation: [Int]
    var outputPadding: [Int] = [0, 0, 0]
    var groups = 1

    /// Filled up in front to three axes.
    func filled(_ values: [Int], _ value: Int) -> [Int] { [Int](repeating: value, count: 3 - values.count) + values }
    var strides: [Int] { filled(stride, 1) }
    var paddings: [Int] { filled(padding, 0) }
    var dilations: [Int] { filled(dilation, 1) }

    /// Where a tap of a window lies.
    func tapped(_ place: [Int], _ tap: [Int]) -> [Int] {
        (0...2).map { axis -> Int in
            let start = place[axis] * strides[axis] - paddings[axis]
            return start + tap[axis] * dilations[axis]
        }
    }

    /// The size of a transposed convolution's result.
    func transposedSize(_ size: [Int], _ kernel: [Int]) -> [Int] {
        (0...2).map { axis -> Int in
            let spread = (size[axis] - 1) * strides[axis] - 2 * paddings[axis]
            return spread + dilations[axis] * (kernel[axis] - 1) + outputPadding[axis] + 1
        }
    }

    func outputSize(_ size: [Int], _ kernel: [Int]) -> [Int] {
        (0...2).map { axis -> Int in
            let room = size[axis] + 2 * paddings[axis] - dilations[axis] * (kernel[axis] - 1) - 1
            return room / strides[axis] + 1
        }
    }
}

/// The planes of a tensor (B, C, …) as blocks.
func blocks(_ tensor: Tensor) -> [[Block]] {
    let spatial = [Int](tensor.shape.dropFirst(2))
    let size = spatial.reduce(1, *)
    let numbers = values(tensor)
    return (0..<tensor.size(0)).map { image in
        (0..<tensor.size(1)).map { channel in
            let start = (image * tensor.size(1) + channel) * size
            return Block(spatial, [Double](numbers[start..<start + size]))
        }
    }
}

/// Convolution by plain loops.
func referenceConvolution(_ x: Tensor, _ weight: Tensor, _ bias: [Double], _ settings: WindowSettings) -> [Double] {
    let images = blocks(x)
    let kernels = blocks(weight)
    let kernelShape = kernels[0][0].shape
    let inputs = weight.size(1)
    let outputsPerGroup = weight.size(0) / settings.groups
    var result: [Double] = []
    for image in images {
        for output in kernels.indices {
            let firstInput = output / outputsPerGroup * inputs
            for place in places(settings.outputSize(image[0].shape, kernelShape)) {
                var sum = bias[output]
                for input in 0..<inputs {
                    for tap in places(kernelShape) {
                        let source = settings.tapped(place, tap)
                        sum += (kernels[output][input][tap] ?? 0) * (image[firstInput + input][source] ?? 0)
                    }
                }
                result.append(sum)
            }
        }
    }
    return result
}

/// Transposed convolution by plain loops: every element spreads a weighted kernel.
func referenceTransposed(_ x: Tensor, _ weight: Tensor, _ bias: [Double], _ settings: WindowSettings) -> [Double] {
    let images = blocks(x)
    let kernels = blocks(weight)
    let kernelShape = kernels[0][0].shape
    let outputsPerGroup = weight.size(1)
    let inputsPerGroup = weight.size(0) / settings.groups
    var result: [Double] = []
    for image in images {
        let shape = settings.transposedSize(image[0].shape, kernelShape)
        for output in 0..<outputsPerGroup * settings.groups {
            let group = output / outputsPerGroup
            let count = shape.reduce(1, *)
            var block = Block(shape, [Double](repeating: bias[output], count: count))
            for input in group * inputsPerGroup..<(group + 1) * inputsPerGroup {
                for place in places(image[input].shape) {
                    for tap in places(kernelShape) {
                        let target = settings.tapped(place, tap)
                        guard let before = block[target], let value = image[input][place] else { continue }
                        block[target] = before + value * (kernels[input][output % outputsPerGroup][tap] ?? 0)
                    }
                }
            }
            result += block.numbers
        }
    }
    return result
}

/// Windows gathered by plain loops: `combine` gets the elements of each that lie inside.
func referencePooling(
    _ x: Tensor, _ kernel: [Int], _ settings: WindowSettings, _ combine: ([Double]) -> Double
) -> [Double] {
    let kernelShape = settings.filled(kernel, 1)
    var result: [Double] = []
    for block in blocks(x).flatMap({ $0 }) {
        for place in places(settings.outputSize(block.shape, kernelShape)) {
            let inside = places(kernelShape).compactMap { tap in block[settings.tapped(place, tap)] }
            result.append(combine(inside))
        }
    }
    return result
}
