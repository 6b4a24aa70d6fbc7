//! The words of the report, the same in each of its forms.

use nest_rules::Rule;

use crate::schema::{Field, RecordKind, Role, Schema, Type};

pub(super) const SUMMARY: &str = "This page lists what the data source and the platform exchange about people, one \
    section for each kind of record. It was generated from the same declarations that the software is built \
    from: what is not listed here is not exchanged, and what is listed cannot be larger, longer or more precise \
    than stated.";

/// Who can see what: the party, and what that party can and cannot see.
pub(super) const OBSERVERS: [(&str, &str, &str); 4] = [
    (
        "A transcryptor (one of the services that turn one party's pseudonyms into another's)",
        "that a record of this kind passed by, its field names and size, the two parties, when, and how many came \
         together",
        "any value, any pseudonym, or which record belongs to whom; one transcryptor alone can decrypt nothing",
    ),
    (
        "The receiver",
        "every value listed here, and its own pseudonym of each person",
        "the sender's pseudonyms, the sender's own identifiers, or the order in which the sender keeps its records",
    ),
    (
        "Somebody who listens in",
        "that the two parties exchange messages, when, and of what size; with the usual encryption of the \
         connection (TLS) nothing else",
        "whether a value is present, how long a text is, or how a record differs from any other of its kind",
    ),
    (
        "All transcryptors together with the receiver",
        "which record of the sender became which record of the receiver, since half of each ciphertext stays the \
         same on the way",
        "this combination is not protected against: the transcryptors must be run by independent parties",
    ),
];

pub(super) const BITS: &str = "Identifying bits say how many people the values of one record could tell apart: 10 bits \
    about a thousand, 20 bits about a million, 33 bits everybody alive. Each field counts the bits that number its \
    possible values. Pseudonyms are not counted, since they are there to tell people apart within one party.";

pub(super) const BLOCKS: &str = "A record travels as encrypted blocks of one size. Every record of a kind takes \
    the same number of blocks, whatever its values.";

/// What a kind of record is, in words.
pub(super) fn kind(schema: &Schema) -> &'static str {
    match (schema.kind, schema.variants.is_empty()) {
        (RecordKind::Progress, _) => "progress message",
        (RecordKind::Record, true) => "record",
        (RecordKind::Record, false) => "record with variants that look the same from outside",
        (kind, _) => kind.name(),
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Pseudonym => "pseudonym",
        Role::Attribute => "attribute",
        Role::Record => "record",
    }
}

/// The budget of blocks, used and left.
pub(super) fn blocks(schema: &Schema) -> String {
    let (used, max) = (schema.blocks(), schema.max_blocks);
    format!("{used} of {max} blocks used, {} left", max.saturating_sub(used))
}

/// The budget of bits, used and left.
pub(super) fn bits(schema: &Schema) -> String {
    let used = schema.bits();
    match schema.max_bits() {
        Some(max) => format!("{used} of {max} identifying bits used, {} left", max.saturating_sub(used)),
        None => format!("{used} identifying bits, no bound declared"),
    }
}

/// Bits in words that need no mathematics.
pub(super) fn singles_out(bits: u32) -> String {
    match bits {
        0 => "its values tell nobody apart".to_owned(),
        1..=9 => format!("its values tell apart at most {} groups of people", 1_u32 << bits),
        10..=19 => {
            format!("its values could single out one person in about {} thousand", 1_u32 << (bits - 10))
        }
        20..=32 => {
            format!("its values could single out one person in about {} million", 1_u32 << (bits - 20))
        }
        _ => "its values could together single out anybody: look at its widest fields".to_owned(),
    }
}

/// The rules that a field keeps because of what it is, by name.
pub(super) fn rules(field: &Field) -> String {
    let mut rules = Vec::new();
    collect(&field.ty, &mut rules);
    rules.retain(|rule| !field.waivers.iter().any(|waiver| waiver.rule == *rule));
    rules.dedup();
    rules.iter().map(|rule| rule.name()).collect::<Vec<_>>().join(", ")
}

fn collect(ty: &Type, rules: &mut Vec<Rule>) {
    match ty {
        Type::Pseudonym => rules.push(Rule::LongPseudonym),
        Type::Bool | Type::Enum(_) => rules.push(Rule::OpenType),
        Type::Integer { .. } | Type::Decimal { .. } => {
            rules.extend([Rule::GlobalIdentifier, Rule::PreciseTime, Rule::PreciseNumber]);
        }
        Type::Time { .. } => rules.push(Rule::PreciseTime),
        Type::Text { .. } => rules.extend([Rule::UnboundedLength, Rule::GlobalIdentifier, Rule::PreciseTime]),
        Type::Optional { item, .. } => {
            rules.push(Rule::Presence);
            collect(item, rules);
        }
        Type::Array { item, .. } => collect(item, rules),
        Type::List { item, .. } => {
            rules.push(Rule::UnboundedLength);
            collect(item, rules);
        }
        Type::Record(_) | Type::OrFiller(_) => rules.push(Rule::OpenType),
        _ => {}
    }
}

/// The records within a record, each once, in the order of their appearance.
pub(super) fn inner(schema: &'static Schema) -> Vec<&'static Schema> {
    let mut found: Vec<&'static Schema> = Vec::new();
    for record in schema.fields.iter().filter_map(|field| field.ty.record()) {
        for record in std::iter::once(record).chain(inner(record)) {
            if !found.iter().any(|known| known.name == record.name) {
                found.push(record);
            }
        }
    }
    found
}

/// The blocks of a record, each with the field that it belongs to.
pub(super) fn layout(schema: &Schema) -> Vec<(&'static str, Role, usize)> {
    schema.fields.iter().map(|field| (field.name, field.role(), field.blocks())).collect()
}
