/// What a file that holds arrays by name has in it: HDF5, and MAT of every version.
package enum ArrayFile {
    /// Every array of a file.
    ///
    /// - Throws: ``RasterError``: `notFound`, `isDirectory`, `notReadable`, `notAnImage`, `damaged`.
    package static func arrays(of file: String) throws -> [StoredArray] {
        guard FileSystem.isRegular(file) else {
            let isDirectory = FileSystem.isDirectory(file)
            throw RasterError(
                isDirectory ? .isDirectory : FileSystem.exists(file) ? .damaged : .notFound, file: file,
                isDirectory
                    ? "it is a directory, not a file of arrays."
                    : FileSystem.exists(file) ? "it is empty (0 bytes)." : "there is no such file.",
                remedy: isDirectory ? "Name a file in it." : "Check the path.")
        }
        if HDF5File.isHDF5(file) {
            return try HDF5File.exclusively {
                try GDALMessages.collect { try HDF5File(file, messages: $0).arrays() }
            }
        }
        if MATFile.isMAT(file) { return try MATFile(file).arrays }
        throw RasterError(
            .notAnImage, file: file, "it is neither an HDF5 nor a MAT file.", remedy: "Give a file of arrays.")
    }
}
