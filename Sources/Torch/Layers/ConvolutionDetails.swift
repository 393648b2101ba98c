extension Size2 {
    var list: [Int] { [height, width] }
}

extension Size3 {
    var list: [Int] { [depth, height, width] }
}

/// What a convolution's ``Module/details`` say.
func convolutionDetails(
    inputs: Int, outputs: Int, kernel: [Int], stride: [Int], padding: [Int], dilation: [Int], groups: Int,
    hasBias: Bool
) -> String {
    var parts = ["\(inputs) → \(outputs)", "kernel \(kernel)"]
    if stride.contains(where: { $0 != 1 }) { parts.append("stride \(stride)") }
    if padding.contains(where: { $0 != 0 }) { parts.append("padding \(padding)") }
    if dilation.contains(where: { $0 != 1 }) { parts.append("dilation \(dilation)") }
    if groups != 1 { parts.append("groups \(groups)") }
    if !hasBias { parts.append("no bias") }
    return parts.joined(separator: ", ")
}
