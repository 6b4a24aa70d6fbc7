//! The rules that a declaration keeps, for one that was written down: the same as for one in Rust, in the same words.

use super::fault::ManifestFault;
use super::read::field_place;
use crate::budget::{bits_fault, blocks_fault};
use crate::contradiction;
use crate::schema::SchemaOf;

/// Every rule that a record breaks.
pub(super) fn broken(schema: &SchemaOf<'_>, place: &str, faults: &mut Vec<ManifestFault>) {
    let mut fault = |place: String, message: &str| {
        faults.push(ManifestFault { place, message: message.to_owned() });
    };
    for text in [blocks_fault(schema), bits_fault(schema)].into_iter().flatten() {
        fault(place.to_owned(), text.as_str());
    }
    for (_, message) in contradiction::record_faults(schema) {
        message.into_iter().for_each(|message| fault(place.to_owned(), message));
    }
    for (i, field) in schema.fields.iter().enumerate() {
        for (rule, message) in contradiction::faults(field, schema) {
            // A waiver may be for the Rust name of the field, which is not written down.
            if rule.is_some() {
                fault(field_place(place, i, field.name), message);
            }
        }
    }
}
