import Raster

extension ScenePair {
    /// The profile of what is fused from this pair: the grid and place of PAN, the bands of the multispectral image.
    ///
    /// - Parameter sampleType: the numbers' type; the multispectral image's when nil.
    public func outputProfile(sampleType: SampleType? = nil) -> RasterProfile {
        var profile = window == pan.profile.window ? pan.profile : pan.profile.cropped(to: window)
        let spectral = ms.profile.withBands(msBands)
        profile.bands = spectral.bands
        if profile.geoTransform == nil, profile.groundControl.isEmpty, let msTransform = ms.profile.geoTransform {
            // PAN is not georeferenced, the multispectral image is: the output lies where that says.
            profile.geoTransform = msTransform.zoomed(by: Double(ratio))
            profile.projection = ms.profile.projection
        }
        profile.driver = "GTiff"
        profile.metadata = spectral.metadata
        let hasUnknownPixels =
            ms.profile.hasMask || pan.profile.hasMask || ms.profile.alphaBand != nil || pan.profile.alphaBand != nil
        let nodata = spectral.bands.lazy.compactMap(\.nodata).first ?? pan.profile.bands[panBand].nodata
        for index in profile.bands.indices { profile.bands[index].nodata = nodata }
        profile.hasMask = nodata == nil && hasUnknownPixels
        return profile.withSampleType(sampleType ?? spectral.sampleType)
    }
}
