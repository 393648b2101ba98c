import Networks
import Sensors
import Torch

extension GoldenComponent {
    /// FusionMamba of Xie et al.: how images become inputs, and outputs images.
    static let fusionMambaMMImages: [String: GoldenComponent] = [
        "image_io_colour": GoldenComponent { golden in
            let wanted = try golden.tensors("output")
            return Run { inputs in
                let colour = bytes(interleaved: try inputs.named("rgb"))
                let luma = bytes(plane: try inputs.named("fused_y"))
                let real = Image(
                    bands: 3, height: colour.height, width: colour.width, values: colour.values.map(Double.init)
                ).luma()
                var stretch = UnitStretch()
                let output = try inputs.named("net_output")
                let samples = output.array(of: Float.self)
                stretch.include(samples)
                let yuv = colour.planes(of: .yuv)
                var outputs = [
                    "gray_bgr2gray_u8": tensor(plane: colour.luma()),
                    "gray_float_round": Tensor(
                        real.values.map { UInt8($0.rounded(.toNearestOrEven)) }, shape: [real.height, real.width]),
                    "yuv": tensor(interleaved: yuv),
                    "ycrcb": tensor(interleaved: colour.planes(of: .yCrCb)),
                    "rgb_from_yuv": tensor(interleaved: colour.replacingLuma(with: luma, in: .yuv)),
                    "rgb_from_ycrcb": tensor(interleaved: colour.replacingLuma(with: luma, in: .yCrCb)),
                    "fused_yuv_y": tensor(plane: luma),
                    "saved_u8": Tensor(samples.map(stretch.byte), shape: output.shape),
                ]
                if let expected = wanted["fused_small_resized_cv2_bilinear"] {
                    outputs["fused_small_resized_cv2_bilinear"] = tensor(
                        plane: bytes(plane: try inputs.named("fused_small")).resizedBilinearly(
                            height: expected.size(0), width: expected.size(1)))
                }
                let grey = bytes(plane: try inputs.named("gray"))
                for (name, expected) in wanted where name.hasPrefix("pil_bicubic_") {
                    outputs[name] = tensor(
                        plane: AntialiasedBicubic.resize(grey, height: expected.size(0), width: expected.size(1)))
                }
                return outputs
            }
        }
    ]

    /// (H, W)
    private static func bytes(plane: Tensor) -> ByteImage {
        ByteImage(bands: 1, height: plane.size(0), width: plane.size(1), values: plane.array(of: UInt8.self))
    }

    /// (H, W, C)
    private static func bytes(interleaved image: Tensor) -> ByteImage {
        ByteImage(
            bands: image.size(2), height: image.size(0), width: image.size(1),
            values: image.permuted(2, 0, 1).array(of: UInt8.self))
    }

    private static func tensor(plane: ByteImage) -> Tensor {
        Tensor(plane.values, shape: [plane.height, plane.width])
    }

    private static func tensor(interleaved image: ByteImage) -> Tensor {
        Tensor(image.values, shape: [image.bands, image.height, image.width]).permuted(1, 2, 0)
    }
}
