import CGDAL

/// The GDAL library that reads and writes every image.
public enum RasterLibrary {
    /// GDAL's release name, such as "3.6.2".
    public static var version: String { String(cString: GDALVersionInfo("RELEASE_NAME")) }
}
