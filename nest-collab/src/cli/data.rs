//! The records of this organisation, and a manifest for them.

use super::args::{DataArgs, ManifestArgs};
use crate::data::{CsvData, DataError};
use crate::error::CollabError;
use crate::sum::SumError;
use nest_core::schema::{Manifest, Schema};

/// What is between the columns.
fn delimiter(character: char) -> Result<u8, CollabError> {
    let wrong = || CollabError::Settings("the character between columns is an ASCII one".to_owned());
    u8::try_from(character).ok().filter(u8::is_ascii).ok_or_else(wrong)
}

/// The declaration of the records.
pub(super) fn schema(args: &DataArgs) -> Result<&'static Schema, CollabError> {
    let path = args.manifest.display();
    let text = std::fs::read_to_string(&args.manifest)
        .map_err(|error| CollabError::Settings(format!("the manifest {path}: {}", error.kind())))?;
    let manifest = Manifest::from_json(&text)
        .map_err(|error| CollabError::Settings(format!("the manifest {path}: {error}")))?;
    manifest.schema().map_err(|error| CollabError::Settings(format!("the manifest {path}: {error}")))
}

/// The records.
pub(super) fn csv(args: &DataArgs, schema: &'static Schema) -> Result<CsvData, CollabError> {
    Ok(CsvData::new(&args.data, schema).with_delimiter(delimiter(args.delimiter)?))
}

pub(super) fn propose(args: &ManifestArgs) -> Result<(), CollabError> {
    let proposal = crate::data::propose(&args.from_csv, delimiter(args.delimiter)?, &args.name);
    let proposal = proposal.map_err(data_error)?;
    println!("{}", proposal.json);
    if !proposal.left_out.is_empty() {
        eprintln!("nest-collab: left out, for a person to declare: {}", proposal.left_out.join(", "));
    }
    Ok(())
}

pub(super) fn data_error(error: DataError) -> CollabError {
    match error {
        DataError::File { .. } => CollabError::Settings(error.to_string()),
        DataError::Database(_) | DataError::Vault(_) => CollabError::Unavailable(error.to_string()),
        DataError::Sum(error) => sum_error(&error),
        other => CollabError::Refused(other.to_string()),
    }
}

pub(super) fn sum_error(error: &SumError) -> CollabError {
    match error {
        SumError::Items(_) | SumError::Undeclared { .. } => CollabError::Settings(error.to_string()),
        SumError::Party { .. } | SumError::Impossible | SumError::Run(_) => {
            CollabError::Aborted(error.to_string())
        }
        other => CollabError::Refused(other.to_string()),
    }
}
