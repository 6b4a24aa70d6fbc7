//! A crate whose author wants to hear of everything.

#![deny(warnings, missing_docs)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery, clippy::unwrap_used, clippy::indexing_slicing)]
#![deny(future_incompatible, nonstandard_style, rust_2018_idioms, rust_2021_compatibility, unused)]
#![deny(
    ambiguous_negative_literals,
    closure_returning_async_block,
    deprecated_safe_2024,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    ffi_unwind_calls,
    keyword_idents,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_abi,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_unsafe_on_extern,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unsafe_code,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![allow(unused_crate_dependencies)]
#![forbid(unsafe_op_in_unsafe_fn)]

use nest_core::prelude::*;
use nest_core::time::Month;

/// Labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PepEnum)]
enum Reason {
    /// One.
    #[pep(code = 3)]
    Ill,
    /// Two.
    Moved,
}

/// A record with every attribute.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "assessment", version = 2, max_blocks = (13), max_bits = 400, kind = "record")]
struct Note {
    /// Who.
    #[pep(pseudonym)]
    pupil: Pseudonym,
    /// A whole number.
    #[pep(range = (0)..=(100), absent = (101))]
    score: Option<u8>,
    /// A wide number.
    #[pep(range = -5_i64..=1_000_000, rename = "points")]
    wide: i64,
    /// A decimal number.
    #[pep(decimals = 1, range = 35.0..=43.0)]
    celsius: f32,
    /// A text.
    #[pep(max_bytes = 15)]
    remark: String,
    /// A list.
    #[pep(max_len = 2, absent)]
    answers: Vec<Option<bool>>,
    /// A time.
    #[pep(range = "2020-01"..="2035-12")]
    month: Month,
    /// An identifier.
    #[pep(range = 0..=999_999, allow(global_identifier, reason = "drawn anew for this study"))]
    study_id: u32,
    /// What came of it.
    outcome: Outcome<Inner>,
}

/// A record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PepRecord)]
#[pep(max_blocks = 1)]
struct Inner {
    /// Why.
    reason: Reason,
}

/// An enum with data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PepRecord)]
#[pep(max_blocks = 2 + T::BLOCKS)]
enum Outcome<T: PepRecord> {
    /// It is done.
    Done {
        /// How well.
        score: u8,
    },
    /// It is refused.
    Refused {
        /// Why.
        inner: T,
    },
    /// It is not done.
    NotYet,
}

nest_core::same_shape!(Note, Note);

fn main() {
    let note = Note {
        pupil: Pseudonym::random(),
        score: Some(100),
        wide: -5,
        celsius: 36.6,
        remark: "ill".to_owned(),
        answers: vec![Some(true), None],
        month: Month::from_unix_seconds(1_700_000_000),
        study_id: 7,
        outcome: Outcome::Refused { inner: Inner { reason: Reason::Moved } },
    };
    let back = note.to_pep().ok().and_then(|pep| Note::from_pep(&pep).ok());
    assert_eq!(back, Some(note));
    let others: [Outcome<Inner>; 2] = [Outcome::Done { score: 1 }, Outcome::NotYet];
    assert!(others.iter().all(|outcome| outcome.to_pep().is_ok()));
    assert_eq!(Reason::Ill.code(), 3);
}
