//! Units: which can be converted into which, exactly.
//!
//! The secondary units of RFC 8798, which RFC 9100 lets a pack use: each is a primary unit times a factor, plus an
//! offset for one of them.

use super::decimal::Decimal;

/// A secondary unit: the primary unit, and the factor to it as a fraction.
struct Secondary {
    unit: &'static str,
    primary: &'static str,
    numerator: i128,
    denominator: i128,
    offset: i128,
}

const fn times(unit: &'static str, primary: &'static str, numerator: i128, denominator: i128) -> Secondary {
    Secondary { unit, primary, numerator, denominator, offset: 0 }
}

const SECONDARY: [Secondary; 36] = [
    times("ms", "s", 1, 1_000),
    times("min", "s", 60, 1),
    times("h", "s", 3_600, 1),
    times("MHz", "Hz", 1_000_000, 1),
    times("kW", "W", 1_000, 1),
    times("kVA", "VA", 1_000, 1),
    times("kvar", "var", 1_000, 1),
    times("Ah", "C", 3_600, 1),
    times("Wh", "J", 3_600, 1),
    times("kWh", "J", 3_600_000, 1),
    times("varh", "vars", 3_600, 1),
    times("kvarh", "vars", 3_600_000, 1),
    times("kVAh", "VAs", 3_600_000, 1),
    times("Wh/km", "J/m", 18, 5),
    times("KiB", "B", 1_024, 1),
    times("GB", "B", 1_000_000_000, 1),
    times("Mbit/s", "bit/s", 1_000_000, 1),
    times("B/s", "bit/s", 8, 1),
    times("MB/s", "bit/s", 8_000_000, 1),
    times("mV", "V", 1, 1_000),
    times("mA", "A", 1, 1_000),
    Secondary { unit: "dBm", primary: "dBW", numerator: 1, denominator: 1, offset: -30 },
    times("ug/m3", "kg/m3", 1, 1_000_000_000),
    times("mm/h", "m/s", 1, 3_600_000),
    times("m/h", "m/s", 1, 3_600),
    times("ppm", "/", 1, 1_000_000),
    times("/100", "/", 1, 100),
    times("/1000", "/", 1, 1_000),
    times("hPa", "Pa", 100, 1),
    times("mm", "m", 1, 1_000),
    times("cm", "m", 1, 100),
    times("km", "m", 1_000, 1),
    times("km/h", "m/s", 5, 18),
    // Not secondary units of the registry, but "not recommended" ones of RFC 8428 that mean the same.
    times("g", "kg", 1, 1_000),
    times("l", "m3", 1, 1_000),
    times("%", "/", 1, 100),
];

/// The primary unit of a unit, with how to get there.
fn primary(unit: &str) -> (&str, i128, i128, i128) {
    match SECONDARY.iter().find(|secondary| secondary.unit == unit) {
        Some(known) => (known.primary, known.numerator, known.denominator, known.offset),
        None => (unit, 1, 1, 0),
    }
}

/// Whether a unit of the registry is a secondary one, which a pack may use only if its version says so.
pub(super) fn is_secondary(unit: &str) -> bool {
    !matches!(unit, "g" | "l" | "%") && SECONDARY.iter().any(|secondary| secondary.unit == unit)
}

/// Whether values in one unit can be converted to the other.
///
/// ```
/// use nest_market::senml::convertible;
///
/// assert!(convertible("kWh", "J") && convertible("km/h", "m/s") && convertible("lx", "lx"));
/// assert!(!convertible("%RH", "Cel"));
/// ```
pub fn convertible(from: &str, to: &str) -> bool {
    primary(from).0 == primary(to).0
}

/// A value in another unit, as a fraction: `digits · numerator / denominator`, exactly. None where the units do not fit
/// together or the numbers get too large.
pub(super) fn convert(value: Decimal, from: &str, to: &str) -> Option<(i128, i128)> {
    let (from_primary, from_numerator, from_denominator, from_offset) = primary(from);
    let (to_primary, to_numerator, to_denominator, to_offset) = primary(to);
    if from_primary != to_primary {
        return None;
    }
    let (digits, scale) = value.fraction()?;
    // (value · n / d + offset − other offset) · d' / n'
    let offset = (from_offset - to_offset).checked_mul(scale)?.checked_mul(from_denominator)?;
    let numerator = digits.checked_mul(from_numerator)?.checked_add(offset)?.checked_mul(to_denominator)?;
    let denominator = scale.checked_mul(from_denominator)?.checked_mul(to_numerator)?;
    Some((numerator, denominator))
}
