import Foundation
import FusionKit

/// What the program is made of and runs on.
struct SystemInformation: Encodable, CustomStringConvertible {
    let version = FusionKitVersion.current
    let libtorch = TorchLibrary.version
    let threads = TorchLibrary.threads
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let memoryBytes = ProcessInfo.processInfo.physicalMemory
    let scanInstructions = SelectiveScanLibrary.instructionSet
    let gdal = RasterLibrary.version
    let cuda = Device.hasCUDA
    let cudaScan = SelectiveScanLibrary.cuda

    var description: String {
        """
        fusionkit    \(version)
        libtorch     \(libtorch), \(threads) threads
        scan         \(scanInstructions)
        GDAL         \(gdal)
        CUDA         \(cuda ? "yes" : "no")
        CUDA scan    \(cudaScan)
        machine      \(cores) cores, \(memoryBytes >> 30) GiB
        """
    }
}
