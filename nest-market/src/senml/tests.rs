use proptest::prelude::*;

use super::*;
use crate::series::Value;
use crate::testing::catalogue;

const NOW: i64 = 1_764_316_800_000;

fn rules() -> Rules {
    Rules::strict(NOW)
}

fn parse(json: &str) -> Result<Vec<Reading>, SenmlError> {
    Pack::parse(json.as_bytes(), &rules()).map(Pack::into_readings)
}

fn fault(json: &str) -> (Option<usize>, Option<String>, SenmlFault) {
    let error = parse(json).err().unwrap();
    (error.record, error.label, error.fault)
}

/// The value of a reading as a text, for comparisons.
fn number(reading: &Reading) -> (i128, i128) {
    match &reading.value {
        Some(ReadingValue::Number(number)) => number.fraction().unwrap(),
        _ => panic!("no number"),
    }
}

#[test]
fn base_fields_count_for_the_records_after_them() {
    let readings = parse(
        r#"[{"bn": "urn:dev:1:", "bt": 1.7643e9, "bu": "A", "bver": 10, "bv": 20.0, "n": "current", "t": -5, "v": 1.2},
            {"n": "current", "t": -4.5, "v": 1e-1},
            {"u": "lm", "n": "light", "v": -20},
            {"bn": "urn:dev:2:", "n": "open", "vb": true, "extra": {"deep": [1, "]"]}},
            {"n": "label", "vs": "a \"b\" \u00fc"},
            {"n": "data", "vd": "aGk"},
            {"n": "meter", "s": 12, "ut": 60}]"#,
    )
    .unwrap();
    let names: Vec<_> = readings.iter().map(|reading| reading.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "urn:dev:1:current",
            "urn:dev:1:current",
            "urn:dev:1:light",
            "urn:dev:2:open",
            "urn:dev:2:label",
            "urn:dev:2:data",
            "urn:dev:2:meter"
        ]
    );
    assert_eq!(readings[0].time, 1_764_299_995_000);
    assert_eq!(readings[1].time, 1_764_299_995_500);
    assert_eq!(number(&readings[0]), (212, 10));
    assert_eq!(number(&readings[1]), (201, 10));
    assert_eq!(number(&readings[2]).0, 0);
    assert_eq!(readings[0].unit.as_deref(), Some("A"));
    assert_eq!(readings[2].unit.as_deref(), Some("lm"));
    assert!(readings[3].value == Some(ReadingValue::Flag(true)));
    assert!(readings[4].value == Some(ReadingValue::Text("a \"b\" ü".to_owned())));
    assert!(readings[6].value.is_none() && readings[6].sum.is_some());
    // A base sum counts for every reading after it, with a sum of its own or without.
    let sums =
        parse(r#"[{"n": "x", "bs": 10, "v": 1}, {"n": "x", "v": 1, "s": 5}, {"n": "x", "s": -1}]"#).unwrap();
    let sums: Vec<_> = sums.iter().map(|reading| reading.sum.unwrap().fraction().unwrap().0).collect();
    assert_eq!(sums, [10, 15, 9]);
}

