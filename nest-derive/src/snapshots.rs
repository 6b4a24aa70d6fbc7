//! What the derives write, for a handful of declarations, against the files of `tests/expand`.
//!
//! Each file there is the pretty-printed output for the declaration of the same name below. After a change that
//! is meant, `NEST_BLESS=1 cargo test -p nest-derive snapshots` writes them anew; read the difference before you
//! commit it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::{env, fs};

use proc_macro2::TokenStream;
use syn::{DeriveInput, parse_quote};

use crate::{labels, record};

/// Compares what was written with the file, or writes the file.
fn check(name: &str, input: &DeriveInput, derive: impl Fn(&DeriveInput) -> TokenStream) {
    let output = prettyplease::unparse(&syn::parse2(derive(input)).unwrap());
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/expand").join(name).with_extension("rs");
    if env::var_os("NEST_BLESS").is_some() {
        fs::write(&path, &output).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        expected == output,
        "tests/expand/{name}.rs is not what the derive writes; it writes:\n\n{output}\n\
         If that is meant, set NEST_BLESS=1 to write the file anew."
    );
}

#[test]
fn a_plain_record() {
    let input = parse_quote! {
        /// One answer.
        #[pep(max_blocks = 2)]
        struct Answer {
            #[pep(pseudonym)]
            pupil: Pseudonym,
            /// Whether it was right.
            right: bool,
        }
    };
    check("plain", &input, record);
}

#[test]
fn a_record_with_every_attribute() {
    let input = parse_quote! {
        #[pep(
            activity = "assessment",
            version = 2,
            kind = "progress",
            max_blocks = LIMIT,
            max_bits = 400,
            crate = "renamed::nest_core"
        )]
        struct Assessment {
            #[pep(pseudonym, rename = "pupil")]
            r#who: Pseudonym,
            #[pep(range = 288..=775, absent = 0)]
            reading: Option<u16>,
            #[pep(decimals = 1, range = -40.0..=60.0, absent = 99.0)]
            celsius: Option<f32>,
            #[pep(max_len = 3, max_bytes = 15, absent = "-")]
            remarks: Vec<Option<String>>,
            #[pep(range = "2020-01"..="2035-12")]
            month: Month,
            #[pep(range = 0..=999_999, allow(global_identifier, reason = "drawn anew"))]
            study_id: u32,
            #[pep(range = 0..=86_399, allow(precise_time, reason = "a pace"), allow(progress, reason = "the same"))]
            time: u32,
        }
    };
    check("every_attribute", &input, record);
}

#[test]
fn an_enum_with_data() {
    let input = parse_quote! {
        #[pep(max_blocks = 4)]
        enum Outcome {
            Done {
                #[pep(range = 0..=100)]
                score: u8,
                aide: bool,
            },
            #[pep(rename = "guessed", code = 9)]
            Estimated {
                #[pep(range = 0..=100, rename = "score")]
                guess: u8,
            },
            NotYet,
        }
    };
    check("enum_with_data", &input, record);
}

#[test]
fn an_enum_of_labels() {
    let input = parse_quote! {
        /// Why not.
        enum Reason {
            Ill,
            /// To another school.
            #[pep(code = 7, rename = "moved away")]
            Moved,
            Other,
        }
    };
    check("labels", &input, labels);
}

#[test]
fn a_generic_record() {
    let input = parse_quote! {
        #[pep(max_blocks = 1 + N * T::BLOCKS)]
        struct History<T: PepRecord + Clone = Answer, const N: usize>
        where
            T: PartialEq,
        {
            done: bool,
            years: [T; N],
        }
    };
    check("generic", &input, record);
}

#[test]
fn a_faulty_record() {
    let input = parse_quote! {
        #[pep(max_blocks = 4)]
        struct Note {
            remark: String,
            #[pep(rang = 0..=10)]
            score: u8,
            #[pep(range = 0..=10)]
            sound: u8,
        }
    };
    check("faulty_record", &input, record);
}

#[test]
fn a_faulty_enum_of_labels() {
    let input = parse_quote! {
        enum Reason {
            Ill,
            Moved { to: u8 },
        }
    };
    check("faulty_labels", &input, labels);
}
