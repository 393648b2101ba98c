/// Height and light of the land in a part of a scene.
struct SceneTerrain {
    /// Height in metres; empty where the land is flat.
    let heights: [Float]
    /// Rise over run.
    let slopes: [Float]
    /// Direct light relative to flat ground.
    let light: [Float]

    init(_ frame: SceneFrame, of plan: ScenePlan) {
        guard plan.relief > 0 else {
            heights = []
            slopes = []
            light = [Float](repeating: 1, count: frame.pixels)
            return
        }
        // A pixel more on every side, for the slopes.
        let wide = SceneFrame(
            left: frame.left - 1, top: frame.top - 1, width: frame.width + 2, height: frame.height + 2)
        let noise = plan.terrain.map(wide)
        let scale = Float(plan.relief)
        let perPixel = scale / Float(2 * plan.metresPerPixel)
        var heights = [Float](repeating: 0, count: frame.pixels)
        var (slopes, light) = (heights, heights)
        let (sun, width) = (plan.sun, wide.width)
        for row in 0..<frame.height {
            for column in 0..<frame.width {
                let (here, index) = ((row + 1) * width + column + 1, row * frame.width + column)
                let falling = (
                    x: (noise[here - 1] - noise[here + 1]) * perPixel,
                    y: (noise[here - width] - noise[here + width]) * perPixel
                )
                heights[index] = noise[here] * scale
                slopes[index] = (falling.x * falling.x + falling.y * falling.y).squareRoot()
                light[index] = sun.light(falling: falling)
            }
        }
        (self.heights, self.slopes, self.light) = (heights, slopes, light)
    }
}
