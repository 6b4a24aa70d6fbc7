//! Declarations as they are written down beside the records, so that a row can be read without its Rust type.

use nest_core::schema::{Manifest, Schema};

use crate::error::VaultError;

/// What is written down of a declaration.
pub(crate) fn to_text(schema: &'static Schema) -> String {
    Manifest::of(schema).to_json()
}

/// The declaration that was written down.
pub(crate) fn read(manifest: &str) -> Result<&'static Schema, VaultError> {
    let tampered = || VaultError::Tampered { table: "declaration".to_owned() };
    Manifest::from_json(manifest).map_err(|_| tampered())?.schema().map_err(|_| tampered())
}
