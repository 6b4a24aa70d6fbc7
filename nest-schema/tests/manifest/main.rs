//! Manifests: every fault is found, at its place, and what is written is read.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use nest_schema::{Manifest, ManifestError, Type, Use};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A manifest of one field.
fn with_field(field: Value) -> String {
    json!({ "nest": 1, "name": "Row", "fields": [field] }).to_string()
}

fn places(json: &str) -> Vec<String> {
    match Manifest::from_json(json) {
        Ok(_) => Vec::new(),
        Err(error) => error.faults().iter().map(|fault| fault.place.clone()).collect(),
    }
}

#[test]
fn every_type_is_read() {
    let fields = json!([
        { "name": "who", "type": "pseudonym", "subject": true },
        { "name": "here", "type": "bool", "absent": true },
        { "name": "visits", "type": "integer", "min": 0, "max": 400, "uses": ["sum"], "unit": "1" },
        { "name": "balance", "type": "integer", "min": "-9007199254740993", "max": 0,
          "waivers": [{ "rule": "global-identifier", "reason": "a wide range for this test" }] },
        { "name": "warmth", "type": "decimal", "min": -40.0, "max": 60, "decimals": 1, "absent": -41.0, "context": "outside" },
        { "name": "month", "type": "time", "unit_of_time": "month", "min": "2020-01", "max": "2035-12" },
        { "name": "ward", "type": "label", "labels": ["surgery", { "name": "other", "code": 9 }], "uses": ["group_by"] },
        { "name": "remark", "type": "text", "max_bytes": 15, "absent": "-" },
        { "name": "marks", "type": "list", "max_len": 3, "items": { "type": "integer", "min": 0, "max": 9 } },
        { "name": "grid", "type": "array", "len": 2, "items": { "type": "bool" } },
        { "name": "home", "type": "record", "record": {
            "name": "Home", "fields": [{ "name": "rooms", "type": "integer", "min": 1, "max": 9 }] } },
    ]);
    let json = json!({ "nest": 1, "name": "Every", "max_bits": 300, "fields": fields }).to_string();
    let manifest = Manifest::from_json(&json).unwrap();
    let schema = manifest.schema().unwrap();
    assert_eq!(schema.fields.len(), 11);
    assert_eq!(schema.field("month").unwrap().ty.describe(), "month, 2020-01 to 2035-12");
    assert!(schema.field("visits").unwrap().uses.contains(Use::Sum));
    assert_eq!(manifest.field("visits").unwrap().ty, Type::Integer { min: 0, max: 400 });
    assert_eq!(manifest.field("none").unwrap_err(), ManifestError::NoSuchField("none".to_owned()));
    assert!(std::ptr::eq(schema, Manifest::from_json(&json).unwrap().schema().unwrap()));

    let again = Manifest::from_json(&manifest.to_json()).unwrap();
    assert_eq!(again, manifest);
    assert_eq!(again.content_fingerprint(), schema.content_fingerprint());
    assert!(described().is_valid(&serde_json::from_str(&manifest.to_json()).unwrap()));
    assert!(described().is_valid(&serde_json::from_str(&json).unwrap()));
}

/// The JSON Schema that is published.
fn described() -> Described {
    let text = include_str!("../../../docs/manifest.schema.json");
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("manifest.json", serde_json::from_str(text).unwrap()).unwrap();
    let mut schemas = boon::Schemas::new();
    let index = compiler.compile("manifest.json", &mut schemas).unwrap();
    Described { schemas, index }
}

struct Described {
    schemas: boon::Schemas,
    index: boon::SchemaIndex,
}

impl Described {
    fn is_valid(&self, json: &Value) -> bool {
        self.schemas.validate(json, self.index).is_ok()
    }
}

#[test]
fn every_fault_is_reported_at_its_place() {
    let faulty = json!({
        "nest": 2, "name": "", "colour": "red",
        "fields": [
            { "name": "visits", "type": "integer", "min": 9, "max": 0 },
            { "name": "visits", "type": "text", "max_bytes": 0 },
            { "type": "mystery" },
            { "name": "ward", "type": "label", "labels": ["a", "a"] },
        ],
    });
    let found = places(&faulty.to_string());
    for place in [
        "nest",
        "name",
        "colour",
        "fields[0] visits, min",
        "fields[1] visits, max_bytes",
        "fields[2], name",
        "fields[2], type",
        "fields[3] ward, labels",
    ] {
        assert!(found.iter().any(|found| found == place), "{place} is not among {found:?}");
    }
}

