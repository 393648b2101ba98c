import Raster

extension ScenePair {
    /// The profile of what is fused from this pair: the grid and place of PAN, the bands of the multispectral image.
    ///
    /// - Parameter sampleType: the numbers' type; the multispectral image's when nil.
    public func outputProfile(sampleType: SampleType? = nil) -> RasterProfile {
        var profile = window == pan.profile.window ? pan.profile : pan.profile.cropped(to: window)
        let spectral = ms.profile.zoomed(columns: Double(ratio), rows: Double(ratio)).withBands(msBands)
        profile.bands = spectral.bands
        if profile.geoTransform == nil, profile.groundControl.isEmpty, let msTransform = ms.profile.geoTransform {
            // PAN is not georeferenced, the multispectral image is: the output lies where that says, its corner as far
            // beside the multispectral one as the pixels are.
            var transform = msTransform.zoomed(by: Double(ratio))
            let corner = transform.position(column: -cornerOffset.columns, row: -cornerOffset.rows)
            (transform.originX, transform.originY) = (corner.x, corner.y)
            profile.geoTransform = transform
            profile.projection = ms.profile.projection
        }
        profile.driver = "GTiff"
        profile.metadata = spectral.metadata
        let sharp = panBands.map { pan.profile.bands[$0] }
        // NaN in a floating-point file needs no declaration; what is written says all the same what stands for unknown.
        let holdsNaN = (spectral.bands + sharp).contains { $0.sampleType.isFloatingPoint }
        let nodata =
            spectral.bands.lazy.compactMap(\.nodata).first ?? sharp.lazy.compactMap(\.nodata).first
            ?? (holdsNaN ? .nan : nil)
        for index in profile.bands.indices { profile.bands[index].nodata = nodata }
        let inputs = [pan.profile, ms.profile]
        profile.hasMask = nodata == nil && inputs.contains { $0.hasMask || $0.alphaBand != nil }
        return profile.withSampleType(sampleType ?? spectral.sampleType)
    }
}
