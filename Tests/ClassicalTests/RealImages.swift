import CGDAL
import Foundation
import Sensors

/// The real scenes used in tests.
enum RealImages {
    /// The folder that `data/…` of the golden files is in, nil where there is none.
    static let folder: URL? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent("../shared").standardizedFileURL
        let hasData = FileManager.default.fileExists(atPath: folder.appendingPathComponent("data/satellite").path)
        return hasData && GoldenFile.folder != nil ? folder : nil
    }()

    struct Unreadable: Error {
        let path: String
    }

    /// All samples of an image file.
    static func read(_ path: String) throws -> Image {
        GDALAllRegister()
        let file = (folder ?? URL(fileURLWithPath: "/")).appendingPathComponent(path).path
        guard let dataset = GDALOpen(file, GA_ReadOnly) else { throw Unreadable(path: file) }
        defer { GDALClose(dataset) }
        let (width, height) = (GDALGetRasterXSize(dataset), GDALGetRasterYSize(dataset))
        let bands = GDALGetRasterCount(dataset)
        var image = Image(bands: Int(bands), height: Int(height), width: Int(width))
        let result = image.values.withUnsafeMutableBytes { bytes in
            GDALDatasetRasterIO(
                dataset, GF_Read, 0, 0, width, height, bytes.baseAddress, width, height, GDT_Float64, bands, nil, 0, 0,
                0)
        }
        guard result == CE_None else { throw Unreadable(path: file) }
        return image
    }
}