#[test]
fn times_below_2_to_28_are_relative_also_when_positive() {
    for (t, time) in [
        ("0", NOW),
        ("-3600", NOW - 3_600_000),
        ("60", NOW + 60_000),
        ("268435455", NOW + 268_435_455_000),
        ("268435456", 268_435_456_000),
        ("1764316800.5", 1_764_316_800_500),
    ] {
        let readings = parse(&format!(r#"[{{"n": "x", "t": {t}, "v": 1}}]"#)).unwrap();
        assert_eq!(readings[0].time, time, "{t}");
    }
    assert_eq!(
        fault(r#"[{"n": "x", "t": 1e20, "v": 1}]"#),
        (Some(0), Some("t".to_owned()), SenmlFault::Number)
    );
}

#[test]
fn a_fault_names_the_record_and_the_label() {
    for (record, label, expected) in [
        (r#"{"n": "x", "t": "5", "v": 1}"#, "t", SenmlFault::Type),
        (r#"{"n": "x", "v": "5"}"#, "v", SenmlFault::Type),
        (r#"{"n": "x", "v": null}"#, "v", SenmlFault::Type),
        (r#"{"n": 5, "v": 1}"#, "n", SenmlFault::Type),
        (r#"{"n": "x", "vb": "true"}"#, "vb", SenmlFault::Type),
        (r#"{"n": "x", "bver": 10.5, "v": 1}"#, "bver", SenmlFault::Type),
        (r#"{"n": "x", "v": 1, "v": 2}"#, "v", SenmlFault::Twice),
        (r#"{"n": "x", "v": 1, "secret_": 2}"#, "secret_", SenmlFault::MustUnderstand),
        (r#"{"n": "x", "bver": 11, "v": 1}"#, "bver", SenmlFault::Version),
        (r#"{"n": "-x", "v": 1}"#, "n", SenmlFault::Name),
        (r#"{"n": "a b", "v": 1}"#, "n", SenmlFault::Name),
        (r#"{"n": "x", "v": 1, "vs": "a"}"#, "v", SenmlFault::Values),
        (r#"{"n": "x", "v": 1234567890123456789012345678901}"#, "v", SenmlFault::Number),
        (r#"{"n": "x", "u": "km/h", "v": 1}"#, "u", SenmlFault::SecondaryUnit),
    ] {
        let json = format!(r#"[{{"n": "first", "v": 1}}, {record}]"#);
        assert_eq!(fault(&json), (Some(1), Some(label.to_owned()), expected), "{record}");
    }
    for record in [r#"{"n": "x"}"#, "{}", r#"{"t": 5}"#] {
        assert_eq!(fault(&format!("[{record}]")), (Some(0), None, SenmlFault::NoValue), "{record}");
    }
    // A name is needed, from somewhere.
    assert_eq!(fault(r#"[{"v": 1}]"#).2, SenmlFault::Name);
    for text in ["", "{}", "5", "[1]", "[{]", r#"[{"n": "x", "v": 1}"#, r#"[{"n": "x", "v": 01}]"#] {
        assert_eq!(fault(text), (None, None, SenmlFault::Json), "{text}");
    }
}

#[test]
fn a_version_counts_for_the_whole_pack_and_allows_secondary_units() {
    assert!(
        parse(r#"[{"bver": 26, "n": "x", "u": "km/h", "v": 1}, {"n": "y", "u": "kWh", "v": 1}]"#).is_ok()
    );
    let other = r#"[{"bver": 26, "n": "x", "v": 1}, {"bver": 10, "n": "y", "v": 1}]"#;
    assert_eq!(fault(other), (Some(1), Some("bver".to_owned()), SenmlFault::Version));
}

#[test]
fn records_with_base_fields_only_are_a_setting_of_the_source() {
    let json = br#"[{"bn": "urn:dev:1:", "bt": 1764313200}, {"n": "temp", "u": "Cel", "v": 20.1}]"#;
    let error = Pack::parse(json, &rules()).unwrap_err();
    assert_eq!((error.record, error.fault), (Some(0), SenmlFault::BaseOnly));
    assert!(error.to_string().contains("`base_only` to `accept`"));
    let accept = Rules { base_only: BaseOnly::Accept, ..rules() };
    let pack = Pack::parse(json, &accept).unwrap();
    assert_eq!(pack.readings().len(), 1);
    assert_eq!((pack.readings()[0].record, pack.readings()[0].name.as_str()), (1, "urn:dev:1:temp"));
    // A record that names a sensor and says nothing of it is a fault all the same.
    assert!(Pack::parse(br#"[{"bn": "a", "n": "b"}]"#, &accept).is_err());
}

#[test]
fn a_pack_is_taken_as_a_whole_or_one_by_one() {
    let record = |i: usize| {
        if i == 9_998 {
            r#"{"n": "x", "v": "bad"}"#.to_owned()
        } else {
            format!(r#"{{"n": "x", "t": {i}, "v": 1}}"#)
        }
    };
    let json = format!("[{}]", (0..10_000).map(record).collect::<Vec<_>>().join(","));
    assert_eq!(fault(&json), (Some(9_998), Some("v".to_owned()), SenmlFault::Type));
    let outcomes = Pack::parse_partial(json.as_bytes(), &rules()).unwrap();
    assert_eq!(outcomes.len(), 10_000);
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_err()).count(), 1);
    assert!(outcomes[9_998].is_err());
    // Base fields of a record at fault do not count for those after it.
    let json = br#"[{"bn": "a:", "n": "x", "v": 1}, {"bn": "b:", "n": "x", "v": "1"}, {"n": "y", "v": 1}]"#;
    let outcomes = Pack::parse_partial(json, &rules()).unwrap();
    assert_eq!(outcomes[2].as_ref().ok().unwrap().name, "a:y");
    let many = format!("[{}{{}}]", "{},".repeat(MAX_RECORDS));
    assert_eq!(fault(&many).2, SenmlFault::TooLarge);
}

#[test]
fn readings_become_values_of_an_attribute() {
    let catalogue = catalogue();
    let temperature = catalogue.attribute("WeatherStation", "temperature").unwrap();
    let energy = catalogue.attribute("Meter", "energy").unwrap();
    let value = |record: &str, attribute| {
        let readings = parse(&format!(r#"[{{"bver": 26, "n": "x", {record}}}]"#)).unwrap();
        readings[0].value_of(attribute).map(|value| value.number().unwrap())
    };
    assert_eq!(value(r#""u": "Cel", "v": 20.14"#, temperature), Ok(201));
    assert_eq!(value(r#""u": "Cel", "v": 20.15"#, temperature), Ok(202));
    assert_eq!(value(r#""u": "Cel", "v": -20.15"#, temperature), Ok(-202));
    // Out of the declared range: the nearest bound.
    assert_eq!(value(r#""u": "Cel", "v": 4000"#, temperature), Ok(600));
    assert_eq!(value(r#""u": "Cel", "v": 1e29"#, temperature), Ok(600));
    assert_eq!(value(r#""u": "%RH", "v": 20"#, temperature), Err(Unfit::Unit));
    assert_eq!(value(r#""v": 20"#, temperature), Err(Unfit::NoUnit));
    assert_eq!(value(r#""u": "Cel", "vs": "warm""#, temperature), Err(Unfit::Type));
    // The attribute is in Wh, the meter sends kWh and J.
    assert_eq!(value(r#""u": "kWh", "v": 1.2345"#, energy), Ok(1_235));
    assert_eq!(value(r#""u": "J", "v": 5400"#, energy), Ok(2));
    let city = catalogue.attribute("PersonalInformation", "city").unwrap();
    assert_eq!(value(r#""vs": "Köln""#, city), Ok(1));
    assert_eq!(value(r#""vs": "Koeln""#, city), Err(Unfit::NotDeclared));
    let born = catalogue.attribute("PersonalInformation", "born").unwrap();
    assert!(value(r#""vs": "1980-05""#, born).is_ok());
    assert_eq!(value(r#""vs": "1880-05""#, born), Err(Unfit::NotDeclared));
    let remark = catalogue.attribute("PersonalInformation", "remark").unwrap();
    let readings = parse(r#"[{"n": "x", "vs": "well"}]"#).unwrap();
    assert!(readings[0].value_of(remark) == Ok(Value::Text("well".to_owned())));
}

#[test]
fn units_convert_exactly_and_back() {
    for (from, to, value, expected) in [
        ("km/h", "m/s", "36", (10, 1)),
        ("dBm", "dBW", "30", (0, 1)),
        ("dBW", "dBm", "0", (30, 1)),
        ("min", "h", "90", (3, 2)),
        ("Wh/km", "J/m", "100", (360, 1)),
        ("%", "/1000", "5", (50, 1)),
    ] {
        let (n, d) = units::convert(Decimal::parse(value).unwrap(), from, to).unwrap();
        assert_eq!(n * expected.1, expected.0 * d, "{value} {from} in {to}");
    }
    assert!(units::convert(Decimal::parse("1").unwrap(), "Cel", "K").is_none());
}

#[test]
fn streams_are_read_while_they_arrive() {
    let json = r#"[ {"bn": "a:", "n": "x}", "v": 1}, {"n": "y", "vs": "]\"}{"} ,{"n": "z", "v": "bad"},{"n": "z", "v": 3}]"#;
    let whole = Pack::parse_partial(json.as_bytes(), &rules()).unwrap();
    for chunk in [1, 2, 7, 1_000] {
        let mut stream = Stream::new();
        let mut outcomes = Vec::new();
        for bytes in json.as_bytes().chunks(chunk) {
            outcomes.extend(stream.push(bytes, &rules()).unwrap());
        }
        assert!(outcomes == whole, "in chunks of {chunk}");
        assert!(stream.is_ended());
    }
    for broken in ["{", "[1", "[{}}", "[{},,", "[]x", "]"] {
        let mut stream = Stream::new();
        assert!(stream.push(broken.as_bytes(), &rules()).is_err(), "{broken}");
        assert!(stream.push(b"[", &rules()).is_err(), "nothing can be read after a fault");
    }
    let mut stream = Stream::new();
    let endless = format!("[{{\"n\": \"{}", "x".repeat(70_000));
    assert_eq!(stream.push(endless.as_bytes(), &rules()).unwrap_err().fault, SenmlFault::TooLarge);
}

#[test]
fn nothing_shows_what_was_measured() {
    let pack = Pack::parse(br#"[{"n": "secret-sensor", "v": 424242}]"#, &rules()).unwrap();
    assert_eq!(format!("{pack:?}"), "Pack { readings: 1, .. }");
    let error = parse(r#"[{"n": "secret-sensor", "v": "424242"}]"#).err().unwrap();
    let shown = format!("{error} {error:?} {}", serde_json::to_string(&error).unwrap());
    assert!(!shown.contains("424242") && !shown.contains("secret-sensor"), "{shown}");
}

proptest! {
    /// Decimals are what JSON says, and their sums are exact.
    #[test]
    fn decimals_are_exact(a in -1_000_000_000_i64..1_000_000_000, b in -1_000_000_i64..1_000_000, places in 0_u32..6) {
        let power = 10_i128.pow(places);
        let text = |number: i64| format!("{number}e-{places}");
        let sum = Decimal::parse(&text(a)).unwrap().checked_add(Decimal::parse(&text(b)).unwrap()).unwrap();
        let (n, d) = sum.fraction().unwrap();
        prop_assert_eq!(n * power, (i128::from(a) + i128::from(b)) * d);
    }

    #[test]
    fn any_text_is_answered(text in ".{0,100}") {
        let _ = parse(&text);
        let _ = Stream::new().push(text.as_bytes(), &rules());
        let _ = Decimal::parse(&text);
    }

    /// Whatever is in a record, a pack is read or a fault named.
    #[test]
    fn any_record_is_answered(labels in prop::collection::vec((
        prop::sample::select(vec!["bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut", "x", "x_"]),
        prop::sample::select(vec!["1", "-2.5", "1e99", "\"a\"", "true", "null", "[]", "{}", "10", "26", "\"\\u0041\""]),
    ), 0..8)) {
        let fields: Vec<_> = labels.iter().map(|(label, value)| format!("\"{label}\": {value}")).collect();
        let json = format!("[{{{}}}]", fields.join(","));
        let pack = parse(&json);
        if let Err(error) = &pack {
            prop_assert_eq!(error.record, Some(0));
        }
        let mut stream = Stream::new();
        let outcomes = stream.push(json.as_bytes(), &rules()).unwrap();
        prop_assert!(outcomes.into_iter().collect::<Result<Vec<_>, _>>() == pack);
    }
}
