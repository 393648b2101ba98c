/// Sun and air of a simulated scene: how much of the sunlight reaches the ground directly, how much from the sky, and
/// how much haze the air adds, for each band in units of reflectance at the top of the atmosphere.
///
/// Single scattering: Rayleigh optical depth 0.0088 λ^−4 (λ in micrometres), aerosol optical depth in proportion to
/// 1/λ, so that haze and skylight are blue; gases absorb in a few narrow bands.
struct SceneAtmosphere {
    /// Aerosol optical depth at 550 nm.
    let aerosolDepth: Double
    /// Sine of the elevation of the sun.
    let sunSine: Double

    /// What the air does to one band; reflectance ρ of flat ground is seen as `haze + ρ × (direct × lit + sky)`.
    struct Band {
        let direct: Double
        let sky: Double
        let haze: Double
    }

    /// Sunlight above the atmosphere, W/m²/μm.
    static let sun = Spectrum([
        (400, 1600), (430, 1650), (450, 2010), (480, 2040), (500, 1930), (550, 1870), (600, 1750), (650, 1590),
        (700, 1430), (750, 1280), (800, 1130), (900, 900), (1000, 740), (1200, 490), (1400, 330), (1600, 245),
        (1800, 165), (2000, 118), (2200, 82), (2500, 49),
    ])

    /// What gases (oxygen, water vapour) let through on the way down and up.
    static let gases = Spectrum([
        (400, 1), (680, 1), (690, 0.95), (700, 0.99), (718, 0.93), (730, 0.93), (745, 0.99), (755, 0.99), (762, 0.65),
        (770, 0.98), (800, 0.99), (815, 0.95), (830, 0.97), (850, 0.99), (890, 0.97), (935, 0.55), (960, 0.70),
        (990, 0.97), (1080, 0.98), (1135, 0.50), (1180, 0.95), (1300, 0.90), (1370, 0.02), (1440, 0.15), (1520, 0.95),
        (1750, 0.95), (1830, 0.05), (1930, 0.05), (2020, 0.75), (2150, 0.97), (2350, 0.90), (2500, 0.40),
    ])

    /// The coefficients of a band, for a sensor that looks straight down.
    func coefficients(of band: BandSamples) -> Band {
        func depths(_ wavelength: Double) -> (rayleigh: Double, aerosol: Double) {
            let micrometres = wavelength / 1000
            let square = micrometres * micrometres
            return (0.0088 / (square * square), aerosolDepth * 0.55 / micrometres)
        }
        // Part of the light that a molecule or a droplet throws back; the rest goes on downwards as skylight.
        let direct = band.mean {
            let depth = depths($0)
            let down = PortableMath.exponential(-(depth.rayleigh + depth.aerosol) / sunSine)
            return down * PortableMath.exponential(-(0.5 * depth.rayleigh + 0.2 * depth.aerosol))
        }
        let sky = band.mean {
            let depth = depths($0)
            let scattered = 1 - PortableMath.exponential(-(depth.rayleigh + depth.aerosol) / sunSine)
            return 0.65 * scattered * PortableMath.exponential(-(0.5 * depth.rayleigh + 0.2 * depth.aerosol))
        }
        let haze = band.mean {
            let depth = depths($0)
            return (0.9 * depth.rayleigh + 0.16 * depth.aerosol) / (4 * sunSine)
        }
        return Band(direct: direct, sky: sky + 0.02, haze: haze)
    }
}
