/// VMamba's scan modes (Liu et al. 2024, and the authors' program): which four paths the four sets of parameters of an SS2D
/// block go.
public enum CrossScan: Int, CaseIterable, Hashable, Sendable {
    /// By rows, by columns, and both reversed. Over 3 rows and 4 columns:
    ///
    ///     rows          columns       reversed rows   reversed columns
    ///      0  1  2  3    0  3  6  9   11 10  9  8     11  8  5  2
    ///      4  5  6  7    1  4  7 10    7  6  5  4     10  7  4  1
    ///      8  9 10 11    2  5  8 11    3  2  1  0      9  6  3  0
    case fourDirections = 0
    /// By rows, four times.
    case oneDirection = 1
    /// By rows twice, then by rows in reverse twice.
    case twoDirections = 2

    /// The four paths in the order of the parameters.
    public var paths: [ScanPath] {
        switch self {
        case .fourDirections: [.rows, .columns, .rowsReversed, .columnsReversed]
        case .oneDirection: [.rows, .rows, .rows, .rows]
        case .twoDirections: [.rows, .rows, .rowsReversed, .rowsReversed]
        }
    }
}
