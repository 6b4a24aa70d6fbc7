//! The fingerprint of a shape changes with whatever shows on the wire, and with nothing else.

use std::collections::HashSet;

use nest_core::Fingerprint;
use nest_core::prelude::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use crate::kinds::*;

/// A record of every kind of value, in an order that is not that of the alphabet.
#[derive(PepRecord)]
#[pep(max_blocks = 20, max_bits = 461)]
#[allow(dead_code)]
struct Every {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=9, absent = 10)]
    score: Option<u8>,
    here: bool,
    #[pep(max_bytes = 15)]
    short: String,
    #[pep(max_bytes = 40)]
    long: String,
    pair: [bool; 2],
    #[pep(max_len = 3)]
    list: Vec<bool>,
    inner: Counted,
}

/// The bytes that are hashed, put together by hand.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(mut self, number: u64) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    fn text(self, text: &str) -> Self {
        let mut bytes = self.number(text.len() as u64);
        bytes.0.extend(text.as_bytes());
        bytes
    }

    fn fingerprint(&self) -> String {
        Sha256::digest(&self.0)[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What is stored and sent by this version must be known again by the next.
#[test]
fn a_declaration_has_the_fingerprint_that_the_format_says() {
    let counted = |bytes: Bytes| {
        let bytes = bytes.text("Object").number(2).text("count").text("Number").number(1);
        bytes.text("items").text("Array").number(1).text("Bool").number(1)
    };
    let start = || Bytes::default().text("nest shape 1");
    let every = start().text("Object").number(8);
    let every = every.text("who").text("Pseudonym").number(1);
    let every = every.text("score").text("Number").number(1);
    let every = every.text("here").text("Bool").number(1);
    let every = every.text("short").text("String").number(1);
    let every = every.text("long").text("LongString").number(3);
    let every = every.text("pair").text("Array").number(2).text("Bool").number(1);
    let every = every.text("list").text("Object").number(2).text("count").text("Number").number(1);
    let every = every.text("items").text("Array").number(3).text("Bool").number(1);
    let every = counted(every.text("inner"));
    let fingerprint = Every::SCHEMA.shape_fingerprint();
    assert_eq!(fingerprint.to_string(), every.fingerprint());
    assert_eq!(fingerprint.to_string(), "0dc5ad2ae6f43ee75b1af59269382d8f");
    assert_eq!(Counted::SCHEMA.shape_fingerprint().to_string(), counted(start()).fingerprint());
    assert_eq!(Counted::SCHEMA.shape_fingerprint().to_string(), "d77910df337052ac11b63520b402056b");
}

/// The fingerprint of a record with these fields.
macro_rules! shape {
    ($($fields:tt)*) => {{
        #[derive(PepRecord)]
        #[pep(max_blocks = 64, max_bits = 408)]
        #[allow(dead_code)]
        struct Shape { $($fields)* }
        Shape::SCHEMA.shape_fingerprint()
    }};
}

#[test]
fn whatever_shows_on_the_wire_changes_it() {
    let all = [
        shape! { one: bool, two: bool, #[pep(max_bytes = 15)] text: String },
        // Renamed, moved, taken away, put in.
        shape! { one: bool, other: bool, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, #[pep(rename = "three")] two: bool, #[pep(max_bytes = 15)] text: String },
        shape! { two: bool, one: bool, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, #[pep(max_bytes = 15)] text: String, two: bool },
        shape! { one: bool, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, two: bool, three: bool, #[pep(max_bytes = 15)] text: String },
        // Another kind in as many blocks.
        shape! { one: bool, two: u8, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, #[pep(pseudonym)] two: Pseudonym, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, #[pep(max_bytes = 15)] two: String, #[pep(max_bytes = 15)] text: String },
        // Another number of blocks or items.
        shape! { one: bool, two: bool, #[pep(max_bytes = 16)] text: String },
        shape! { one: bool, two: bool, #[pep(max_bytes = 32)] text: String },
        shape! { one: bool, two: [bool; 1], #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, two: [bool; 2], #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, two: [u8; 2], #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, #[pep(max_len = 1)] two: Vec<bool>, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, #[pep(max_len = 2)] two: Vec<bool>, #[pep(max_bytes = 15)] text: String },
        // What lies within what.
        shape! { one: bool, two: One, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, two: Other, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, two: Outer, #[pep(max_bytes = 15)] text: String },
        shape! { one: bool, two: [One; 1], #[pep(max_bytes = 15)] text: String },
    ];
    assert_eq!(HashSet::from(all).len(), all.len(), "{all:#?}");
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
#[allow(dead_code)]
struct One {
    one: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
#[allow(dead_code)]
struct Other {
    other: bool,
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
#[allow(dead_code)]
struct Outer {
    one: One,
}

#[derive(PepEnum)]
#[allow(dead_code)]
enum Two {
    This,
    That,
}

#[derive(PepEnum)]
#[allow(dead_code)]
enum Three {
    This,
    #[pep(code = 7, rename = "the other")]
    That,
    Neither,
}

#[test]
fn nothing_else_changes_it() {
    /// With words about it.
    #[derive(PepRecord)]
    #[pep(activity = "walk", max_blocks = 30, max_bits = 501, version = 3)]
    #[allow(dead_code)]
    struct Documented {
        /// Of what.
        #[pep(range = 0..=1)]
        number: u8,
        #[pep(max_bytes = 15)]
        text: String,
        #[pep(max_bytes = 47)]
        long: String,
        #[pep(max_len = 2)]
        #[pep(range = 5..=6)]
        list: Vec<u8>,
    }
    let all = [
        shape! {
            #[pep(range = 0..=9)] number: u8, #[pep(max_bytes = 15)] text: String,
            #[pep(max_bytes = 32)] long: String, #[pep(max_len = 2)] list: Vec<u8>,
        },
        Documented::SCHEMA.shape_fingerprint(),
        // All of these are numbers on the wire; what may be absent has the shape of what is there.
        shape! {
            number: Two, #[pep(max_bytes = 1)] text: String,
            #[pep(max_bytes = 40, absent = "-")] long: Option<String>, #[pep(max_len = 2)] list: Vec<Three>,
        },
        shape! {
            number: Three, #[pep(max_bytes = 3, absent = "-")] text: Option<String>,
            #[pep(max_bytes = 32)] long: String, #[pep(max_len = 2, absent)] list: Vec<Option<Two>>,
        },
        shape! {
            #[pep(decimals = 1, range = 0.0..=1.0)] number: f64, #[pep(rename = "text", max_bytes = 15)] other: String,
            #[pep(max_bytes = 32)] long: String, #[pep(max_len = 2, range = "2020-01"..="2035-12")] list: Vec<nest_core::time::Month>,
        },
        // A list is an object of a count and its items.
        shape! {
            number: u8, #[pep(max_bytes = 15)] text: String, #[pep(max_bytes = 32)] long: String, list: Numbers,
        },
    ];
    assert_eq!(HashSet::from(all).len(), 1, "{all:#?}");
}

#[derive(PepRecord)]
#[pep(max_blocks = 3)]
#[allow(dead_code)]
struct Numbers {
    count: u8,
    items: [u8; 2],
}

fn differs_from_all_others<T: PepRecord>() {
    let own = T::SCHEMA.shape_fingerprint();
    let mut same = 0;
    macro_rules! count {
        ($($record:ty),+) => { $(same += usize::from(<$record>::SCHEMA.shape_fingerprint() == own);)+ };
    }
    count! {
        Assessment, Plain, Ranged, Decimals, Texts, Labels, Absences, Arrays, Lists, Combined, People, Nested, Names,
        Times, Survey, Outcome, History<People>, Grid<Labels, Inner, 2>, Maybe<Outcome>
    }
    assert_eq!(same, 1);
}

every_record!(differs_from_all_others);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_fingerprint_has_one_text(digits in "[0-9a-f]{32}", text in "[0-9a-gA-F+ ]{30,34}", other in "\\PC{0,40}") {
        let fingerprint: Fingerprint = digits.parse().unwrap();
        prop_assert_eq!(fingerprint.to_string(), digits.clone());
        prop_assert_eq!(format!("{fingerprint:?}"), format!("Fingerprint({digits})"));
        let json = serde_json::to_string(&fingerprint).unwrap();
        prop_assert_eq!(&json, &format!("\"{digits}\""));
        prop_assert_eq!(serde_json::from_str::<Fingerprint>(&json).unwrap(), fingerprint);
        for text in [text, other, digits[1..].to_owned(), format!("{digits}0")] {
            if let Ok(fingerprint) = text.parse::<Fingerprint>() {
                prop_assert_eq!(fingerprint.to_string(), text);
            }
        }
    }
}

#[test]
fn what_is_no_fingerprint_is_not_repeated() {
    for json in [r#""marked""#, "31337", r#"["marked"]"#, r#"{"marked":1}"#, "null"] {
        let error = serde_json::from_str::<Fingerprint>(json).unwrap_err().to_string();
        assert!(!error.contains("marked") && !error.contains("31337"), "{error}");
    }
}
