/// The checksums of 32 bits: Castagnoli's polynomial, as TFRecord files use it, and that of zip and PNG.
enum Checksum {
    /// Castagnoli's (RFC 3720), reflected.
    static func castagnoli(_ bytes: some Sequence<UInt8>) -> UInt32 { sum(bytes, castagnoliTable) }

    /// That of PNG (ISO 3309), reflected.
    static func png(_ bytes: some Sequence<UInt8>) -> UInt32 { sum(bytes, pngTable) }

    /// Castagnoli's, turned by 15 bits and shifted, so that the sum of a text that holds sums is still a good one.
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let sum = castagnoli(bytes)
        return (sum >> 15 | sum << 17) &+ 0xa282_ead8
    }

    private static let castagnoliTable = table(0x82F6_3B78)
    private static let pngTable = table(0xEDB8_8320)

    private static func table(_ polynomial: UInt32) -> [UInt32] {
        (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ polynomial : sum >> 1 }
        }
    }

    private static func sum(_ bytes: some Sequence<UInt8>, _ table: [UInt32]) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(($0 ^ UInt32($1)) & 255)] ^ $0 >> 8 }
    }
}
