//! What travels sealed, one of each per participant: questions, given records and replies.
//!
//! The participant is inside the item, with what is asked or said about them, so that a shuffle moves both,
//! and nothing in clear tells which item is about whom. Each item has an attribute besides its pseudonyms:
//! opened with the keys of another session, a pseudonym becomes another pseudonym, while an attribute
//! becomes an error.

use nest_core::{PepRecord, Pseudonym};

use crate::RecordError;

/// Which question a reply answers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) who: Pseudonym,
    pub(crate) page: u8,
}

/// An item of a request.
pub(crate) trait Item: PepRecord + Send + 'static {
    /// What the reply to it repeats.
    fn key(&self) -> Key;
}

/// A question about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
pub(crate) struct Ask {
    #[pep(pseudonym)]
    pub(crate) who: Pseudonym,
    /// Which of the participant's records, from 0; always 0 where the question is not about records.
    #[pep(range = 0..=255)]
    pub(crate) page: u8,
}

impl Item for Ask {
    fn key(&self) -> Key {
        Key { who: self.who, page: self.page }
    }
}

/// A record to be kept about a participant.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS)]
pub(crate) struct Given<R: PepRecord> {
    #[pep(pseudonym)]
    pub(crate) who: Pseudonym,
    /// The version of the record's declaration at the sender: one shape may have had several meanings.
    #[pep(range = 0..=65535)]
    version: u16,
    record: R,
}

impl<R: PepRecord> Given<R> {
    pub(crate) fn new(who: Pseudonym, record: R) -> Self {
        Self { who, version: Self::VERSION, record }
    }

    /// Versions beyond the last that fits are taken for that one.
    const VERSION: u16 =
        if R::SCHEMA.version < u16::MAX as u32 { R::SCHEMA.version as u16 } else { u16::MAX };

    /// The record; [`RecordError::Invalid`] where it was declared in another version than here.
    pub(crate) fn into_record(self) -> Result<R, RecordError> {
        if self.version == Self::VERSION { Ok(self.record) } else { Err(RecordError::Invalid) }
    }
}

impl<R: PepRecord + Send + 'static> Item for Given<R> {
    fn key(&self) -> Key {
        Key { who: self.who, page: 0 }
    }
}

/// What a data source says about one item.
#[derive(PepRecord)]
#[pep(max_blocks = 3 + R::BLOCKS)]
pub(crate) struct Reply<R: PepRecord> {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=255)]
    page: u8,
    status: Status<R>,
}

/// How a request went for one participant. All have the shape of a success: one that failed is filled up.
/// The codes are pinned, since they are the wire.
#[derive(PepRecord)]
#[pep(max_blocks = 1 + R::BLOCKS)]
enum Status<R: PepRecord> {
    #[pep(code = 0, rename = "ok")]
    Ok { record: R },
    #[pep(code = 1, rename = "not-found")]
    NotFound,
    #[pep(code = 2, rename = "forbidden")]
    Forbidden,
    #[pep(code = 3, rename = "invalid")]
    Invalid,
    #[pep(code = 4, rename = "conflict")]
    Conflict,
    #[pep(code = 5, rename = "unsupported")]
    Unsupported,
    #[pep(code = 6, rename = "internal")]
    Internal,
}

impl<R: PepRecord> Reply<R> {
    pub(crate) fn new(key: Key, result: Result<R, RecordError>) -> Self {
        let status = match result {
            Ok(record) => Status::Ok { record },
            Err(RecordError::NotFound) => Status::NotFound,
            Err(RecordError::Forbidden) => Status::Forbidden,
            Err(RecordError::Invalid) => Status::Invalid,
            Err(RecordError::Conflict) => Status::Conflict,
            Err(RecordError::Unsupported) => Status::Unsupported,
            Err(RecordError::Internal) => Status::Internal,
        };
        Self { who: key.who, page: key.page, status }
    }

    pub(crate) fn key(&self) -> Key {
        Key { who: self.who, page: self.page }
    }

    pub(crate) fn into_result(self) -> Result<R, RecordError> {
        match self.status {
            Status::Ok { record } => Ok(record),
            Status::NotFound => Err(RecordError::NotFound),
            Status::Forbidden => Err(RecordError::Forbidden),
            Status::Invalid => Err(RecordError::Invalid),
            Status::Conflict => Err(RecordError::Conflict),
            Status::Unsupported => Err(RecordError::Unsupported),
            Status::Internal => Err(RecordError::Internal),
        }
    }
}

/// The record of a reply that has nothing to say but its status.
#[derive(PepRecord)]
#[pep(max_blocks = 1)]
pub(crate) struct Done {
    #[pep(range = 0..=0)]
    done: u8,
}

impl Done {
    pub(crate) const DONE: Done = Done { done: 0 };
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ERRORS: [RecordError; 6] = [
        RecordError::NotFound,
        RecordError::Forbidden,
        RecordError::Invalid,
        RecordError::Conflict,
        RecordError::Unsupported,
        RecordError::Internal,
    ];

    #[test]
    fn every_error_comes_back_and_has_the_shape_of_a_success() {
        let key = Key { who: Pseudonym::random(), page: 7 };
        let success = Reply::new(key, Ok(Done::DONE)).to_pep().unwrap().structure();
        for error in ERRORS {
            let reply = Reply::<Done>::new(key, Err(error)).to_pep().unwrap();
            assert_eq!(reply.structure(), success);
            let reply = Reply::<Done>::from_pep(&reply).unwrap();
            assert!(reply.key() == key);
            assert_eq!(reply.into_result().err(), Some(error));
        }
    }

    #[test]
    fn a_record_of_another_version_is_invalid() {
        let who = Pseudonym::random();
        assert!(Given::new(who, Done::DONE).into_record().is_ok());
        let given = Given { who, version: 2, record: Done::DONE };
        assert_eq!(given.into_record().err(), Some(RecordError::Invalid));
    }
}
