use nest_core::prelude::*;
use nest_core::schema::{RecordKind, Role};

/// One test.
///
/// Taken at school.
#[derive(PepRecord)]
#[pep(activity = "assessment", version = 3, max_blocks = 3, max_bits = 64)]
struct Assessment {
    /// Who took it.
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[doc = "Points."]
    #[pep(range = 0..=100)]
    points: u8,
    #[pep(rename = "class")]
    class_type: ClassType,
}

/// How large a class is.
#[derive(PepEnum)]
enum ClassType {
    /// At most 17 pupils.
    Small,
    Regular,
}

fn main() {
    let schema = Assessment::SCHEMA;
    assert_eq!((schema.name, schema.doc), ("Assessment", "One test.\n\nTaken at school."));
    assert_eq!((schema.activity, schema.version), (Some("assessment"), 3));
    assert_eq!((schema.kind, schema.declared_max_bits), (RecordKind::Record, Some(64)));
    let roles: Vec<_> = schema.fields.iter().map(|field| (field.name, field.doc, field.role())).collect();
    let expected = [
        ("pupil", "Who took it.", Role::Pseudonym),
        ("points", "Points.", Role::Attribute),
        ("class", "", Role::Attribute),
    ];
    assert_eq!(roles, expected);
    let class = <ClassType as PepEnum>::SCHEMA;
    assert_eq!((class.doc, class.labels[0].doc), ("How large a class is.", "At most 17 pupils."));
}
