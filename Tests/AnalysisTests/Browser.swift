import Foundation

/// Chromium without a window, to look at pages as people see them.
enum Browser {
    /// The program; nil where none is installed.
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let names = ["chromium", "chromium-browser", "google-chrome", "chrome"]
        let places = names.flatMap { name in folders.map { "\($0)/\(name)" } }
        return places.first(where: FileManager.default.isExecutableFile)
    }()

    /// The document after its script has run.
    ///
    /// - Parameters:
    ///   - fragment: what follows the # of the address.
    ///   - actions: a script that runs when the page is ready.
    static func document(
        _ name: String, in directory: TemporaryDirectory, fragment: String = "", actions: String = ""
    ) throws -> String {
        var file = name
        if !actions.isEmpty {
            file = (name as NSString).deletingLastPathComponent + "/acted.html"
            let script = """
                <script>(async () => {
                while (!document.documentElement.dataset.ready) await new Promise((next) => setTimeout(next, 20));
                const report = (key, value) => { document.documentElement.dataset[key] = value; };
                \(actions)
                report("acted", "true");
                })();</script></body>
                """
            try directory.write(directory.text(name).replacingOccurrences(of: "</body>", with: script), to: file)
        }
        return try run(["--dump-dom", address(file, directory, fragment)])
    }

    /// A picture of the page.
    static func screenshot(
        _ name: String, in directory: TemporaryDirectory, width: Int, height: Int, to file: String
    ) throws {
        _ = try run([
            "--window-size=\(width),\(height)", "--hide-scrollbars", "--screenshot=\(file)",
            address(name, directory, ""),
        ])
    }

    private static func address(_ name: String, _ directory: TemporaryDirectory, _ fragment: String) -> String {
        let file = URL(fileURLWithPath: directory.file(name)).absoluteString
        return fragment.isEmpty ? file : file + "#" + fragment
    }

    private static func run(_ arguments: [String]) throws -> String {
        let profile = NSTemporaryDirectory() + "/fusionkit-browser-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: profile) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "")
        process.arguments =
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage",
                "--user-data-dir=\(profile)", "--virtual-time-budget=30000",
            ] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
