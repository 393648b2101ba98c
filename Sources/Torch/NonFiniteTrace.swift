import CTorch

/// Where a computation first left the finite numbers.
public struct NonFiniteOrigin: Sendable, Hashable {
    /// libtorch's name of the operation, such as "aten::log".
    public let operation: String
    /// Index of the tensor among those that were watched for, which it or an operation before it was the last to take; nil
    /// where there was none.
    public let place: Int?
}

/// Runs `body` and finds the first operation of this thread whose result has NaN or infinity. Every result is looked at,
/// so it is slow, and for finding faults only.
///
/// - Parameter known: tensors by which to tell the place, such as a network's parameters.
/// - Returns: nil where all results are finite.
/// - Throws: what `body` throws; ``TorchError`` inside of another such search.
public func firstNonFinite(among known: [Tensor], _ body: () throws -> Void) throws -> NonFiniteOrigin? {
    let began = withExtendedLifetime(known) { fk_trace_begin(known.map { Optional($0.pointer) }, Int32(known.count)) }
    guard began else { throw takeTorchError() }
    var origin: NonFiniteOrigin?
    func end() {
        withUnsafeMutablePointer(to: &origin) { origin in
            fk_trace_end(origin) { context, name, place in
                guard let origin = context?.assumingMemoryBound(to: NonFiniteOrigin?.self), let name else { return }
                origin.pointee = NonFiniteOrigin(operation: String(cString: name), place: place < 0 ? nil : Int(place))
            }
        }
    }
    do {
        try body()
    } catch {
        end()
        throw error
    }
    end()
    return origin
}
