//! The rules that a declaration keeps, for one that was written down: the same as for one in Rust, in the same words.

use nest_rules::Rule;

use super::fault::ManifestFault;
use crate::budget::{bits_fault, blocks_fault};
use crate::check;
use crate::field::FieldOf;
use crate::schema::{RecordKind, SchemaOf};

/// Every rule that a record breaks.
pub(super) fn broken(schema: &SchemaOf<'_>, place: &str, faults: &mut Vec<ManifestFault>) {
    let mut fault = |place: String, message: &str| {
        faults.push(ManifestFault { place, message: message.to_owned() });
    };
    for text in [blocks_fault(schema), bits_fault(schema)].into_iter().flatten() {
        fault(place.to_owned(), text.as_str());
    }
    for (i, field) in schema.fields.iter().enumerate() {
        for message in leaks(field, schema.kind) {
            fault(super::read::field_place(place, i, field.name), message);
        }
    }
}

/// What a field gives away by its name, its type and its bounds, and no waiver sets aside.
fn leaks(field: &FieldOf<'_>, kind: RecordKind) -> Vec<&'static str> {
    let hint = nest_rules::hint(field.name);
    let by_name = kind != RecordKind::Linkage;
    let rules = [
        (Rule::GlobalIdentifier, check::global_identifier(field, hint).filter(|_| by_name)),
        (Rule::PreciseTime, check::precise_time(field, hint).filter(|_| by_name)),
        (Rule::Progress, check::progress(field, kind)),
    ];
    rules.into_iter().filter(|(rule, _)| !field.waives(*rule)).filter_map(|(_, message)| message).collect()
}
