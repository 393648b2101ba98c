import Foundation
import FusionKit

/// The folder into which a simulated scene goes: all three files or none.
struct SceneFolder {
    private static let names = ["pan.tif", "ms.tif", "truth.tif"]
    private let path: String

    /// Checks that the files can be written, as far as that is known beforehand.
    init(_ path: String, overwrites: Bool) throws {
        self.path = (path as NSString).standardizingPath
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: self.path, isDirectory: &isDirectory)
        if exists, !isDirectory.boolValue {
            throw Failure(.creation, "\(path): it is a file, not a folder. Give another name.")
        }
        let parent = folder(of: self.path)
        if !exists, !parent.isEmpty, !FileManager.default.fileExists(atPath: parent) {
            throw Failure(.creation, "\(path): the directory \(parent) does not exist. Make it, or give another name.")
        }
        guard exists else { return }
        for name in Self.names { try OutputPath.check(file(name), overwrites: overwrites, inputs: []) }
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Draws a scene tile by tile and writes it.
    func write(_ simulator: SceneSimulator, threads: Int, cancellation: Cancellation) throws {
        let isNew = !FileManager.default.fileExists(atPath: path)
        // Everything is finished in a hidden folder beside the names, and then only renamed.
        if isNew { try make(path) }
        let staging = file(".fusionkit-\(UInt64.random(in: 0 ... .max))")
        let temporary = isNew ? path : staging
        Interruption.removeAtEnd(temporary)
        defer { Interruption.keep(temporary) }
        do {
            try make(staging)
            try draw(simulator, into: staging, threads: threads, cancellation: cancellation)
            try cancellation.check()
            for name in Self.names {
                guard rename("\(staging)/\(name)", file(name)) == 0 else {
                    throw Failure(.writing, "\(file(name)): it can't be written (\(String(cString: strerror(errno)))).")
                }
            }
            rmdir(staging)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
    }

    private func draw(
        _ simulator: SceneSimulator, into staging: String, threads: Int, cancellation: Cancellation
    ) throws {
        let rendering = simulator.layOut()
        let writers = try Self.names.map { name in
            try RasterWriter("\(staging)/\(name)", profile: profile(named: name, simulator))
        }
        let tiles = rendering.tiles
        try Workers.run(tiles.count, threads: threads) { index in
            try cancellation.check()
            let tile = tiles[index]
            let scene = rendering.render(tile)
            for (writer, image) in zip(writers, [scene.pan, scene.ms, scene.truth]) {
                let coarseness = tile.columns.count / image.width
                try writer.write(
                    image.values,
                    to: Window(
                        column: tile.columns.lowerBound / coarseness, row: tile.rows.lowerBound / coarseness,
                        width: image.width, height: image.height))
            }
        }
        for writer in writers { try writer.finish() }
    }

    private func make(_ folder: String) throws {
        guard mkdir(folder, 0o777) == 0 else {
            throw Failure(
                .creation,
                "\(path): the folder can't be written (\(String(cString: strerror(errno)))). Give another place.")
        }
    }

    /// Where the scene lies: somewhere in the zone UTM 33 North.
    private func profile(named name: String, _ simulator: SceneSimulator) -> RasterProfile {
        let isPAN = name == "pan.tif"
        let bandNames = isPAN ? [simulator.sensor.panchromatic.name] : simulator.sensor.bands.map(\.name)
        let side = name == "ms.tif" ? simulator.panSize / simulator.sensor.ratio : simulator.panSize
        var profile = RasterProfile(
            width: side, height: side,
            bands: bandNames.map { RasterProfile.Band(name: $0, sampleType: .uint16, color: .gray) })
        for index in profile.bands.indices.dropFirst() { profile.bands[index].color = .undefined }
        let grid = GeoTransform(
            originX: 500_000, originY: 5_300_000, columnStepX: simulator.panSampling, rowStepY: -simulator.panSampling)
        if name == "ms.tif" {
            let corner = grid.position(column: simulator.msOriginOffset, row: simulator.msOriginOffset)
            profile.geoTransform = GeoTransform(
                originX: corner.x, originY: corner.y, columnStepX: simulator.msSampling, rowStepY: -simulator.msSampling
            )
        } else {
            profile.geoTransform = grid
        }
        profile.projection = Projection.wkt(named: "EPSG:32633")
        profile.metadata[""] = [
            SceneMetadata.ratio: "\(simulator.sensor.ratio)", SceneMetadata.bits: "\(simulator.sensor.bits)",
            SceneMetadata.sensor: simulator.sensor.name, SceneMetadata.seed: "\(simulator.seed)",
        ]
        return profile
    }
}
