import Networks
import StateSpace
import Testing
import Torch

@Suite("MMMamba fuses")
struct MMMambaForwardTests {
    @Test(
        "any size, the windows that the edge cuts filled up with its last pixels",
        arguments: MMMambaConfiguration.kinds)
    func sizes(configuration: MMMambaConfiguration) throws {
        try withTorchErrors {
            var configuration = configuration
            configuration.scale = 2
            let network = try mmMamba(configuration)
            for (height, width) in [(1, 1), (3, 5), (4, 7)] {
                let (ms, pan) = images(of: network, height, width)
                try withInference {
                    let fused = try network.sharpen(ms: ms, pan: pan)
                    #expect(fused.shape == [1, 3, 2 * height, 2 * width] && isFinite(fused))
                    let (tall, wide) = (
                        (2 * height).roundedUp(toMultipleOf: network.sizeMultiple),
                        (2 * width).roundedUp(toMultipleOf: network.sizeMultiple)
                    )
                    let whole = try network(
                        ms: ms.grown(toHeight: tall / 2, width: wide / 2, by: .replicate),
                        pan: pan.grown(toHeight: tall, width: wide, by: .replicate))
                    #expect(difference(fused, whole.cropped(toHeight: 2 * height, width: 2 * width)) < 1e-6)
                }
            }
        }
    }

    @Test(
        "the same with and without recording gradients, and leaves its inputs alone",
        arguments: MMMambaConfiguration.kinds)
    func inference(configuration: MMMambaConfiguration) throws {
        try withTorchErrors {
            let network = try mmMamba(configuration)
            let (ms, pan) = images(of: network, 2, 4, batches: 2)
            let (msBefore, panBefore) = (ms.copy(), pan.copy())
            let recorded = try network(ms: ms, pan: pan)
            #expect(recorded.requiresGradient)
            #expect(difference(try withInference { try network(ms: ms, pan: pan) }, recorded.detached()) < 2e-6)
            #expect(difference(pan, panBefore) == 0 && difference(ms, msBefore) == 0)
        }
    }

    @Test("each image of a batch as if it were alone", arguments: MMMambaConfiguration.kinds)
    func batches(configuration: MMMambaConfiguration) throws {
        try withTorchErrors {
            let network = try mmMamba(configuration)
            let (ms, pan) = images(of: network, 4, 2, batches: 3)
            try withInference {
                let together = try network(ms: ms, pan: pan)
                for index in 0..<3 {
                    func one(_ tensor: Tensor) -> Tensor { tensor.narrowed(axis: 0, start: index, length: 1) }
                    #expect(difference(one(together), try network(ms: one(ms), pan: one(pan))) < 2e-6)
                }
            }
        }
    }

    @Test("inputs in any memory layout")
    func layouts() throws {
        try withTorchErrors {
            let network = try mmMamba(.small())
            let (ms, pan) = images(of: network, 4, 2)
            func turned(_ image: Tensor) -> Tensor { image.transposed(2, 3).contiguous().transposed(2, 3) }
            try withInference {
                let expected = try network(ms: ms, pan: pan)
                #expect(difference(try network(ms: turned(ms), pan: turned(pan)), expected) < 2e-6)
                #expect(difference(try network(ms: ms.channelsLast(), pan: pan.channelsLast()), expected) < 2e-6)
            }
        }
    }

    @Test("in 16 bits nearly as in 32", arguments: MMMambaConfiguration.kinds)
    func bfloat16(configuration: MMMambaConfiguration) throws {
        try withTorchErrors {
            let network = try mmMamba(configuration)
            let (ms, pan) = images(of: network, 4, 4)
            try withInference {
                let expected = try network(ms: ms, pan: pan)
                network.to(.bfloat16)
                let found = try network(ms: ms.to(.bfloat16), pan: pan.to(.bfloat16))
                #expect(found.dtype == .bfloat16)
                #expect(difference(found.to(.float32), expected) < 0.05)
            }
        }
    }

    @Test("with the same weights and another window into another image")
    func windows() throws {
        try withTorchErrors {
            let (ms, pan) = images(of: try mmMamba(.small()), 4, 4)
            let results = try [MMMambaConfiguration.Window.side(4), .side(2), .global].map { window in
                try withInference { try mmMamba(.small { $0.window = window })(ms: ms, pan: pan) }
            }
            #expect(difference(results[0], results[1]) > 1e-6 && difference(results[0], results[2]) > 1e-6)
        }
    }

    @Test("and refuses images that don't fit, with both sizes")
    func wrongInput() throws {
        try withTorchErrors {
            let network = try mmMamba(.small())
            func message(_ ms: [Int], _ pan: [Int]) -> String? {
                #expect(throws: BlockInputError.self) { try network(ms: .zeros(ms), pan: .zeros(pan)) }?.description
            }
            #expect(message([1, 4, 2, 2], [1, 1, 8, 8])?.contains("(B, 3, h, w)") == true)
            #expect(message([1, 3, 2, 2], [1, 1, 8, 9])?.contains("must be [1, 1, 8, 8]") == true)
            #expect(message([1, 3, 2, 2], [2, 1, 8, 8])?.contains("4 along each multispectral one") == true)
            network.to(.bfloat16)
            #expect(message([1, 3, 2, 2], [1, 1, 8, 8])?.contains("of type float32") == true)
        }
    }
}

