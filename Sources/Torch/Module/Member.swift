/// Something with a name in a module.
enum Member {
    case parameter(name: String, Tensor)
    case buffer(name: String, Tensor, isPersistent: Bool)
    case child(name: String, Module)

    var name: String {
        switch self {
        case .parameter(let name, _), .buffer(let name, _, _), .child(let name, _): name
        }
    }
}

/// A property wrapper that declares members.
protocol MemberWrapper {
    /// The members now in the property; nil before `init` has set it.
    ///
    /// - Parameter property: the property's Swift name.
    func members(property: String) -> [Member]?
}

extension Module {
    /// What the marked properties of this module hold, superclasses first, each class in order of declaration.
    final func members() -> [Member] {
        var classes: [Mirror] = []
        var next: Mirror? = Mirror(reflecting: self)
        while let mirror = next {
            classes.append(mirror)
            next = mirror.superclassMirror
        }
        let members = classes.reversed().flatMap { $0.children.flatMap(members(of:)) }
        var names: Set<String> = []
        for member in members {
            precondition(
                names.insert(member.name).inserted, "\(type(of: self)) has two members named '\(member.name)'")
        }
        return members
    }

    private func members(of child: Mirror.Child) -> [Member] {
        let label = child.label ?? ""
        if let wrapper = child.value as? any MemberWrapper {
            let property = String(label.drop { $0 == "_" })
            guard let members = wrapper.members(property: property) else {
                preconditionFailure("\(type(of: self)).\(property) has not been set by init")
            }
            return members
        }
        precondition(
            !holdsState(child.value),
            "\(type(of: self)).\(label) holds a tensor or a module: mark it @Parameter, @Buffer or @Child")
        return []
    }

    private func holdsState(_ value: Any) -> Bool {
        if value is Tensor || value is Module { return true }
        if let tensors = value as? [Tensor] { return !tensors.isEmpty }
        if let modules = value as? [Module] { return !modules.isEmpty }
        return false
    }
}
