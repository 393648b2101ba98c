import Torch

/// Something that golden files are about: how to build it, and how to run it.
struct GoldenComponent: Sendable {
    /// What a case needs to be run.
    struct Run {
        /// What holds the parameters; nil for functions without any.
        var module: Module?
        /// From the inputs by name to the outputs by name; a single output has the empty name. Scalars of the metadata
        /// key `values` are outputs called `values.NAME`. Results on the way are called `intermediate.NAME`; they are
        /// compared where they are computed.
        var forward: ([String: Tensor]) throws -> [String: Tensor]
        /// Outputs of the file that this program does not compute.
        var leavesOut: Set<String> = []
        /// Further prefixes of tensors of the file that are outputs, such as "index"; the names of such outputs have the
        /// prefix. With "grad" the run computes the gradients itself.
        var furtherOutputs: [String] = []
        /// Whether the file may lack a tensor of the module, which keeps its value then.
        var mayLack: (_ name: String) -> Bool = { _ in false }

        /// A run of a module.
        init(
            _ module: Module? = nil, leavesOut: Set<String> = [], furtherOutputs: [String] = [],
            mayLack: @escaping (_ name: String) -> Bool = { _ in false },
            _ forward: @escaping ([String: Tensor]) throws -> [String: Tensor]
        ) {
            self.module = module
            self.leavesOut = leavesOut
            self.furtherOutputs = furtherOutputs
            self.mayLack = mayLack
            self.forward = forward
        }
    }

    /// Prepares a case.
    let prepare: @Sendable (GoldenCase, GoldenPlaces) throws -> Run

    init(_ prepare: @escaping @Sendable (GoldenCase, GoldenPlaces) throws -> Run) { self.prepare = prepare }

    init(_ prepare: @escaping @Sendable (GoldenCase) throws -> Run) {
        self.prepare = { golden, _ in try prepare(golden) }
    }

    /// The components by system and name; each system adds its own.
    static let all: [String: [String: GoldenComponent]] = [
        "fusionmamba-rs": fusionMambaRS,
        "sharpening": sharpening,
        "hyra": hyRA,
        "fusionmamba-mm": fusionMambaMM.merging(fusionMambaMMTraining) { $1 }.merging(fusionMambaMMImages) { $1 },
        "mmmamba": mmMamba.merging(mmMambaData) { $1 }.merging(miScan) { $1 },
        "lemamba": leMamba.merging(leMambaPaths) { $1 }.merging(leMambaNetwork) { $1 }.merging(leMambaTraining) { $1 },
    ]
}

extension Dictionary where Key == String, Value == Tensor {
    /// The tensor of a name.
    func named(_ name: String) throws -> Tensor {
        guard let tensor = self[name] else { throw GoldenError(message: "it has no input '\(name)'.") }
        return tensor
    }
}
