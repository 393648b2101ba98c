import Testing
import Torch

@Suite("Convolution against plain loops") struct ConvolutionTests {
    @Test("1-D, with stride, padding, dilation and groups")
    func oneAxis() {
        let x = noise(2, 4, 11)
        let weight = noise(6, 2, 3, seed: 2)
        let bias = noise(6, seed: 3)
        let settings = WindowSettings(stride: [2], padding: [3], dilation: [2], groups: 2)
        expectClose(
            x.conv1d(weight: weight, bias: bias, stride: 2, padding: 3, dilation: 2, groups: 2),
            referenceConvolution(x, weight, values(bias), settings), shape: [2, 6, 7])
    }

    @Test("2-D, plain and with different numbers for the two axes")
    func twoAxes() {
        let x = noise(2, 4, 7, 9)
        let weight = noise(4, 2, 3, 2, seed: 2)
        let bias = noise(4, seed: 3)
        let settings = WindowSettings(stride: [2, 1], padding: [1, 0], dilation: [1, 3], groups: 2)
        expectClose(
            x.conv2d(
                weight: weight, bias: bias, stride: Size2(2, 1), padding: Size2(1, 0), dilation: Size2(1, 3), groups: 2),
            referenceConvolution(x, weight, values(bias), settings), shape: [2, 4, 4, 6])
        let plain = WindowSettings(stride: [1, 1], padding: [0, 0], dilation: [1, 1])
        let dense = noise(3, 4, 3, 3, seed: 4)
        expectClose(
            x.conv2d(weight: dense), referenceConvolution(x, dense, [0, 0, 0], plain), shape: [2, 3, 5, 7])
        expectClose(x.channelsLast().conv2d(weight: dense), x.conv2d(weight: dense))
    }

    @Test("3-D")
    func threeAxes() {
        let x = noise(1, 2, 4, 5, 6)
        let weight = noise(3, 2, 2, 3, 3, seed: 2)
        let bias = noise(3, seed: 3)
        let settings = WindowSettings(stride: [1, 2, 1], padding: [1, 0, 2], dilation: [2, 1, 1])
        expectClose(
            x.conv3d(
                weight: weight, bias: bias, stride: Size3(1, 2, 1), padding: Size3(1, 0, 2), dilation: Size3(2, 1, 1)),
            referenceConvolution(x, weight, values(bias), settings), shape: [1, 3, 4, 2, 8])
    }

    @Test("transposed 1-D, 2-D and 3-D, with output padding and groups")
    func transposed() {
        let line = noise(2, 2, 5)
        let lineWeight = noise(2, 3, 4, seed: 2)
        expectClose(
            line.convTransposed1d(weight: lineWeight, stride: 3, padding: 1, outputPadding: 2),
            referenceTransposed(
                line, lineWeight, [0, 0, 0],
                WindowSettings(stride: [3], padding: [1], dilation: [1], outputPadding: [0, 0, 2])),
            shape: [2, 3, 16])
        let image = noise(1, 4, 3, 4)
        let imageWeight = noise(4, 2, 3, 2, seed: 3)
        let bias = noise(4, seed: 4)
        expectClose(
            image.convTransposed2d(
                weight: imageWeight, bias: bias, stride: Size2(2, 3), padding: Size2(1, 0), outputPadding: Size2(0, 1),
                groups: 2, dilation: Size2(2, 1)),
            referenceTransposed(
                image, imageWeight, values(bias),
                WindowSettings(
                    stride: [2, 3], padding: [1, 0], dilation: [2, 1], outputPadding: [0, 0, 1], groups: 2)),
            shape: [1, 4, 7, 12])
        let volume = noise(1, 2, 2, 3, 2)
        let volumeWeight = noise(2, 1, 2, 2, 3, seed: 5)
        expectClose(
            volume.convTransposed3d(weight: volumeWeight, stride: 2),
            referenceTransposed(
                volume, volumeWeight, [0], WindowSettings(stride: [2, 2, 2], padding: [0, 0, 0], dilation: [1, 1, 1])),
            shape: [1, 1, 4, 6, 5])
    }

    @Test("a linear map of the last axis")
    func linear() {
        let x = tensor([1, 2, 3, 4], 2, 1, 2)
        let weight = tensor([1, 0, 0, 1, 1, 1], 3, 2)
        expectClose(x.linear(weight: weight), [1, 2, 3, 3, 4, 7], shape: [2, 1, 3])
        expectClose(x.linear(weight: weight, bias: tensor([10, 20, 30])), [11, 22, 33, 13, 24, 37])
    }

    @Test("channels that do not fit are an error with both shapes")
    func channels() {
        let error = #expect(throws: TorchError.self) {
            try withTorchErrors { _ = Tensor.zeros([1, 3, 8, 8]).conv2d(weight: Tensor.zeros([4, 2, 3, 3])) }
        }
        #expect(error?.message.contains("[1, 3, 8, 8]") == true && error?.message.contains("[4, 2, 3, 3]") == true)
    }
}

