//! What the documentation promises of a declaration, used as a crate outside this workspace uses it.

use nest_core::prelude::*;
use nest_core::schema::{AtRest, Manifest, Schema, Type, Use};
use nest_core::value::{Kind, PlainRecord, Value};
use nest_core::{FieldRef, InProcess, Label, Number, SealedPlain, Transcryption, field};

#[derive(Debug, Clone, Copy, PartialEq, PepEnum)]
enum ClassType {
    Small,
    Regular,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "assessment", source = "star", max_blocks = 8, max_bits = 160)]
struct Assessment {
    #[pep(pseudonym, subject)]
    pupil: Pseudonym,
    #[pep(pseudonym)]
    teacher: Pseudonym,
    #[pep(uses(group_by), logical = "education")]
    class_type: ClassType,
    #[pep(absent, uses(group_by), logical = "personal")]
    free_lunch: Option<bool>,
    #[pep(range = 288..=775, absent = 0, uses(sum), unit = "points", logical = "education")]
    reading: Option<u16>,
    #[pep(decimals = 1, range = -40.0..=60.0, unit = "Cel", context = "outside", uses(sum))]
    temperature: f32,
    #[pep(max_bytes = 15, at_rest = "alone")]
    remark: String,
}

const READING: FieldRef<Assessment, Number> = field!(Assessment.reading);
const CLASS_TYPE: FieldRef<Assessment, Label> = field!(Assessment.class_type);

/// Linking variables are declared where they are read, and never sealed.
#[derive(PepRecord)]
#[pep(kind = "linkage", max_blocks = 3)]
struct Person {
    #[pep(max_bytes = 31, uses(link, fuzzy), canon = "nfc,trim,upper")]
    surname: String,
    #[pep(range = "1900-01-01"..="2030-12-31", uses(block))]
    birth_date: nest_core::time::Day,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let record = Assessment {
        pupil: Pseudonym::random(),
        teacher: Pseudonym::random(),
        class_type: ClassType::Small,
        free_lunch: Some(true),
        reading: Some(431),
        temperature: 21.5,
        remark: "on time".to_owned(),
    };

    let mut plain: PlainRecord = record.to_plain()?;
    assert_eq!(plain.get("reading")?, Value::Integer(431));
    assert_eq!(plain.get("temperature")?.kind(), Kind::Decimal);
    assert!(plain.set("reading", Value::Integer(0)).is_err());
    plain.set("reading", Value::Absent)?;
    assert_eq!(Assessment::from_plain(&plain)?.reading, None);

    let schema: &'static Schema = Assessment::SCHEMA;
    let mut end = 0;
    for leaf in schema.leaves() {
        assert_eq!(leaf.place.start, end);
        assert!(!leaf.filler && leaf.field.name == leaf.path);
        end = leaf.place.end;
    }
    assert_eq!(end, Assessment::BLOCKS);
    assert_eq!((schema.source, schema.activity), (Some("star"), Some("assessment")));
    let pupil = schema.field("pupil").ok_or("pupil")?;
    assert!(pupil.subject && pupil.ty == Type::Pseudonym);
    let remark = schema.field("remark").ok_or("remark")?;
    assert_eq!(remark.at_rest, AtRest::Alone);
    let temperature = schema.field("temperature").ok_or("temperature")?;
    assert!(temperature.uses.contains(Use::Sum) && !temperature.uses.contains(Use::GroupBy));
    assert_eq!((temperature.unit, temperature.context), (Some("Cel"), Some("outside")));
    assert!(READING.path() == "reading" && CLASS_TYPE.path() == "class_type");
    assert_eq!(Person::SCHEMA.field("surname").ok_or("surname")?.canon, Some("nfc,trim,upper"));
    assert_eq!(Person::SCHEMA.fields.len(), 2);

    let json: String = Manifest::of(Assessment::SCHEMA).to_json();
    let manifest = Manifest::from_json(&json)?;
    assert_eq!(manifest.content_fingerprint(), Assessment::SCHEMA.content_fingerprint());
    let value: Value = manifest.field("reading")?.parse("431")?;
    assert_eq!(value, Value::Integer(431));
    let mut row = PlainRecord::new(manifest.schema()?);
    row.set("reading", value)?;
    row.set("class_type", manifest.field("class_type")?.parse("Regular")?)?;
    assert_eq!(Assessment::from_plain(&row)?.class_type, ClassType::Regular);

    // What one way seals the other opens.
    let session = futures_now(InProcess::new(2).session())?;
    let sealed = session.seal_plain(&row)?;
    let typed = serde_json::from_str(&sealed.to_json()?)?;
    assert_eq!(session.open::<Assessment>(&typed)?.reading, Some(431));
    let sealed = serde_json::to_string(&session.seal(&record)?)?;
    let sealed = SealedPlain::from_json(manifest.schema()?, &sealed)?;
    let opened = session.open_plain(manifest.schema()?, &sealed)?;
    assert_eq!(Assessment::from_plain(&opened)?, record);
    println!("the contract holds");
    Ok(())
}

/// The outcome of what has nothing to wait for.
fn futures_now<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    loop {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
