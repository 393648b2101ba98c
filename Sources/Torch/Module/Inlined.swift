/// Marks parts whose members are named as if they were the module's own, for authors who wrote out a repeated block with
/// suffixes (`conv1d`, `conv1d_b`, …) where we have an array.
///
/// Rules of the parts for starting values are for the module to call: only their layers are initialised by themselves.
@propertyWrapper public struct Inlined<Part: Module>: MemberWrapper {
    private var value: [Part]?

    /// Parts that `init` has to set.
    public init() {}

    /// The parts; reading them before they were set traps.
    public var wrappedValue: [Part] {
        get { read(value, nil) }
        set { value = newValue }
    }

    func members(property: String) -> [Member]? { value?.flatMap { $0.members() } }
}
