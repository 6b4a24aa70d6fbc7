//! Numbers with decimals: what comes back is the nearest number on the grid, and stays what it is.

use std::fmt::Debug;
use std::ops::RangeInclusive;

use libpep::data::json::PEPJSONValue;
use nest_core::prelude::*;
use nest_core::schema::Type;
use nest_core::{DecodeFault, EncodeFault};
use proptest::prelude::*;

use crate::hostile::{number_block, object};
use crate::law::for_bytes;
use crate::values::{at, whole};

/// A record of one number, and how to get at the number.
pub(crate) trait Number: PepRecord + Debug + PartialEq {
    /// The distance between 1 and the next number of the type.
    const EPSILON: f64;

    fn new(number: f64) -> Self;

    fn number(&self) -> f64;

    /// The bounds in steps, and the number of decimals.
    fn grid() -> (RangeInclusive<i64>, u8) {
        match Self::SCHEMA.fields[0].ty {
            Type::Decimal { min, max, decimals } => (min..=max, decimals),
            _ => unreachable!(),
        }
    }
}

macro_rules! numbers {
    ($($name:ident: $float:ty, $decimals:literal, $range:expr $(, $rule:ident)*;)*) => {$(
        #[derive(Debug, Clone, PartialEq, nest_core::PepRecord)]
        #[pep(max_blocks = 1)]
        struct $name {
            #[pep(decimals = $decimals, range = $range $(, allow($rule, reason = "as wide as it gets"))*)]
            number: $float,
        }

        impl Number for $name {
            const EPSILON: f64 = <$float>::EPSILON as f64;

            fn new(number: f64) -> Self {
                Self { number: number as $float }
            }

            fn number(&self) -> f64 {
                f64::from(self.number)
            }
        }
    )*};
}

numbers! {
    Celsius: f32, 1, -40.0..=60.0;
    Tenths: f64, 1, 0.1..=0.3;
    Degrees: f64, 6, -180.0..=180.0;
    Ratio: f64, 12, 0.0..=1.0;
    // At the most steps that are exact in every number of decimals.
    Whole: f64, 0, -2_251_799_813_685_248.0..=2_251_799_813_685_248.0, global_identifier;
    Cents: f64, 2, 0.0..=22_517_998_136_852.48, global_identifier;
    Pico: f64, 12, -2_251.799_813_685_248..=2_251.799_813_685_248, global_identifier;
    // Finer than a number of 32 bits can be.
    NarrowRatio: f32, 12, 0.0..=0.1;
    NarrowCents: f32, 2, 0.0..=1_000_000.0;
    NarrowWhole: f32, 0, -16_777_217.0..=16_777_217.0;
}

/// Everything that is asked of a number within its bounds.
pub(crate) fn a_number_comes_back_as_the_nearest_on_the_grid<T: Number>() {
    let (bounds, decimals) = T::grid();
    let (min, max) = (at(*bounds.start(), decimals), at(*bounds.end(), decimals));
    for_bytes(250, &|bytes| {
        let on_grid = bytes.arbitrary().unwrap();
        let number = match on_grid {
            true => at(whole(bytes, bounds.clone()).unwrap(), decimals),
            false => min + (max - min) * f64::from(bytes.arbitrary::<u32>().unwrap()) / f64::from(u32::MAX),
        }
        .clamp(min, max);
        let value = T::new(number);
        let encoded = value.to_pep();
        prop_assert!(encoded.is_ok(), "{value:?}: {encoded:?}");
        let decoded = T::from_pep(encoded.as_ref().unwrap());
        prop_assert!(decoded.is_ok(), "{value:?}: {decoded:?}");
        let decoded = decoded.unwrap();
        // Half a step, and what the type cannot tell apart.
        let slack = at(1, decimals) * 0.5 + number.abs() * T::EPSILON;
        prop_assert!(
            (decoded.number() - value.number()).abs() <= slack,
            "{value:?} came back as {decoded:?}"
        );
        prop_assert!(!on_grid || decoded == value, "{value:?} came back as {decoded:?}");
        prop_assert!(!decoded.number().is_sign_negative() || decoded.number() < 0.0, "a negative zero");
        // What came back is on the grid: it encodes to the same block, and comes back as itself.
        prop_assert!(decoded.to_pep() == encoded, "{decoded:?} encodes otherwise");
        prop_assert_eq!(T::from_pep(&encoded.unwrap()), Ok(decoded));
        Ok(())
    });
}