@Suite("MMMamba without PAN")
struct MMMambaAloneTests {
    @Test("enlarges any image, with every kind of substitute", arguments: MMMambaConfiguration.kinds)
    func kinds(configuration: MMMambaConfiguration) throws {
        try withTorchErrors {
            let absences: [MMMambaConfiguration.PanAbsence?] = [nil, .drop, .zero, .pseudo]
            let ms = images(of: try mmMamba(configuration), 3, 2, batches: 2).ms
            let results = try absences.map { absence in
                var configuration = configuration
                configuration.panAbsence = absence
                return try withInference { try mmMamba(configuration).upscale(ms) }
            }
            #expect(results.allSatisfy { $0.shape == [2, 3, 12, 8] && isFinite($0) })
            #expect(difference(results[0], results[1]) == 0)
            for pair in [(1, 2), (2, 3), (1, 3)] { #expect(difference(results[pair.0], results[pair.1]) > 1e-6) }
        }
    }

    @Test("runs on zeros, or on the mean of its bands, as if they were PAN")
    func substitutes() throws {
        try withTorchErrors {
            let plain = try mmMamba(.small())
            let ms = images(of: plain, 3, 4).ms
            func alone(_ absence: MMMambaConfiguration.PanAbsence) throws -> Tensor {
                try mmMamba(.small { $0.panAbsence = absence }).upscale(ms)
            }
            try withInference {
                let zero = try plain(ms: ms, pan: .zeros([1, 1, 12, 16]))
                #expect(difference(try alone(.zero), zero) < 1e-6)
                let mean = ms.interpolated(by: 4, mode: .bicubic).mean(1, keepingAxes: true).clamped(0, 1)
                let pseudo = try plain(ms: ms, pan: mean)
                #expect(difference(try alone(.pseudo), pseudo) < 2e-6)
            }
        }
    }

    @Test("leaves all of PAN's parameters without a gradient when it drops the stream")
    func dropped() throws {
        try withTorchErrors {
            let network = try mmMamba(.small())
            try network.upscale(images(of: network, 2, 2).ms).sum().backward()
            for (name, tensor) in network.namedParameters() {
                let isUnused =
                    name.contains("pan") || name.contains("_inf") || name.contains("identity")
                #expect((tensor.gradient == nil) == isUnused, "\(name)")
            }
        }
    }
}

@Suite("MMMamba learns")
struct MMMambaTrainingTests {
    @Test("with all parameters but those that its program never uses")
    func gradients() throws {
        try withTorchErrors {
            let network = try mmMamba(MMMambaConfiguration(bands: 4))
            let (ms, pan) = images(of: network, 2, 2)
            try network(ms: ms, pan: pan).squared().sum().backward()
            var unused = 0
            for (name, tensor) in network.namedParameters() {
                let isUnused = name.contains("identity") || name.contains("in_proj_inf")
                if isUnused { unused += tensor.count }
                #expect((tensor.gradient == nil) == isUnused, "\(name)")
                if let gradient = tensor.gradient {
                    #expect(isFinite(gradient) && gradient.abs().max().item > 0, "\(name)")
                }
            }
            #expect(unused == 33536)
        }
    }

    @Test("step by step, limits the gradient and leaves unused parameters alone")
    func steps() throws {
        try withTorchErrors {
            let network = try mmMamba(.small())
            let (ms, pan) = images(of: network, 4, 4, batches: 2)
            let reference = Tensor.uniform([2, 3, 16, 16], low: 0, high: 1, generator: RandomGenerator(seed: 5))
            var training = MMMambaTraining()
            training.gradientNorm = 1e-3
            let optimizer = training.optimizer(for: network)
            #expect(optimizer.learningRate == 5e-4)
            let before = network.namedParameters().map { $0.tensor.detached().copy() }
            var losses: [Double] = []
            for _ in 0..<8 {
                let result = try training.step(of: network, with: optimizer, ms: ms, pan: pan, reference: reference)
                losses.append(result.loss.item)
                #expect(result.gradientNorm > 1e-3)
                let norm = network.parameters.compactMap(\.gradient).map { $0.squared().sum().item }.reduce(0, +)
                #expect(abs(norm.squareRoot() - 1e-3) < 1e-6)
            }
            #expect(try #require(losses.last) < losses[0])
            let trained = Set(optimizer.state().map(\.name))
            for ((name, tensor), start) in zip(network.namedParameters(), before) {
                let isUnused = name.contains("identity") || name.contains("in_proj_inf")
                #expect((difference(tensor.detached(), start) == 0) == isUnused, "\(name)")
                #expect(trained.contains("\(name).exp_avg") != isUnused, "\(name)")
            }
        }
    }

    @Test("from half the mean absolute error over the batch size that was set")
    func loss() {
        var training = MMMambaTraining()
        training.batchSize = 3
        let loss = training.loss(fused: .zeros([1, 2, 2, 2]), reference: .full([1, 2, 2, 2], -1.5))
        #expect(abs(loss.item - 1.5 / 6) < 1e-7)
    }
}