@Suite("Pooling against plain loops") struct PoolingTests {
    func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
    func largest(_ numbers: [Double]) -> Double { numbers.max() ?? -.infinity }

    @Test("means, counting the padding or not")
    func averages() {
        let line = noise(2, 2, 9)
        let lineSettings = WindowSettings(stride: [2], padding: [1], dilation: [1])
        expectClose(
            line.averagePooled1d(3, stride: 2, padding: 1),
            referencePooling(line, [3], lineSettings) { $0.reduce(0, +) / 3 }, shape: [2, 2, 5])
        let image = noise(1, 3, 6, 7)
        let imageSettings = WindowSettings(stride: [1, 2], padding: [1, 1], dilation: [1, 1])
        expectClose(
            image.averagePooled2d(Size2(3, 2), stride: Size2(1, 2), padding: 1, countingPadding: false),
            referencePooling(image, [3, 2], imageSettings, mean))
        expectClose(
            image.averagePooled2d(2),
            referencePooling(
                image, [2, 2], WindowSettings(stride: [2, 2], padding: [0, 0], dilation: [1, 1]), mean),
            shape: [1, 3, 3, 3])
        let volume = noise(1, 2, 4, 4, 5)
        let volumeSettings = WindowSettings(stride: [2, 2, 2], padding: [0, 0, 0], dilation: [1, 1, 1])
        expectClose(
            volume.averagePooled3d(2), referencePooling(volume, [2, 2, 2], volumeSettings, mean))
    }

    @Test("maxima, with padding and dilation, and their places")
    func maxima() {
        let line = noise(2, 2, 9)
        let lineSettings = WindowSettings(stride: [3], padding: [1], dilation: [2])
        expectClose(
            line.maxPooled1d(3, stride: 3, padding: 1, dilation: 2),
            referencePooling(line, [3], lineSettings, largest))
        let image = noise(2, 2, 7, 8)
        let settings = WindowSettings(stride: [2, 1], padding: [1, 1], dilation: [1, 2])
        let expected = referencePooling(image, [3, 2], settings, largest)
        let dilation = Size2(1, 2)
        let stride = Size2(2, 1)
        expectClose(
            image.maxPooled2d(Size2(3, 2), stride: stride, padding: 1, dilation: dilation), expected)
        let both = image.maxPooledWithIndices2d(Size2(3, 2), stride: stride, padding: 1, dilation: dilation)
        expectClose(both.values, expected)
        expectClose(
            image.flattened(from: 2).gathered(axis: 2, index: both.indices.flattened(from: 2)), expected)
        let volume = noise(1, 1, 4, 4, 4)
        let volumeSettings = WindowSettings(stride: [2, 2, 2], padding: [0, 0, 0], dilation: [1, 1, 1])
        let volumeExpected = referencePooling(volume, [2, 2, 2], volumeSettings, largest)
        expectClose(volume.maxPooled3d(2), volumeExpected)
        let blocks = volume.maxPooledWithIndices3d(2)
        expectClose(volume.reshaped(-1).selected(axis: 0, indices: blocks.indices.reshaped(-1)), volumeExpected)
        let places = line.maxPooledWithIndices1d(3)
        expectClose(line.gathered(axis: 2, index: places.indices), line.maxPooled1d(3))
    }

    @Test("sizes rounded up take the rest of the axis")
    func roundingUp() {
        let x = tensor([1, 2, 3, 4, 5], 1, 1, 5)
        #expect(values(x.maxPooled1d(2)) == [2, 4])
        #expect(values(x.maxPooled1d(2, roundingUp: true)) == [2, 4, 5])
        #expect(values(x.averagePooled1d(2, roundingUp: true)) == [1.5, 3.5, 5])
    }

    @Test("adaptive windows cover the axis in equal shares")
    func adaptive() {
        let x = tensor([1, 2, 3, 4, 5, 6, 7], 1, 1, 7)
        expectClose(x.adaptiveAveragePooled1d(3), [2, 4, 6])
        expectClose(x.adaptiveAveragePooled1d(2), [2.5, 5.5])
        #expect(values(x.adaptiveMaxPooled1d(3).values) == [3, 5, 7])
        #expect(values(x.adaptiveMaxPooled1d(3).indices) == [2, 4, 6])
        let image = noise(2, 3, 4, 6)
        expectClose(image.adaptiveAveragePooled2d(Size2(2, 3)), image.averagePooled2d(2))
        expectClose(image.adaptiveAveragePooled2d(1), image.mean(2, 3, keepingAxes: true))
        expectClose(image.adaptiveMaxPooled2d(Size2(2, 3)).values, image.maxPooled2d(2))
        let volume = noise(1, 2, 2, 4, 6)
        expectClose(volume.adaptiveAveragePooled3d(Size3(1, 2, 3)), volume.averagePooled3d(2))
        expectClose(volume.adaptiveMaxPooled3d(Size3(1, 2, 3)).values, volume.maxPooled3d(2))
    }
}
