/// The kind of land that a scene shows.
public enum SceneLand: String, Sendable, Hashable, CaseIterable, Codable {
    /// Fields, meadows and woods with a few houses.
    case rural
    /// Houses in gardens along streets.
    case suburban
    /// Blocks of tall buildings, little green.
    case city
    /// Halls, yards and parking places.
    case industrial
    /// The sea with its shallows and a beach, houses and fields behind it.
    case coast
    /// Steep slopes with woods, rock, and snow on the heights.
    case mountain
    /// Anything between country and town; water in every scene.
    case mixed
}

/// How a kind of land is laid out.
struct SceneCharacter {
    /// Weights of the uses of a parcel before towns and woods are counted in.
    var weights: [SceneUse: Double] = [:]
    /// How built-up and how wooded the land is, −1 to 1.
    var urban: ClosedRange<Double>
    var wooded: ClosedRange<Double>
    /// Side of a parcel in metres.
    var parcel: ClosedRange<Double>
    /// Height of the hills in metres for each hundred metres of the land.
    var steepness: ClosedRange<Double>
    /// How far outlines are bent, in metres.
    var bend = 3.0
    /// Probability of a river or a pond.
    var water = 0.35
    /// Height of the tallest buildings in metres.
    var tallest = 14.0

    init(_ land: SceneLand) {
        switch land {
        case .rural:
            self.init(urban: -0.5 ... -0.15, wooded: -0.3...0.3, parcel: 45...125, steepness: 0...5)
            weights = [.field: 1.2, .meadow: 0.45, .forest: 0.16, .orchard: 0.1, .settlement: 0.12, .industry: 0.02]
        case .suburban:
            self.init(urban: 0.1...0.4, wooded: -0.4...0.1, parcel: 40...95, steepness: 0...3)
            weights = [
                .field: 0.05, .meadow: 0.25, .forest: 0.1, .settlement: 2.5, .industry: 0.2, .downtown: 0.2,
            ]
        case .city:
            self.init(urban: 0.5...0.9, wooded: -0.8 ... -0.3, parcel: 55...110, steepness: 0...1)
            weights = [.meadow: 0.15, .settlement: 0.15, .industry: 0.15, .downtown: 2.5]
            (water, tallest) = (0.15, 45)
        case .industrial:
            self.init(urban: 0.3...0.6, wooded: -0.6 ... -0.1, parcel: 60...140, steepness: 0...1)
            weights = [.field: 0.1, .meadow: 0.3, .settlement: 0.2, .industry: 2.5, .downtown: 0.1]
            (water, tallest) = (0.2, 20)
        case .coast:
            self.init(urban: -0.3...0.4, wooded: -0.3...0.2, parcel: 40...110, steepness: 0...5)
            weights = [.field: 0.5, .meadow: 0.7, .forest: 0.2, .settlement: 0.6, .downtown: 0.1, .sand: 0.2]
            water = 1
        case .mountain:
            self.init(urban: -0.9 ... -0.7, wooded: 0...0.4, parcel: 60...160, steepness: 40...80)
            weights = [.meadow: 1, .forest: 0.8, .settlement: 0.03]
            (bend, water) = (14, 0.2)
        case .mixed:
            self.init(urban: -0.45...0.45, wooded: -0.3...0.3, parcel: 40...125, steepness: 0...4)
            weights = [
                .field: 1.1, .meadow: 0.45, .forest: 0.16, .orchard: 0.1, .settlement: 0.25, .industry: 0.06,
                .downtown: 0.05,
            ]
            (water, tallest) = (1, 20)
        }
    }

    private init(
        urban: ClosedRange<Double>, wooded: ClosedRange<Double>, parcel: ClosedRange<Double>,
        steepness: ClosedRange<Double>
    ) {
        (self.urban, self.wooded, self.parcel, self.steepness) = (urban, wooded, parcel, steepness)
    }
}
