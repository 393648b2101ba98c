/// A part of a network that has parameters: the base class of layers, blocks and networks.
///
/// A subclass marks what belongs to its state, and sets it in `init` after `super.init()`:
///
/// ```swift
/// public final class GatedBlock: Module {
///     @Child("in_proj") var inputProjection: Linear
///     @Child var blocks: [Block]
///     @Parameter("A_log") var logDecay: Tensor
///     @Buffer("running_mean") var mean: Tensor
/// }
/// ```
///
/// The name given is the one in the authors' files; without one it is the property's. A name may contain dots, where
/// the authors wrapped something once more, and elements of an array are called `blocks.0`, `blocks.1`, …
/// Everything is found by reflection, in the order of declaration, those of superclasses first. A stored property that
/// holds a tensor or a module without being marked is an error of the program and traps.
///
/// `init` only builds; layers hold NaN where their rule is random. Then come ``initialize(using:)`` or
/// ``load(_:allowing:)``, which change values in place, so that an optimiser keeps its hold of the parameters.
///
/// A module is not `Sendable`: give each task its own, or run one after the other.
open class Module: CustomStringConvertible {
    /// Whether layers that differ between training and use (dropout, batch normalisation) behave as in training. True at
    /// first.
    public private(set) var isTraining = true

    /// Where layers that differ by chance in training (dropout) take random numbers from; see ``train(using:)``.
    public private(set) var generator: RandomGenerator?

    /// Whether blocks run again in the backward pass in place of keeping their intermediate results; see
    /// ``setCheckpointed(_:)``.
    public internal(set) var isCheckpointed = false

    /// A module without members.
    public init() {}

    /// What ``description`` prints behind the type, such as "64 → 128".
    open var details: String { "" }

    /// Gives this module's own parameters their starting values; override it with the paper's rule.
    ///
    /// ``initialize(using:)`` calls it for submodules first, so that a block may change what its layers have done. The
    /// values that `init` assigned stay where a class doesn't override this.
    open func initializeParameters(using generator: RandomGenerator) {}

    /// Gives all parameters their starting values, in a fixed order: the same ones for the same generator.
    public final func initialize(using generator: RandomGenerator) {
        withoutGradients { initializeAll(using: generator) }
    }

    private func initializeAll(using generator: RandomGenerator) {
        for case .child(_, let module) in members() { module.initializeAll(using: generator) }
        initializeParameters(using: generator)
    }

    /// Every parameter of this module and all below by its full name, frozen ones too: first this module's own, then
    /// those of its children. One that occurs twice is listed at its first place.
    public final func namedParameters() -> [(name: String, tensor: Tensor)] {
        namedTensors { if case .parameter(let name, let tensor) = $0 { (name, tensor) } else { nil } }
    }

    /// Every buffer of this module and all below by its full name, also those that are no part of the state.
    public final func namedBuffers() -> [(name: String, tensor: Tensor)] {
        namedTensors { if case .buffer(let name, let tensor, _) = $0 { (name, tensor) } else { nil } }
    }

    /// This module (with an empty name) and all below by their full names, parents first. One that occurs twice is listed
    /// at its first place.
    public final func namedModules() -> [(name: String, module: Module)] {
        var seen: Set<ObjectIdentifier> = []
        var found: [(name: String, module: Module)] = []
        func visit(_ module: Module, _ name: String) {
            guard seen.insert(ObjectIdentifier(module)).inserted else { return }
            found.append((name, module))
            for case .child(let childName, let child) in module.members() { visit(child, joined(name, childName)) }
        }
        visit(self, "")
        return found
    }

    /// The parameters, in the order of ``namedParameters()``.
    public final var parameters: [Tensor] { namedParameters().map(\.tensor) }

    /// Number of elements of all parameters, frozen ones too.
    public final var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// Makes this module and all below behave as in training.
    ///
    /// - Parameter generator: what random layers use from now on; nil leaves them the one that they have.
    public final func train(using generator: RandomGenerator? = nil) {
        for (_, module) in namedModules() {
            module.isTraining = true
            if let generator { module.generator = generator }
        }
    }

    /// Makes this module and all below behave as in use.
    public final func eval() {
        for (_, module) in namedModules() { module.isTraining = false }
    }

    /// Clears the gradients of all parameters.
    public final func clearGradients() {
        for parameter in parameters { parameter.gradient = nil }
    }

    private func namedTensors(
        _ select: (Member) -> (name: String, tensor: Tensor)?
    ) -> [(name: String, tensor: Tensor)] {
        var seen: Set<ObjectIdentifier> = []
        var found: [(name: String, tensor: Tensor)] = []
        for (prefix, module) in namedModules() {
            for (name, tensor) in module.members().compactMap(select)
            where seen.insert(ObjectIdentifier(tensor.storage)).inserted {
                found.append((joined(prefix, name), tensor))
            }
        }
        return found
    }
}

/// A full name; an empty part adds no dot.
func joined(_ prefix: String, _ name: String) -> String {
    prefix.isEmpty ? name : name.isEmpty ? prefix : "\(prefix).\(name)"
}
