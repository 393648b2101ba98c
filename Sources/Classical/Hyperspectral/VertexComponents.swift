import Foundation
import Sensors

/// Vertex component analysis: the purest pixels of an image, as spectra of which all others are mixtures.
///
/// Pixels lie in a simplex whose corners are the pure ones. They are projected onto the space of the first p singular vectors
/// (where noise is strong, onto p − 1 principal components) and seen along random directions orthogonal to the corners found so
/// far; the farthest pixel is the next corner. Nascimento and Dias, "Vertex component analysis: a fast algorithm to unmix
/// hyperspectral data", IEEE TGRS 43(4), 2005.
package struct VertexComponents: Sendable {
    /// p.
    let count: Int
    /// The pixels in the space of p dimensions in which corners are searched, p × pixels.
    private let places: Matrix
    /// The pixels as they are after the projection, bands × p and p × pixels and what was subtracted before.
    private let basis: Matrix
    private let coordinates: Matrix
    private let offset: [Double]

    /// Projects an image.
    ///
    /// - Parameters:
    ///   - image: bands × pixels.
    ///   - count: p, not more than bands or pixels.
    package init(_ image: Matrix, count: Int) {
        self.count = count
        let (bands, pixels) = (image.rows, image.columns)
        let scale = 1 / Double(pixels)
        var correlation = image.timesTransposed(image)
        for index in correlation.values.indices { correlation.values[index] *= scale }
        let directions = PrincipalDirections(correlation)
        let mean = (0..<bands).map { band in
            image.values[band * pixels..<(band + 1) * pixels].reduce(0, +) * scale
        }
        if count > 1, Self.signalToNoise(directions, count) < 15 + 10 * log10(Double(count)) {
            var covariance = correlation
            for row in 0..<bands {
                for column in 0..<bands { covariance[row, column] -= mean[row] * mean[column] }
            }
            (basis, offset) = (PrincipalDirections(covariance).vectors(count - 1), mean)
            coordinates = Self.project(image, on: basis, less: offset)
            places = Self.raised(coordinates)
        } else {
            (basis, offset) = (directions.vectors(count), [Double](repeating: 0, count: bands))
            coordinates = Self.project(image, on: basis, less: offset)
            places = Self.ontoPlane(coordinates)
        }
    }

    /// The corners that one set of random directions finds: indices of pixels.
    package func corners(using random: inout SceneRandom) -> [Int] {
        var found: [Int] = []
        // Orthonormal, of the corners so far; at first the last axis.
        var span: [[Double]] = []
        for _ in 0..<count {
            var direction = (0..<count).map { _ in random.normal() }
            if found.isEmpty { direction[count - 1] = count > 1 ? 0 : direction[count - 1] }
            Self.orthogonalise(&direction, to: span)
            let heights = Matrix(rows: 1, columns: count, values: direction) * places
            var (best, largest) = (0, -1.0)
            for (pixel, height) in heights.values.enumerated() where abs(height) > largest {
                (best, largest) = (pixel, abs(height))
            }
            found.append(best)
            var corner = places.column(best)
            Self.orthogonalise(&corner, to: span)
            if corner.contains(where: { $0 != 0 }) { span.append(corner) }
        }
        return found
    }

    /// The spectra of pixels after the projection, bands × indices.
    package func spectra(at pixels: [Int]) -> Matrix {
        var result = basis * coordinates.columns(pixels)
        for band in 0..<result.rows {
            for column in 0..<result.columns { result[band, column] += offset[band] }
        }
        return result
    }

    /// What p(p − 1)! times the volume of the simplex is of pixels, squared: the Gram determinant of its edges.
    func squaredVolume(of corners: [Int]) -> Double {
        guard let first = corners.first, corners.count > 1 else { return 0 }
        var edges = coordinates.columns(Array(corners.dropFirst()))
        for row in 0..<edges.rows {
            for column in 0..<edges.columns { edges[row, column] -= coordinates[row, first] }
        }
        let gram = edges.transposed * edges
        let zero = [Double](repeating: 0, count: gram.rows)
        return LeastSquares.solution(gram.values, zero)?.determinant ?? 0
    }

    private static func project(_ image: Matrix, on basis: Matrix, less offset: [Double]) -> Matrix {
        var result = basis.transposed * image
        let shift = basis.transposed * Matrix(rows: offset.count, columns: 1, values: offset)
        for row in 0..<result.rows {
            for column in 0..<result.columns { result[row, column] -= shift[row, 0] }
        }
        return result
    }

    /// Pixels with one more coordinate, as far from the origin as the farthest pixel lies from the mean.
    private static func raised(_ coordinates: Matrix) -> Matrix {
        let pixels = coordinates.columns
        let farthest = (0..<pixels).map { coordinates.column($0).reduce(0) { $0 + $1 * $1 } }.max() ?? 0
        return Matrix(
            rows: coordinates.rows + 1, columns: pixels,
            values: coordinates.values + [Double](repeating: farthest.squareRoot(), count: pixels))
    }

    /// Pixels scaled onto the plane through their mean and orthogonal to it, where brightness does not matter.
    private static func ontoPlane(_ coordinates: Matrix) -> Matrix {
        var result = coordinates
        let pixels = coordinates.columns
        let mean = (0..<coordinates.rows).map { row in
            coordinates.values[row * pixels..<(row + 1) * pixels].reduce(0, +) / Double(pixels)
        }
        let heights = Matrix(rows: 1, columns: mean.count, values: mean) * coordinates
        let least = 1e-9 * (heights.values.map(abs).max() ?? 0)
        for pixel in 0..<pixels {
            let height = heights[0, pixel]
            // A pixel without light has no place on the plane.
            let factor = abs(height) > least ? 1 / height : 0
            for row in 0..<result.rows { result[row, pixel] *= factor }
        }
        return result
    }

    /// In decibels, of the first p singular vectors against the others.
    private static func signalToNoise(_ directions: PrincipalDirections, _ count: Int) -> Double {
        let power = directions.values.reduce(0, +)
        let kept = directions.values.prefix(count).reduce(0, +)
        let bands = Double(directions.values.count)
        let (signal, noise) = (kept - Double(count) / bands * power, power - kept)
        return noise > 0 && signal > 0 ? 10 * log10(signal / noise) : (noise > 0 ? -.infinity : .infinity)
    }

    /// Makes a vector of length 1 that is orthogonal to others; zeros where there is none.
    private static func orthogonalise(_ vector: inout [Double], to span: [[Double]]) {
        let before = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // Twice, since the first time leaves what was lost to rounding.
        for _ in 0..<2 {
            for other in span {
                let product = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                for index in vector.indices { vector[index] -= product * other[index] }
            }
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let factor = length > 1e-12 * before ? 1 / length : 0
        for index in vector.indices { vector[index] *= factor }
    }
}