/// Everything that is asked of a number that is received, on the grid or beside it.
fn a_number_that_is_accepted_has_one_encoding<T: Number>() {
    let (bounds, decimals) = T::grid();
    let (min, max) = (at(*bounds.start(), decimals), at(*bounds.end(), decimals));
    for_bytes(250, &|bytes| {
        let number = match bytes.int_in_range(0..=5).unwrap() {
            0..=3 => at(whole(bytes, bounds.clone()).unwrap(), decimals),
            4 => min + (max - min) * f64::from(bytes.arbitrary::<u16>().unwrap()) / 65535.0,
            _ => bytes.arbitrary().unwrap(),
        };
        let received = object([("number", number_block(2, number.to_bits()))]);
        if let Ok(value) = T::from_pep(&received) {
            prop_assert!(value.to_pep() == Ok(received), "{value:?} was read from {number}");
        }
        Ok(())
    });
}

macro_rules! every_number {
    ($($name:ident: $number:ident),* $(,)?) => {
        mod comes_back {
            $(
                #[test]
                fn $name() {
                    super::a_number_comes_back_as_the_nearest_on_the_grid::<super::$number>();
                }
            )*
        }

        mod has_one_encoding {
            $(
                #[test]
                fn $name() {
                    super::a_number_that_is_accepted_has_one_encoding::<super::$number>();
                }
            )*
        }
    };
}

every_number! {
    celsius: Celsius, tenths: Tenths, degrees: Degrees, ratio: Ratio, whole: Whole, cents: Cents, pico: Pico,
    narrow_ratio: NarrowRatio, narrow_cents: NarrowCents, narrow_whole: NarrowWhole,
}

#[test]
fn a_number_beside_the_grid_is_rounded_and_one_beside_its_bounds_refused() {
    let celsius = |number| Celsius { number }.to_pep();
    for (number, rounded) in [(21.34, 21.3), (-0.04, 0.0), (-0.0, 0.0), (59.98, 60.0), (-39.96, -40.0)] {
        assert_eq!(celsius(number), celsius(rounded), "{number}");
    }
    for number in [60.000_004, 61.0, -40.000_004, f32::MAX, f32::MIN] {
        let error = celsius(number).unwrap_err();
        let bounds = EncodeFault::DecimalOutOfRange { min: "-40.0".to_owned(), max: "60.0".to_owned() };
        assert_eq!(error.fault(), &bounds, "{number}");
    }
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(celsius(number).unwrap_err().fault(), &EncodeFault::NotFinite, "{number}");
    }
}

#[test]
fn a_number_beside_the_grid_is_not_read() {
    let read = |tag, bits| {
        Celsius::from_pep(&object([("number", number_block(tag, bits))]))
            .map_err(|error| error.fault().clone())
    };
    let float = |number: f64| read(2, number.to_bits());
    assert_eq!(float(21.3), Ok(Celsius { number: 21.3 }));
    assert_eq!(float(0.0), Ok(Celsius { number: 0.0 }));
    for number in [-0.0, 21.35, f64::from(21.3_f32), 21.3 + 4e-15, 5e-324] {
        assert_eq!(float(number), Err(DecodeFault::OffGrid), "{number}");
    }
    for number in [60.1, -40.1] {
        assert_eq!(float(number), Err(DecodeFault::OutOfRange), "{number}");
    }
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(float(number), Err(DecodeFault::Number), "{number}");
    }
    assert_eq!(read(0, 21), Err(DecodeFault::Number), "a whole number is not one with decimals");
}

/// A number is read as a `serde_json` number by libpep, which the platform's other clients use.
#[test]
fn libpep_reads_the_number_on_the_grid() {
    let plain: PEPJSONValue = Tenths { number: 0.1 + 0.2 - 1e-9 }.to_pep().unwrap();
    assert_eq!(plain.to_value().unwrap(), serde_json::json!({ "number": 0.3 }));
}
