// Sums and products of which the first operand has just been computed and is used nowhere else: they take its memory
// where no gradient is recorded.

/// fresh + other.
package func added(_ fresh: Tensor, _ other: Tensor) -> Tensor {
    if fresh.requiresGradient || other.requiresGradient { return fresh + other }
    fresh.addInPlace(other)
    return fresh
}

/// fresh · other.
package func multiplied(_ fresh: Tensor, _ other: Tensor) -> Tensor {
    if fresh.requiresGradient || other.requiresGradient { return fresh * other }
    fresh.multiplyInPlace(other)
    return fresh
}
