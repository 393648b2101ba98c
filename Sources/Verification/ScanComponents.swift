import StateSpace
import Torch

extension GoldenComponent {
    /// The selective scan by itself.
    static let selectiveScanComponent = GoldenComponent { golden in
        let softplus: Bool = golden.configuration.optional("delta_softplus") ?? true
        return Run { inputs in
            let result = try selectiveScan(
                inputs.named("u"), delta: inputs.named("delta"), A: inputs.named("A"), B: inputs.named("B"),
                C: inputs.named("C"), D: inputs["D"], z: inputs["z"], deltaBias: inputs["delta_bias"],
                softplus: softplus)
            // Files name the first output "output" or "output.y", and its cotangent "cotangent".
            return ["": result.y, "y": result.y, "last_state": result.lastState]
        }
    }
}
