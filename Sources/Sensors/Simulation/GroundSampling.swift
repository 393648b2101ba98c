extension Sensor {
    /// Side of a panchromatic pixel on the ground at nadir, in metres, as the operator publishes it; nil for a sensor
    /// that is not in the table.
    public var panSampling: Double? {
        switch name {
        case "QB": 0.61
        case "IKONOS": 0.82
        case "GE1": 0.41
        case "WV4", "WV3": 0.31
        case "WV2": 0.46
        case "GF2": 0.81
        case "L8": 15
        default: nil
        }
    }
}
