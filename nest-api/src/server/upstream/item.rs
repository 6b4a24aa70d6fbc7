//! What a record of an upstream request asks: who it is about, and what the source is given.

use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use nest_core::{PepRecord, Pseudonym, SealedJson};

use crate::RecordError;
use crate::operation::Operation;
use crate::server::work::About;
use crate::wire::item::{Ask, Given, Item};

/// The names that a record's parts travel under.
const PARTICIPANT: &str = "participants";
const CODE: &str = "result_code";
const DATA: &str = "extra_data";

/// An item that a foreign record can stand for.
pub(crate) trait ForeignItem: Item {
    /// What the source is given; [`RecordError::Invalid`] where the data is not what was declared.
    fn from_foreign(
        operation: Operation,
        who: Pseudonym,
        data: &PEPJSONValue,
    ) -> Result<Self::Input, RecordError>;
}

impl ForeignItem for Ask {
    /// Only outcomes have pages; what else may stand in the data of a question is nobody's business.
    fn from_foreign(
        operation: Operation,
        who: Pseudonym,
        data: &PEPJSONValue,
    ) -> Result<Self::Input, RecordError> {
        #[derive(PepRecord)]
        #[pep(max_blocks = 1)]
        struct Page {
            #[pep(range = 0..=65535)]
            page: u16,
        }

        match data {
            PEPJSONValue::Object(fields)
                if operation == Operation::Results && fields.contains_key("page") =>
            {
                let Page { page } = Page::from_libpep_json(data).map_err(|_| RecordError::Invalid)?;
                Ok((who, page))
            }
            _ => Ok((who, 0)),
        }
    }
}

impl<R: PepRecord + Send + Sync + 'static> ForeignItem for Given<R> {
    fn from_foreign(_: Operation, who: Pseudonym, data: &PEPJSONValue) -> Result<Self::Input, RecordError> {
        Ok((who, R::from_libpep_json(data).map_err(|_| RecordError::Invalid)?))
    }
}

/// Whether a sealed record has the three parts, and one pseudonym as its participant: the blocks of a long one
/// are turned into another domain one by one, and are together no pseudonym there.
pub(super) fn has_parts(record: &SealedJson) -> bool {
    let EncryptedPEPJSONValue::Object(parts) = record.as_libpep() else {
        return false;
    };
    let participant = matches!(parts.get(PARTICIPANT), Some(EncryptedPEPJSONValue::Pseudonym(_)));
    let code = matches!(parts.get(CODE), Some(EncryptedPEPJSONValue::Number(_)));
    participant && code && parts.contains_key(DATA) && parts.len() == 3
}

/// The question of an opened record; `None` where it did not open, of which its code is the witness: in the keys
/// of another session the participant is somebody else, while a number becomes none.
pub(super) fn question<I: ForeignItem>(
    operation: Operation,
    opened: PEPJSONValue,
) -> Option<About<I::Input>> {
    #[derive(PepRecord)]
    #[pep(max_blocks = 2)]
    struct Head {
        #[pep(pseudonym)]
        participants: Pseudonym,
        /// A question says 200, and nobody asks why.
        #[pep(range = 0..=65535)]
        #[allow(dead_code, reason = "that it can be read is what it says")]
        result_code: u16,
    }

    let PEPJSONValue::Object(mut parts) = opened else {
        return None;
    };
    let data = parts.remove(DATA)?;
    let Head { participants: who, .. } = Head::from_pep(&PEPJSONValue::Object(parts)).ok()?;
    Some(About { who, ticket: 0, what: I::from_foreign(operation, who, &data) })
}
