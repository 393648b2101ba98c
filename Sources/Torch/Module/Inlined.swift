/// What an ``Inlined`` may hold: a module, a module that some configurations do without, or a list of modules.
public protocol InlinedSlot {
    /// The modules in it.
    var inlinedModules: [Module] { get }
}

extension Module: InlinedSlot {
    /// This module.
    public final var inlinedModules: [Module] { [self] }
}

extension Optional: InlinedSlot where Wrapped: Module {
    /// This module, if there is one.
    public var inlinedModules: [Module] { self?.inlinedModules ?? [] }
}

extension Array: InlinedSlot where Element: Module {
    /// The modules in their order.
    public var inlinedModules: [Module] { self }
}

/// Marks parts whose members are named as if they were the module's own: for what several authors' blocks have in common
/// without a name, and for authors who wrote out a repeated block with suffixes (`conv1d`, `conv1d_b`, …) where we have an
/// array.
///
/// Rules of the parts for starting values are for the module to call: only their layers are initialised by themselves.
@propertyWrapper public struct Inlined<Value: InlinedSlot>: MemberWrapper {
    private var value: Value?

    /// Parts that `init` has to set.
    public init() {}

    /// The parts; reading them before they were set traps.
    public var wrappedValue: Value {
        get { read(value, nil) }
        set { value = newValue }
    }

    func members(property: String) -> [Member]? { value?.inlinedModules.flatMap { $0.members() } }
}

extension Inlined where Value: ExpressibleByNilLiteral {
    /// A part that is absent until `init` sets it.
    public init() { value = .some(nil) }
}
