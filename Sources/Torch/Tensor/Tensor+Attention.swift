import CTorch

extension Tensor {
    /// Scaled dot-product attention: softmax(query · keyᵀ · scale + mask) · value, without keeping the matrix of
    /// weights where libtorch can (Vaswani et al. 2017).
    ///
    /// - Parameters:
    ///   - query: (…, L, E).
    ///   - key: (…, S, E).
    ///   - value: (…, S, V).
    ///   - mask: broadcasts to (…, L, S): bool, true where attention is allowed, or numbers that are added.
    ///   - causal: whether each place attends to those up to its own only; excludes a mask.
    ///   - scale: 1/√E when nil.
    /// - Returns: (…, L, V).
    public static func attention(
        query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil, causal: Bool = false, scale: Double? = nil
    ) -> Tensor {
        var factor = scale ?? 0
        return withUnsafePointer(to: &factor) {
            Tensor(
                taking: fk_attention(
                    query.pointer, key.pointer, value.pointer, mask?.pointer, causal, scale == nil ? nil : $0))
        }
    }

    /// a · b / max(|a| · |b|, epsilon) along an axis, which disappears.
    public func cosineSimilarity(_ other: Tensor, axis: Int = 1, epsilon: Double = 1e-8) -> Tensor {
        Tensor(taking: fk_cosine_similarity(pointer, other.pointer, Int64(axis), epsilon))
    }

    /// Huber's distance, element by element: d² / 2 where |d| is below `delta`, else delta · (|d| − delta / 2).
    public func huberDistance(_ other: Tensor, delta: Double = 1) -> Tensor {
        Tensor(taking: fk_huber(pointer, other.pointer, delta))
    }
}
