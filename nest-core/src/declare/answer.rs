//! An answer, or the reason why there is none: both in the one block of the value.

use crate::PepEnum;
use crate::declare::attributes::{Declaration, Kind};
use crate::declare::field::{Codec, PepField, Reader, Writer, by_codec};
use crate::declare::schema::{Absent, Label, Type};
use crate::encode::encoding::reason_blocks;
use crate::encode::plaintext::{Opened, Plaintext, equal};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};

/// A value, or one of several reasons why there is none: "refused", "not asked".
///
/// `R` is an enum of the reasons with `#[derive(PepEnum)]`. A reason stands in the block of the value, so the answer has
/// the shape of a value that is there, and nothing shows which of the two it is. The attributes of the field are those of
/// the value.
///
/// A reason travels as its code. So codes lie outside the values of the field, as in the code books of surveys: -1 or 99
/// for a scale from 0 to 10. A text travels as text, and there a reason is the text of its name. In the text form of a
/// value, for CSV and queries, a reason is its name too.
///
/// A reason adds nothing to a sum, and people with a reason are in no group of a count. It counts as a value of its own
/// among the identifying bits.
///
/// ```
/// use nest_core::prelude::*;
/// use nest_core::Answer;
///
/// #[derive(Debug, PartialEq, PepEnum)]
/// enum NoAnswer {
///     #[pep(code = -1, rename = "refused")]
///     Refused,
///     #[pep(code = -2, rename = "not asked")]
///     NotAsked,
/// }
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Visit {
///     /// The worst pain of the last week.
///     #[pep(range = 0..=10)]
///     pain: Answer<u8, NoAnswer>,
/// }
///
/// let refused = Visit { pain: Answer::Reason(NoAnswer::Refused) };
/// let read = Visit::from_pep(&refused.to_pep()?)?;
/// assert_eq!(read.pain, Answer::Reason(NoAnswer::Refused));
/// assert_eq!(read.pain.value(), None);
/// assert_eq!(Visit::BLOCKS, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Answer<T, R> {
    /// The value.
    Value(T),
    /// The reason why there is none.
    Reason(R),
}

impl<T, R> Answer<T, R> {
    /// The value, where there is one.
    pub fn value(self) -> Option<T> {
        match self {
            Answer::Value(value) => Some(value),
            Answer::Reason(_) => None,
        }
    }

    /// The reason, where there is no value.
    pub fn reason(self) -> Option<R> {
        match self {
            Answer::Value(_) => None,
            Answer::Reason(reason) => Some(reason),
        }
    }

    /// The same answer by reference.
    pub const fn as_ref(&self) -> Answer<&T, &R> {
        match self {
            Answer::Value(value) => Answer::Value(value),
            Answer::Reason(reason) => Answer::Reason(reason),
        }
    }
}

impl<T, R> From<T> for Answer<T, R> {
    fn from(value: T) -> Self {
        Answer::Value(value)
    }
}

/// The type of the value, and the reasons.
fn parts(ty: &Type) -> Option<(&'static Type, &'static [Label])> {
    match *ty {
        Type::Optional { item, absent: Absent::Reasons(reasons) } => Some((item, reasons.labels)),
        _ => None,
    }
}

impl<T: Codec, R: PepEnum> Codec for Answer<T, R> {
    const KIND: Kind = Kind::Answer(&<T as Codec>::KIND);

    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        let (item, reasons) = parts(ty).ok_or(EncodeFault::Mismatch)?;
        match self {
            Answer::Value(value) => {
                let start = out.len();
                value.encode(item, out)?;
                let written = out.get(start..).unwrap_or_default();
                refuse_reason(written, item, reasons)
            }
            Answer::Reason(reason) => {
                let code = reason.code();
                let reason = reasons.iter().find(|known| known.code == code).ok_or(EncodeFault::Mismatch)?;
                out.extend(reason_blocks(item, reason)?);
                Ok(())
            }
        }
    }

    fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
        let (item, reasons) = parts(ty).ok_or(DecodeFault::Mismatch)?;
        match reason(blocks, item, reasons)? {
            Some(reason) => Ok(Answer::Reason(R::from_code(reason.code).ok_or(DecodeFault::UnknownCode)?)),
            None => T::decode(blocks, item).map(Answer::Value),
        }
    }
}

impl<T: Codec + PepField<D>, R: PepEnum, D: Declaration> PepField<D> for Answer<T, R> {
    const TYPE: Type = Type::Optional { item: &<T as PepField<D>>::TYPE, absent: Absent::Reasons(R::SCHEMA) };

    by_codec!();
}

/// Refuses a value that is written as a reason is: only a text can be.
pub(crate) fn refuse_reason(
    written: &[crate::encode::plaintext::Plain],
    item: &Type,
    reasons: &[Label],
) -> Result<(), EncodeError> {
    if matches!(item, Type::Text { .. }) {
        for reason in reasons {
            if reason_blocks(item, reason)? == written {
                return Err(EncodeFault::Reserved.into());
            }
        }
    }
    Ok(())
}

/// The reason that stands in the blocks, where one does.
pub(crate) fn reason<'a>(
    blocks: &[Opened],
    item: &Type,
    reasons: &'a [Label],
) -> Result<Option<&'a Label>, DecodeFault> {
    for reason in reasons {
        if equal(blocks, &reason_blocks(item, reason).map_err(|_| DecodeFault::Mismatch)?) {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}
