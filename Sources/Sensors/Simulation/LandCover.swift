/// What covers most of a pixel of a simulated scene.
public enum LandCover: UInt8, Sendable, CaseIterable {
    /// Grass: meadows, lawns, verges.
    case meadow
    /// A field with a growing or ripe crop.
    case crop
    /// Ploughed or fallow ground, tracks of earth, beaches and river banks.
    case bareSoil
    /// Crowns of trees and bushes.
    case tree
    /// Asphalt of roads with their markings.
    case road
    /// Paved ground beside buildings: yards, drives, pavements, parking places.
    case pavement
    /// Roofs.
    case building
    /// Cars.
    case vehicle
    /// The sea, rivers, ponds and pools.
    case water
    /// Bare rock and scree.
    case rock
    /// Snow.
    case snow
}
