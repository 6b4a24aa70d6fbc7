//! A record or filler in its place, for answers that must look alike whether there is a record or not.

use std::fmt;

use crate::PepRecord;
use crate::declare::attributes::Kind;
use crate::declare::field::{Codec, PepField, Reader, Writer, by_codec};
use crate::declare::schema::Type;
use crate::encode::encoding::{is_filler, put_filler};
use crate::encode::plaintext::{Opened, Plaintext};
use crate::error::{DecodeError, EncodeError};

/// A record, or as many blocks of filler in its place.
///
/// For records that say in another field whether this one holds something, such as the status of an answer.
/// A status and a filled place take one block less than an enum with data, whose code is a block of its own
/// beside every other status.
///
/// ```
/// use nest_core::OrFiller;
/// use nest_core::prelude::*;
///
/// #[derive(Debug, PartialEq, PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Score {
///     #[pep(range = 0..=100)]
///     points: u8,
/// }
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct Answer {
///     found: bool,
///     score: OrFiller<Score>,
/// }
///
/// let found = Answer { found: true, score: OrFiller::record(Score { points: 87 }) };
/// let nothing = Answer { found: false, score: OrFiller::filler() };
/// assert_eq!(found.to_pep()?.structure(), nothing.to_pep()?.structure());
///
/// let received = Answer::from_pep(&found.to_pep()?)?;
/// assert_eq!(received.score.into_record(), Some(Score { points: 87 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Privacy
///
/// Encrypted, a record and filler cannot be told apart. Decrypted, some can not either: filler has the
/// smallest value of each field, and so may a record. Which of the two was meant is for the other field to
/// say; a received place may therefore be both [`is_filler`](Self::is_filler) and a record.
#[derive(Clone, PartialEq)]
pub struct OrFiller<R> {
    record: Option<R>,
    filler: bool,
}

impl<R> OrFiller<R> {
    /// A place that holds a record.
    pub const fn record(record: R) -> Self {
        Self { record: Some(record), filler: false }
    }

    /// A place that holds nothing.
    pub const fn filler() -> Self {
        Self { record: None, filler: true }
    }

    /// The record, if what was received can be read as one.
    pub fn into_record(self) -> Option<R> {
        self.record
    }

    /// Whether what was received can be filler.
    pub fn is_filler(&self) -> bool {
        self.filler
    }
}

impl<R> fmt::Debug for OrFiller<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrFiller(…)")
    }
}

impl<R: PepRecord> Codec for OrFiller<R> {
    const KIND: Kind = <R as Codec>::KIND;

    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        match &self.record {
            Some(record) => record.encode(ty, out),
            None => Ok(put_filler(ty, out)?),
        }
    }

    fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
        let (record, filler) = (R::decode(blocks, ty), is_filler(blocks, ty));
        match record {
            Err(_) if filler => Ok(Self { record: None, filler }),
            Err(error) => Err(error),
            Ok(record) => Ok(Self { record: Some(record), filler }),
        }
    }
}

impl<R: PepRecord, D> PepField<D> for OrFiller<R> {
    const TYPE: Type = Type::OrFiller(R::SCHEMA);

    by_codec!();
}
