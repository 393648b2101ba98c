import CTorch

extension Tensor {
    /// max(x, 0).
    public func relu() -> Tensor { Tensor(taking: fk_relu(pointer)) }
    /// min(max(x, 0), 6).
    public func relu6() -> Tensor { Tensor(taking: fk_relu6(pointer)) }
    /// x where positive, else slope · x.
    public func leakyReLU(slope: Double = 0.01) -> Tensor { Tensor(taking: fk_leaky_relu(pointer, slope)) }
    /// x where positive, else weight · x; one weight, or one for each channel of (B, C, …).
    public func prelu(weight: Tensor) -> Tensor { Tensor(taking: fk_prelu(pointer, weight.pointer)) }
    /// x where positive, else alpha · (eˣ − 1).
    public func elu(alpha: Double = 1) -> Tensor { Tensor(taking: fk_elu(pointer, alpha)) }
    /// x · Φ(x) with the normal distribution function, exactly or by PyTorch's approximation with tanh.
    public func gelu(approximate: Bool = false) -> Tensor { Tensor(taking: fk_gelu(pointer, approximate)) }
    /// x · sigmoid(x), also called swish.
    public func silu() -> Tensor { Tensor(taking: fk_silu(pointer)) }
    /// x · tanh(softplus(x)).
    public func mish() -> Tensor { Tensor(taking: fk_mish(pointer)) }
    /// 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Tensor { Tensor(taking: fk_sigmoid(pointer)) }
    /// log sigmoid(x) without overflow.
    public func logSigmoid() -> Tensor { Tensor(taking: fk_log_sigmoid(pointer)) }
    /// x / 6 + 1 / 2, limited to 0 to 1.
    public func hardSigmoid() -> Tensor { Tensor(taking: fk_hard_sigmoid(pointer)) }
    /// x · hardSigmoid(x).
    public func hardSwish() -> Tensor { Tensor(taking: fk_hard_swish(pointer)) }
    /// log(1 + exp(beta · x)) / beta; x itself where beta · x is above the threshold.
    public func softplus(beta: Double = 1, threshold: Double = 20) -> Tensor {
        Tensor(taking: fk_softplus(pointer, beta, threshold))
    }
    /// exp(x) / Σ exp(x) along an axis.
    public func softmax(axis: Int = -1) -> Tensor { Tensor(taking: fk_softmax(pointer, Int64(axis))) }
    /// log softmax along an axis, without overflow.
    public func logSoftmax(axis: Int = -1) -> Tensor { Tensor(taking: fk_log_softmax(pointer, Int64(axis))) }

    /// Elements set to zero at random, the others divided by 1 − probability: for training only.
    public func dropout(probability: Double, generator: RandomGenerator) -> Tensor {
        Tensor(taking: fk_dropout(pointer, probability, generator.pointer))
    }
}
