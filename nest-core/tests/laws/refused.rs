//! Values that lie outside what is declared: an error that names the field and its bound, never the value.

use nest_core::__private_v1::{
    Codec, DecodeError, EncodeError, Kind, Opened, PepField, Plaintext, Reader, Type, Writer,
};
use nest_core::prelude::*;
use nest_core::time::{Day, Hour, IsoWeek, Month, Year};
use nest_core::{Batch, Domain, EncodeFault};

use crate::kinds::*;
use crate::law::{for_bytes, session};
use crate::values::Sample;

/// What no message may hold. The number is no bound of any field.
const MARK: &str = "marked";
const MARK_NUMBER: i16 = 31337;

/// Some value of the record, to be spoilt.
fn valid<T: Sample>() -> T {
    T::sample(&mut arbitrary::Unstructured::new(&[])).unwrap()
}

fn refused<T: PepRecord>(value: &T, field: &str, fault: EncodeFault) {
    let error = value.to_pep().unwrap_err();
    assert_eq!(error.record(), T::SCHEMA.name);
    assert_eq!(error.field(), field);
    assert_eq!(error.fault(), &fault);

    let (domain, session) = (Domain::new("school").unwrap(), session());
    assert_eq!(session.seal(value).err().as_ref(), Some(&error));
    assert_eq!(Batch::seal(&domain, &session, std::slice::from_ref(value)).err().as_ref(), Some(&error));

    for text in [error.to_string(), format!("{error:?}"), fault.to_string(), format!("{fault:?}")] {
        assert!(!text.contains(MARK), "{text}");
        assert!(!text.contains(&MARK_NUMBER.to_string()), "{text}");
        assert!(!text.contains("31_337"), "{text}");
    }
    assert!(error.to_string().starts_with(&format!("field `{field}` of `{}`: ", T::SCHEMA.name)));
}

#[test]
fn a_text_over_its_bound() {
    let fault = |max_bytes| EncodeFault::TextTooLong { max_bytes };
    let texts = valid::<Texts>;
    refused(&Texts { b1: MARK.to_owned(), ..texts() }, "b1", fault(1));
    refused(&Texts { b1: "é".to_owned(), ..texts() }, "b1", fault(1));
    refused(&Texts { b15: format!("{MARK}, {}", "é".repeat(4)), ..texts() }, "b15", fault(15));
    refused(&Texts { b16: format!("{MARK} {}", "\0".repeat(10)), ..texts() }, "b16", fault(16));
    refused(&Texts { b31: "🗝".repeat(8), ..texts() }, "b31", fault(31));
    refused(&Texts { b32: "x".repeat(33), ..texts() }, "b32", fault(32));
    refused(&Texts { b47: MARK.repeat(100_000), ..texts() }, "b47", fault(47));
}

#[test]
fn a_number_out_of_its_range() {
    let fault = |min, max| EncodeFault::OutOfRange { min, max };
    let ranged = valid::<Ranged>;
    refused(&Ranged { one: 6, ..ranged() }, "one", fault(7, 7));
    refused(&Ranged { one: 8, ..ranged() }, "one", fault(7, 7));
    refused(&Ranged { a: 0, ..ranged() }, "a", fault(1, 200));
    refused(&Ranged { a: 255, ..ranged() }, "a", fault(1, 200));
    refused(&Ranged { b: MARK_NUMBER as u16, ..ranged() }, "b", fault(288, 775));
    refused(&Ranged { c: 4_000_000_001, ..ranged() }, "c", fault(0, 4_000_000_000));
    refused(&Ranged { e: -1, ..ranged() }, "e", fault(-5, -2));
    refused(&Ranged { e: i8::MIN, ..ranged() }, "e", fault(-5, -2));
    refused(&Ranged { f: MARK_NUMBER, ..ranged() }, "f", fault(-300, 300));
    refused(&Ranged { f: -MARK_NUMBER, ..ranged() }, "f", fault(-300, 300));
    refused(&Ranged { g: 0, ..ranged() }, "g", fault(i32::MIN.into(), -1));
    let bound = 9_007_199_254_740_993;
    refused(&Ranged { i: bound + 1, ..ranged() }, "i", fault(-i128::from(bound), bound.into()));
}

