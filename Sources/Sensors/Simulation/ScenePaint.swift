/// A colour of a plan: where its reflectances begin in the plan's table.
struct SceneColour {
    let offset: Int32
}

/// How a surface is coloured: a mixture of two colours that changes from pixel to pixel, and a texture.
struct ScenePaint {
    var cover: LandCover
    var first: SceneColour
    var second: SceneColour
    /// Mean share of the second colour.
    var mixture: Float = 0
    /// How much the share follows slow changes of the ground (moisture, vigour).
    var slowMixture: Float = 0
    /// How much the share follows changes from pixel to pixel.
    var fineMixture: Float = 0
    /// How much the share grows with each pixel of depth inside the shape.
    var depthMixture: Float = 0
    /// Relative deviation of the brightness, common to all bands.
    var texture: Float = 0
    /// Relative deviation of the brightness over tens of metres.
    var slowTexture: Float = 0
    /// Reflectance of the sun's glint where waves face it.
    var glint: Float = 0
    var rows: CropRows?

    /// A surface of one colour and a texture.
    init(_ cover: LandCover, _ colour: SceneColour, texture: Float, slowTexture: Float = 0) {
        self.cover = cover
        first = colour
        second = colour
        self.texture = texture
        self.slowTexture = slowTexture
    }

    /// A surface of two colours.
    init(
        _ cover: LandCover, _ first: SceneColour, _ second: SceneColour, mixture: Float, slow: Float, fine: Float,
        texture: Float, slowTexture: Float = 0
    ) {
        self.cover = cover
        self.first = first
        self.second = second
        self.mixture = mixture
        slowMixture = slow
        fineMixture = fine
        self.texture = texture
        self.slowTexture = slowTexture
    }
}

/// Rows of a crop and the tracks of the machines that tend it, or waves: a pattern of the share of the second colour.
struct CropRows {
    /// Unit vector across the rows.
    let across: (x: Float, y: Float)
    /// Rows for each pixel.
    let frequency: Float
    /// Amplitude of the share between rows.
    let strength: Float
    /// Pairs of wheel tracks for each pixel, and the width of a track as a part of their distance.
    let tracks: (frequency: Float, width: Float)

    /// What to add to the share of the second colour.
    @inline(__always)
    func share(_ x: Float, _ y: Float) -> Float {
        let position = across.x * x + across.y * y
        let row = position * frequency
        let phase = row - row.rounded(.down)
        // A smooth wave of mean 0 between −1 and 1.
        let triangle = 2 * abs(2 * phase - 1) - 1
        var result = strength * triangle * (1.5 - 0.5 * triangle * triangle)
        guard tracks.frequency > 0 else { return result }
        let track = position * tracks.frequency
        let place = track - track.rounded(.down)
        let distance = abs(abs(place - 0.5) - 0.04)
        result += 0.5 * min(max(1.5 - distance / tracks.width, 0), 1)
        return result
    }
}