#[test]
fn what_a_declaration_in_rust_may_not_say_a_manifest_may_not_either() {
    for (field, rule) in [
        (json!({ "name": "email", "type": "text", "max_bytes": 15 }), "global-identifier"),
        (
            json!({ "name": "seen", "type": "integer", "min": 946684800, "max": 4102444800_u64 }),
            "precise-time",
        ),
        (
            json!({ "name": "mac", "type": "array", "len": 6, "items": { "type": "integer", "min": 0, "max": 255 } }),
            "global-identifier",
        ),
        (json!({ "name": "essay", "type": "text", "max_bytes": 2000 }), "bit-budget"),
    ] {
        let error = Manifest::from_json(&with_field(field)).unwrap_err().to_string();
        assert!(error.contains(rule), "{error}");
    }
    for field in [
        json!({ "name": "a", "type": "integer", "min": 0, "max": 9, "absent": 5 }),
        json!({ "name": "a", "type": "pseudonym", "absent": true }),
        json!({ "name": "a.b", "type": "bool" }),
        json!({ "name": "a", "type": "integer", "min": 0, "max": 9007199254740993_u64 }),
        json!({ "name": "a", "type": "integer", "min": "007", "max": 9 }),
        json!({ "name": "a", "type": "decimal", "min": 0.05, "max": 1.0, "decimals": 1 }),
        json!({ "name": "a", "type": "time", "unit_of_time": "day", "min": "2023-02-29", "max": "2024-01-01" }),
        json!({ "name": "a", "type": "bool", "uses": ["sum", "sum"] }),
        json!({ "name": "a", "type": "bool", "waivers": [{ "rule": "presence", "reason": "no" }] }),
        json!({ "name": "a", "type": "list", "max_len": 2, "items": { "type": "list", "max_len": 2, "items": { "type": "bool" } } }),
        json!({ "name": "a", "type": "array", "len": 65536, "items": { "type": "array", "len": 65536, "items": { "type": "bool" } } }),
    ] {
        assert!(Manifest::from_json(&with_field(field.clone())).is_err(), "{field}");
    }
    let twice =
        r#"{"nest": 1, "name": "Row", "fields": [{"name": "a", "type": "bool", "type": "pseudonym"}]}"#;
    assert_eq!(places(twice), ["fields[0] a, type"]);
}

#[test]
fn names_and_birth_dates_may_be_linking_variables() {
    let json = json!({ "nest": 1, "name": "Person", "kind": "linkage", "fields": [
        { "name": "surname", "type": "text", "max_bytes": 31, "uses": ["link", "fuzzy"], "canon": "nfc,trim,upper" },
        { "name": "birth_date", "type": "time", "unit_of_time": "day", "min": "1900-01-01", "max": "2030-12-31", "uses": ["block"] },
    ] });
    assert!(Manifest::from_json(&json.to_string()).is_ok());
}

#[test]
fn a_manifest_that_lies_too_deep_or_is_too_large_is_refused() {
    let mut item = json!({ "type": "bool" });
    for _ in 0..40 {
        item = json!({ "type": "array", "len": 1, "items": item });
    }
    let mut field = item;
    field["name"] = json!("a");
    assert!(Manifest::from_json(&with_field(field)).is_err());
    assert!(Manifest::from_json(&"[".repeat(100_000)).is_err());
    assert!(Manifest::from_json(&" ".repeat(5 << 20)).is_err());
}

#[test]
fn a_process_keeps_so_many_manifests_and_no_more() {
    // In a process of its own: the other tests keep manifests as well.
    const FILL: &str = "NEST_TEST_FILLS_THIS_PROCESS";
    if std::env::var_os(FILL).is_none() {
        let own = std::env::current_exe().unwrap();
        let name = "a_process_keeps_so_many_manifests_and_no_more";
        let filled = std::process::Command::new(own).args(["--exact", name]).env(FILL, "1").output().unwrap();
        assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stdout));
        return;
    }
    let manifest = |i: usize| {
        let json =
            json!({ "nest": 1, "name": format!("Row{i}"), "fields": [{ "name": "a", "type": "bool" }] });
        Manifest::from_json(&json.to_string()).unwrap()
    };
    let first = manifest(0).schema().unwrap();
    let refused = (1..5_000).find(|i| manifest(*i).schema().is_err()).unwrap();
    assert!(refused <= 4_096);
    assert_eq!(manifest(refused).schema().unwrap_err(), ManifestError::Full);
    // What is kept is still found.
    assert!(std::ptr::eq(manifest(0).schema().unwrap(), first));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn bounds_come_back_whatever_their_size(a: i64, b: u64) {
        let (min, max) = (i128::from(a).min(b.into()), i128::from(a).max(b.into()));
        let bound = |number: i128| if number.unsigned_abs() > 1 << 53 { json!(number.to_string()) } else { json!(number as i64) };
        let field = json!({ "name": "a", "type": "integer", "min": bound(min), "max": bound(max),
            "waivers": [{ "rule": "global-identifier", "reason": "test" }, { "rule": "precise-time", "reason": "test" }] });
        let json = json!({ "nest": 1, "name": "Row", "max_bits": 65, "fields": [field] });
        let manifest = Manifest::from_json(&json.to_string()).unwrap();
        prop_assert!(manifest.to_json().contains(&max.to_string()));
        prop_assert_eq!(&Manifest::from_json(&manifest.to_json()).unwrap(), &manifest);
    }
}
