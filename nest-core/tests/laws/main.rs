//! The laws of the toolkit, over records of every kind of field: one shape, nothing lost, nothing told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

/// A test of the named law for each of the records.
macro_rules! every_record {
    ($law:ident) => {
        every_record! { $law:
            assessment: Assessment, plain: Plain, ranged: Ranged, decimals: Decimals, texts: Texts,
            labels: Labels, absences: Absences, arrays: Arrays, lists: Lists, combined: Combined,
            people: People, nested: Nested, names: Names, times: Times, survey: Survey, outcome: Outcome, generic: History<People>,
            generic_in_a_number: Grid<Labels, Inner, 2>, generic_enum: Maybe<Outcome>,
        }
    };
    ($law:ident: $($name:ident: $record:ty),+ $(,)?) => {
        mod $law {
            use crate::kinds::*;

            $(
                #[test]
                fn $name() {
                    super::$law::<$record>();
                }
            )+
        }
    };
}

mod ciphers;
mod forged;
mod hostile;
mod kinds;
mod law;
mod mutate;
mod values;

mod batches;
mod by_schema;
#[macro_use]
mod crossed;
mod fingerprints;
mod floats;
mod opened;
mod pooled;
mod received;
mod refused;
mod shape;
mod shuffled;
mod silent;
mod streamed;
mod transcrypted;
mod wire;
