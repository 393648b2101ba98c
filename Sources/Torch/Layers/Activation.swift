/// A function of each element.
public enum Activation: Layer, Sendable, Hashable {
    case relu
    case relu6
    /// slope · x below 0
    case leakyReLU(slope: Double = 0.01)
    /// α · (eˣ - 1) below 0
    case elu(alpha: Double = 1)
    /// x · Φ(x), exact
    case gelu
    /// x · Φ(x) by its approximation with tanh
    case geluTanh
    /// x · sigmoid(x)
    case silu
    case mish
    case sigmoid
    case tanh
    case softplus

    /// Any shape.
    public func callAsFunction(_ input: Tensor) -> Tensor {
        switch self {
        case .relu: input.relu()
        case .relu6: input.relu6()
        case .leakyReLU(let slope): input.leakyReLU(slope: slope)
        case .elu(let alpha): input.elu(alpha: alpha)
        case .gelu: input.gelu()
        case .geluTanh: input.gelu(approximate: true)
        case .silu: input.silu()
        case .mish: input.mish()
        case .sigmoid: input.sigmoid()
        case .tanh: input.tanh()
        case .softplus: input.softplus()
        }
    }
}