#[test]
fn a_decimal_out_of_its_range_or_no_number() {
    let decimals = valid::<Decimals>;
    let fault =
        |min: &str, max: &str| EncodeFault::DecimalOutOfRange { min: min.to_owned(), max: max.to_owned() };
    let mark = f64::from(MARK_NUMBER);
    refused(&Decimals { celsius: mark as f32, ..decimals() }, "celsius", fault("-40.0", "60.0"));
    refused(&Decimals { fine: -1.6, ..decimals() }, "fine", fault("-1.500", "1.500"));
    refused(&Decimals { tenths: mark / 1e5, ..decimals() }, "tenths", fault("0.1", "0.3"));
    refused(&Decimals { degrees: -mark, ..decimals() }, "degrees", fault("-180.000000", "180.000000"));
    refused(
        &Decimals { large: f64::MAX, ..decimals() },
        "large",
        fault("-1000000000000000", "1000000000000000"),
    );
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        refused(&Decimals { money: number, ..decimals() }, "money", EncodeFault::NotFinite);
        refused(&Decimals { whole: number as f32, ..decimals() }, "whole", EncodeFault::NotFinite);
    }
}

#[test]
fn a_value_that_is_reserved_for_absence() {
    let absences = valid::<Absences>;
    refused(&Absences { k: Some(String::new()), ..absences() }, "k", EncodeFault::Reserved);
    refused(&Absences { l: Some("n/a".to_owned()), ..absences() }, "l", EncodeFault::Reserved);
    refused(&Absences { m: Some("\0".repeat(16)), ..absences() }, "m", EncodeFault::Reserved);
    // Numbers that stand for absence lie outside the range, and are refused as what they are.
    let out = |min, max| EncodeFault::OutOfRange { min, max };
    refused(&Absences { a: Some(255), ..absences() }, "a", out(0, 254));
    refused(&Absences { b: Some(0), ..absences() }, "b", out(288, 775));
    refused(&Absences { d: Some(u64::MAX), ..absences() }, "d", out(0, u64::MAX as i128 - 1));
    refused(&Absences { e: Some(-128), ..absences() }, "e", out(-127, 127));
    refused(&Absences { f: Some(11), ..absences() }, "f", out(-10, 10));
    refused(&Absences { g: Some(0), ..absences() }, "g", out(-9, -1));
    refused(&Absences { h: Some(i64::MIN), ..absences() }, "h", out(i64::MIN as i128 + 1, i64::MAX as i128));
}

#[test]
fn a_list_with_too_many_items() {
    let fault = |max_len| EncodeFault::TooManyItems { max_len };
    let lists = valid::<Lists>;
    refused(&Lists { numbers: vec![2000; 5], ..lists() }, "numbers", fault(4));
    refused(&Lists { flags: vec![true; 1000], ..lists() }, "flags", fault(1));
    refused(&Lists { short: vec![MARK.to_owned(); 4], ..lists() }, "short", fault(3));
    let combined = valid::<Combined>;
    refused(&Combined { both: [vec![], vec![MARK.to_owned(); 3]], ..combined() }, "both[1]", fault(2));
}

#[test]
fn a_time_out_of_its_range() {
    let times = valid::<Times>;
    let refused = |value: Times, field: &str| {
        let error = value.to_pep().unwrap_err();
        assert_eq!(error.field(), field);
        assert_ne!(error.fault(), &EncodeFault::Mismatch);
    };
    refused(Times { year: Year::from_count(10_000), ..times() }, "year");
    refused(Times { year: Year::from_count(-1), ..times() }, "year");
    refused(Times { month: "1969-11".parse().unwrap(), ..times() }, "month");
    refused(Times { week: "2021-W01".parse().unwrap(), ..times() }, "week");
    refused(Times { day: "2000-03-01".parse().unwrap(), ..times() }, "day");
    refused(Times { hour: "1970-01-01T01".parse().unwrap(), ..times() }, "hour");
    // The count that stands for absence.
    refused(Times { last_day: Some(Day::from_count(i64::MAX)), ..times() }, "last_day");
    let month = Month::from_count(i64::MIN);
    refused(Times { months: vec![None, Some(month)], ..times() }, "months[1]");
}

/// What is declared as a time is bounded by times, so the message says times.
#[test]
fn a_time_out_of_its_range_hears_the_declared_bounds() {
    let month = "2036-01".parse().unwrap();
    let error = Times { month, ..valid() }.to_pep().unwrap_err().to_string();
    assert!(error.contains("1969-12") && error.contains("2035-12"), "{error}");
    assert!(!error.contains("2036-01"));
}

