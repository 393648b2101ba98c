import Foundation

/// A comparison with what one run of each contestant does, so that times become speeds.
struct Comparison: Encodable {
    /// What was computed, with its sizes.
    let title: String
    /// What is counted, such as "state updates".
    let unit: String
    /// How many of them one run does.
    let work: Double
    /// Threads that an operation may use.
    let threads: Int
    /// The contestants; the first is what the others are compared with.
    let measurements: [Measurement]

    /// The comparison as a table for people.
    var text: String {
        var lines = ["\(title), threads: \(threads)"]
        for entry in measurements {
            // A busy machine stretches wall time, not what a core does in a second that it gives us.
            let speed = work / entry.processorSeconds
            var columns = [
                pad(entry.name, 44), number(speed, unit) + " per CPU second", "wall \(seconds(entry.wallSeconds))",
                "CPU \(seconds(entry.processorSeconds))", String(format: "ratio %.2f", entry.ratioToFirst),
            ]
            if let peak = entry.peakBytes { columns.append("peak +\(peak >> 20) MB") }
            lines.append("  " + columns.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func seconds(_ value: Double) -> String {
        value < 0.1 ? String(format: "%.2f ms", value * 1e3) : String(format: "%.3f s", value)
    }

    private func number(_ value: Double, _ unit: String) -> String {
        let (scale, letter) = value >= 1e9 ? (1e9, "G") : value >= 1e6 ? (1e6, "M") : (1e3, "k")
        return String(format: "%.2f %@ ", value / scale, letter) + unit
    }
}

/// The machine and how busy it was.
struct Machine: Encodable {
    let processor: String
    let cores: Int
    let instructionSet: String
    let torch: String
    /// Average number of running processes over the last minute, when the run began.
    let load: Double

    init(instructionSet: String, torch: String) {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        processor = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
        cores = ProcessInfo.processInfo.activeProcessorCount
        self.instructionSet = instructionSet
        self.torch = torch
        var loads = [0.0, 0, 0]
        load = getloadavg(&loads, 3) > 0 ? loads[0] : 0
    }

    /// One line for people.
    var text: String {
        "\(processor), \(cores) cores, scan kernel \(instructionSet), libtorch \(torch), load "
            + String(format: "%.1f", load)
    }
}
