/// Marks a property of a ``Module`` as a part with parameters of its own.
///
/// It may be a module, an optional one, an array (of arrays) of them, or `any Layer`. A ``Layer`` without parameters,
/// such as an ``Activation``, takes its place in an array and adds no names. With an empty name the elements of an array
/// are called "0", "1", …
@propertyWrapper public struct Child<Value>: MemberWrapper {
    private let name: String?
    private var value: Value?

    /// A part that `init` has to set.
    ///
    /// - Parameter name: the one in the authors' files; the property's when nil.
    public init(_ name: String? = nil) {
        self.name = name
    }

    /// The part; reading it before it was set traps.
    public var wrappedValue: Value {
        get { read(value, name) }
        set { value = newValue }
    }

    func members(property: String) -> [Member]? {
        value.map { parts(of: $0, name: name ?? property) }
    }

    private func parts(of value: Any, name: String) -> [Member] {
        if let module = value as? Module { return [.child(name: name, module)] }
        if value is any Layer { return [] }
        if let elements = value as? [Any] {
            return elements.enumerated().flatMap { parts(of: $1, name: joined(name, "\($0)")) }
        }
        let isAbsent = Mirror(reflecting: value).displayStyle == .optional
        precondition(isAbsent, "child '\(name)' is a \(type(of: value)), neither a module nor a layer")
        return []
    }
}

extension Child where Value: ExpressibleByNilLiteral {
    /// A part that is absent until `init` sets it.
    ///
    /// - Parameter name: the one in the authors' files; the property's when nil.
    public init(_ name: String? = nil) {
        self.name = name
        value = .some(nil)
    }
}