#[test]
fn the_path_leads_to_the_value_wherever_it_is() {
    let text = |max_bytes| EncodeFault::TextTooLong { max_bytes };
    let range = |min, max| EncodeFault::OutOfRange { min, max };
    let marked = || MARK.repeat(3);
    let lists = Lists { numbers: vec![6, 5, 4], ..valid() };
    refused(&lists, "numbers[2]", range(5, 2000));
    let arrays = Arrays { long: [String::new(), marked()], ..valid() };
    refused(&arrays, "long[1]", text(16));
    let combined = Combined { pairs: vec![[1, 1], [1, 0]], ..valid() };
    refused(&combined, "pairs[1][1]", range(1, 255));
    let inner = |marks| Inner { marks, passed: None };
    let years = Years { inner: [inner(vec![]), inner(vec![9, 10])], year: 0 };
    let history = History { years: vec![Years { inner: [inner(vec![]), inner(vec![])], year: 0 }, years] };
    refused(&Nested { history, ..valid() }, "history.years[1].inner[1].marks[1]", range(0, 9));
    let visit = Visit { doctor: Pseudonym::random(), reason: marked() };
    let people = People { visits: vec![visit.clone(), visit], ..valid() };
    refused(&people, "visits[0].reason", text(16));
    let grid = Grid::<Labels, Inner, 2> { picked: vec![0, 3], ..valid() };
    refused(&grid, "picked[1]", range(0, 2));
}

#[test]
fn a_variant_names_its_fields() {
    let range = EncodeFault::OutOfRange { min: 1, max: 100 };
    let available = Outcome::Available { score: 0, remark: String::new(), teacher: Pseudonym::random() };
    refused(&available, "score", range.clone());
    let letters = vec![MARK.to_owned()];
    let other = Outcome::Refused { by: Pseudonym::random(), reason: Weekday::Monday, letters };
    refused(&other, "letters[0]", EncodeFault::TextTooLong { max_bytes: 1 });
    refused(&Maybe::Just { value: available }, "value.score", range);
}

/// No number is encoded that its range does not hold, and none is refused that it does.
#[test]
fn exactly_the_numbers_in_range_are_encoded() {
    for_bytes(300, &|bytes| {
        let number: i64 = match bytes.arbitrary().unwrap() {
            false => bytes.int_in_range(-600..=4_000_000_300).unwrap(),
            true => bytes.arbitrary().unwrap(),
        };
        let is_encoded = |value: Ranged| value.to_pep().is_ok();
        let (valid, number) = (valid::<Ranged>, number);
        if let Ok(c) = number.try_into() {
            assert_eq!(is_encoded(Ranged { c, ..valid() }), c <= 4_000_000_000, "{c}");
        }
        if let Ok(f) = number.try_into() {
            assert_eq!(is_encoded(Ranged { f, ..valid() }), (-300..=300).contains(&f), "{f}");
        }
        if let Ok(g) = number.try_into() {
            assert_eq!(is_encoded(Ranged { g, ..valid() }), g < 0, "{g}");
        }
        assert!(is_encoded(Ranged { h: number, d: number as u64, ..valid() }), "{number}");
        Ok(())
    });
}

/// Any count at all can be shown: what is shown in a log is not always what is valid.
#[test]
fn a_time_of_any_count_can_be_shown() {
    for count in [i64::MIN, i64::MIN / 7 - 1, -1, 0, i64::MAX / 7 + 1, i64::MAX - 3, i64::MAX] {
        let _ = Year::from_count(count).to_string();
        let _ = Month::from_count(count).to_string();
        let _ = IsoWeek::from_count(count).to_string();
        let _ = Day::from_count(count).to_string();
        let _ = Hour::from_count(count).to_string();
        let _ = IsoWeek::from_unix_seconds(count).to_string();
    }
}

/// A type that says it is a flag, and is a list of flags as long as it likes: what somebody wrote by hand.
struct Tally(usize);

impl Codec for Tally {
    const KIND: Kind = Kind::Bool;

    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        (0..self.0).try_for_each(|_| true.encode(ty, out))
    }

    fn decode(_: &[Opened], _: &Type) -> Result<Self, DecodeError> {
        Ok(Self(1))
    }
}

impl<D> PepField<D> for Tally {
    const TYPE: Type = Type::Bool;
    const KIND: Kind = Kind::Bool;

    fn put(&self, fields: &mut Writer) -> Result<(), EncodeError> {
        fields.put(self)
    }

    fn take(fields: &mut Reader<'_>) -> Result<Self, DecodeError> {
        fields.take()
    }
}

#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Tallied {
    absences: Tally,
}

#[test]
fn a_codec_by_hand_that_breaks_the_shape_is_not_sealed() {
    let (domain, session) = (Domain::new("school").unwrap(), session());
    assert!(session.seal(&Tallied { absences: Tally(1) }).is_ok());
    for other in [0, 2, 9] {
        let record = Tallied { absences: Tally(other) };
        assert_eq!(session.seal(&record).unwrap_err().fault(), &EncodeFault::Mismatch);
        assert_eq!(session.seal(&record).unwrap_err().record(), "Tallied");
        assert!(Batch::seal(&domain, &session, &[record]).is_err());
    }
}
