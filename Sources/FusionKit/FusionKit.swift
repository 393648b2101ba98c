@_exported import Analysis
@_exported import Classical
@_exported import Datasets
@_exported import Inference
@_exported import Metrics
@_exported import Networks
@_exported import Raster
@_exported import Sensors
@_exported import StateSpace
@_exported import Torch
@_exported import Training
@_exported import Verification

/// What this build of FusionKit is.
public enum FusionKitVersion {
    /// The release, such as "0.1.0".
    public static let current = "0.1.0"
}
