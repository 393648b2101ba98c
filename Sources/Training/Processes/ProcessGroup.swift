import CMPI
import Foundation

/// The processes that train one network together, each with a part of every batch; usually one.
///
/// Several are started by Open MPI (`mpirun -n 4 fusionkit train …`), whose library is loaded only then. All of them must ask
/// for the same sums in the same order; from one thread at a time.
public final class ProcessGroup: Sendable {
    /// The number of this process, from 0.
    public let rank: Int
    /// How many there are.
    public let count: Int
    /// The number of this process among those of its machine.
    public let localRank: Int
    /// How many there are on this machine.
    public let localCount: Int

    private init(rank: Int, count: Int, localRank: Int, localCount: Int) {
        (self.rank, self.count, self.localRank, self.localCount) = (rank, count, localRank, localCount)
    }

    /// A process by itself.
    public static let alone = ProcessGroup(rank: 0, count: 1, localRank: 0, localCount: 1)

    /// What a launcher has started, or ``alone``. Only once in a process.
    ///
    /// - Parameter environment: of the process; `FUSIONKIT_MPI` names the library where the loader doesn't find it.
    /// - Throws: ``TrainingError`` with code `processes` where the launcher is that of another MPI, or the library is missing.
    public static func launched(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(TrainingError) -> ProcessGroup {
        func number(_ key: String) -> Int? { environment[key].flatMap { Int($0) } }
        guard environment["PMIX_RANK"] != nil || environment["OMPI_COMM_WORLD_SIZE"] != nil else {
            // What MPICH's and Intel's launchers set.
            guard let size = number("PMI_SIZE"), size > 1 else { return alone }
            throw TrainingError(
                .processes, "\(size) processes were started by a launcher that is not Open MPI's.",
                remedy: "Start them with Open MPI's mpirun (Debian: openmpi-bin).")
        }
        if number("OMPI_COMM_WORLD_SIZE") == 1 { return alone }
        let library = environment["FUSIONKIT_MPI"] ?? defaultLibrary
        var (rank, count) = (Int32(0), Int32(1))
        if let problem = fk_mpi_begin(library, &rank, &count) {
            throw TrainingError(
                .processes, "Open MPI can't be used: \(String(cString: problem)).",
                remedy: "Install Open MPI 4 or 5 (Debian: openmpi-bin), or name its library in FUSIONKIT_MPI.")
        }
        return ProcessGroup(
            rank: Int(rank), count: Int(count), localRank: number("OMPI_COMM_WORLD_LOCAL_RANK") ?? 0,
            localCount: number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? Int(count))
    }

    private static var defaultLibrary: String {
        #if os(macOS)
        "libmpi.40.dylib"
        #else
        "libmpi.so.40"
        #endif
    }

    /// Whether this is the one that writes and talks.
    public var isFirst: Bool { rank == 0 }

    /// Leaves the group when the work is done; waits for the others.
    public func end() { if count > 1 { fk_mpi_end() } }

    /// Ends all processes with an exit status, as one can't go on without the others.
    public func abort(_ status: Int32) -> Never {
        if count > 1 { fk_mpi_abort(status) }
        exit(status)
    }

    /// The sums of numbers over all processes.
    func sum(_ values: [Double]) throws(TrainingError) -> [Double] {
        guard count > 1 else { return values }
        var sums = values
        try Self.check(fk_mpi_sum(&sums, Int32(values.count)))
        return sums
    }

    /// Whether something is so in any of the processes.
    func isTrueAnywhere(_ value: Bool) throws(TrainingError) -> Bool {
        guard count > 1 else { return value }
        var number = value ? 1.0 : 0
        try Self.check(fk_mpi_maximum(&number, 1))
        return number > 0
    }

    /// Makes sure that all processes have the same numbers, to within the last digits.
    ///
    /// - Parameter name: what the numbers are, for the error.
    func requireSame(_ values: [Double], _ name: String) throws(TrainingError) {
        guard count > 1 else { return }
        var ends = values + values.map { -$0 }
        try Self.check(fk_mpi_maximum(&ends, Int32(2 * values.count)))
        for (index, value) in values.enumerated() {
            let (highest, lowest) = (ends[index], -ends[values.count + index])
            guard highest - lowest <= 1e-6 * Swift.max(abs(highest), abs(lowest)) else {
                throw TrainingError(
                    .processes, "the processes differ in \(name): \(value) here, \(lowest) to \(highest) in all.",
                    remedy: "Let all of them see the same files, and begin or go on together.")
            }
        }
    }

    /// Throws what a code of the library means.
    static func check(_ code: Int32) throws(TrainingError) {
        guard code != FK_MPI_SUCCESS else { return }
        throw TrainingError(
            .processes, "Open MPI failed: \(String(cString: fk_mpi_problem(code))).",
            remedy: "Go on with --resume from the last state.")
    }
}
