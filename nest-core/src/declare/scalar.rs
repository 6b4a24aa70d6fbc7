//! The codec of fields that hold one value: pseudonyms, flags, numbers, texts and labels.

use crate::declare::attributes::{self, Declaration, Kind};
use crate::declare::field::{Codec, PepField, Reader, Writer, by_codec};
use crate::declare::schema::{ABSENT_CODE, Type};
use crate::encode::block::{self, Number};
use crate::encode::encoding::{ABSENT_BOOL, decode_number, put_bool, put_number, put_text};
use crate::encode::plaintext::{Opened, Plain, Plaintext, data, equal};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
use crate::{PepEnum, Pseudonym};
use nest_schema::grid;

impl Codec for Pseudonym {
    const KIND: Kind = Kind::Pseudonym;

    fn encode(&self, _: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        out.push(Plain::Pseudonym(self.to_point()));
        Ok(())
    }

    fn decode(blocks: &[Opened], _: &Type) -> Result<Self, DecodeError> {
        match blocks {
            [Some(Plain::Pseudonym(point))] => {
                Ok(Pseudonym::from_point(*point).ok_or(DecodeFault::NeutralPseudonym)?)
            }
            [None] => Err(DecodeFault::NotData.into()),
            _ => Err(DecodeFault::WrongShape.into()),
        }
    }
}

impl<D: Declaration> PepField<D> for Pseudonym {
    const TYPE: Type = Type::Pseudonym;

    by_codec!();
}

impl Codec for bool {
    const KIND: Kind = Kind::Bool;

    fn encode(&self, _: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        Ok(put_bool(u8::from(*self), out)?)
    }

    fn decode(blocks: &[Opened], _: &Type) -> Result<Self, DecodeError> {
        match block::unpad(data(blocks)?).ok_or(DecodeFault::Padding)? {
            [0] => Ok(false),
            [1] => Ok(true),
            [ABSENT_BOOL] => Err(DecodeFault::Reserved.into()),
            _ => Err(DecodeFault::Bool.into()),
        }
    }
}

impl<D: Declaration> PepField<D> for bool {
    const TYPE: Type = Type::Bool;

    by_codec!();
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Codec for $int {
            const KIND: Kind = Kind::Integer {
                min: <$int>::MIN as i128,
                max: <$int>::MAX as i128,
                width: <$int>::BITS,
            };

            fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
                encode_integer(i128::from(*self), ty, out)
            }

            fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
                decode_integer(blocks, ty)
            }
        }

        impl<D: Declaration> PepField<D> for $int {
            const TYPE: Type =
                attributes::integer_type(&D::DECLARED, <$int>::MIN as i128, <$int>::MAX as i128);

            by_codec!();
        }
    )*};
}

integers!(u8, u16, u32, u64, i8, i16, i32, i64);

pub(crate) fn encode_integer(value: i128, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
    let (min, max) = integer_bounds(ty).ok_or(EncodeFault::Mismatch)?;
    if (min..=max).contains(&value) {
        Ok(put_number(Number::Integer(value), out)?)
    } else {
        Err(EncodeFault::OutOfRange { min, max }.into())
    }
}

pub(crate) fn decode_integer<T: TryFrom<i128>>(blocks: &[Opened], ty: &Type) -> Result<T, DecodeError> {
    let (min, max) = integer_bounds(ty).ok_or(DecodeFault::Mismatch)?;
    match decode_number(blocks)? {
        Number::Integer(value) if (min..=max).contains(&value) => {
            Ok(value.try_into().map_err(|_| DecodeFault::OutOfRange)?)
        }
        Number::Integer(_) => Err(DecodeFault::OutOfRange.into()),
        Number::Float(_) => Err(DecodeFault::Number.into()),
    }
}

fn integer_bounds(ty: &Type) -> Option<(i128, i128)> {
    match *ty {
        Type::Integer { min, max } => Some((min, max)),
        Type::Time { min, max, .. } => Some((min.into(), max.into())),
        _ => None,
    }
}

macro_rules! floats {
    ($($float:ty),*) => {$(
        impl Codec for $float {
            const KIND: Kind = Kind::Float;

            fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
                let &Type::Decimal { min, max, decimals } = ty else {
                    return Err(EncodeFault::Mismatch.into());
                };
                // The bounds in the field's own precision: a `0.1_f32` is no larger than `0.1`, and is that bound
                // even where it lies some steps beside it.
                let bounds = grid::from_steps(min, decimals) as $float
                    ..=grid::from_steps(max, decimals) as $float;
                if !self.is_finite() {
                    return Err(EncodeFault::NotFinite.into());
                }
                let steps = grid::nearest_steps(f64::from(*self), decimals)
                    .filter(|_| bounds.contains(self))
                    .map(|steps| steps.clamp(min, max))
                    .ok_or_else(|| EncodeFault::DecimalOutOfRange {
                        min: grid::text(min, decimals),
                        max: grid::text(max, decimals),
                    })?;
                Ok(put_number(Number::Float(grid::from_steps(steps, decimals)), out)?)
            }

            fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
                let number = decode_decimal(blocks, ty)? as $float;
                // Where the grid is finer than `f32`, several steps are one number: only the one that is
                // written is read.
                let mut written = Plaintext::new();
                match number.encode(ty, &mut written) {
                    Ok(()) if equal(blocks, &written) => Ok(number),
                    _ => Err(DecodeFault::OffGrid.into()),
                }
            }
        }

        impl<D: Declaration> PepField<D> for $float {
            const TYPE: Type = attributes::decimal_type(&D::DECLARED);

            by_codec!();
        }
    )*};
}

floats!(f32, f64);

pub(crate) fn decode_decimal(blocks: &[Opened], ty: &Type) -> Result<f64, DecodeFault> {
    let &Type::Decimal { min, max, decimals } = ty else {
        return Err(DecodeFault::Mismatch);
    };
    let Number::Float(number) = decode_number(blocks)? else {
        return Err(DecodeFault::Number);
    };
    let steps = grid::to_steps(number, decimals)
        // A negative zero equals zero, and is no encoding of it.
        .filter(|steps| grid::from_steps(*steps, decimals).to_bits() == number.to_bits())
        .ok_or(DecodeFault::OffGrid)?;
    if (min..=max).contains(&steps) { Ok(number) } else { Err(DecodeFault::OutOfRange) }
}

impl Codec for String {
    const KIND: Kind = Kind::Text;

    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        let &Type::Text { max_bytes } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        if self.len() > max_bytes {
            return Err(EncodeFault::TextTooLong { max_bytes }.into());
        }
        put_text(self, ty, out);
        Ok(())
    }

    fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
        let &Type::Text { max_bytes } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let blocks = blocks.iter().map(|block| data(std::slice::from_ref(block)).copied());
        let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
        Ok(block::text_from_blocks(&blocks, max_bytes)?)
    }
}

impl<D: Declaration> PepField<D> for String {
    const TYPE: Type = Type::Text { max_bytes: attributes::bound(D::DECLARED.max_bytes) };

    by_codec!();
}

/// What the derive of [`PepEnum`] implements [`Codec::encode`] with.
pub fn encode_enum<E: PepEnum>(value: &E, out: &mut Plaintext) -> Result<(), EncodeError> {
    Ok(put_number(Number::Integer(value.code().into()), out)?)
}

/// What the derive of [`PepEnum`] implements [`Codec::decode`] with.
pub fn decode_enum<E: PepEnum>(blocks: &[Opened]) -> Result<E, DecodeError> {
    let code = match decode_number(blocks)? {
        Number::Integer(code) => i32::try_from(code).map_err(|_| DecodeFault::UnknownCode)?,
        Number::Float(_) => return Err(DecodeFault::Number.into()),
    };
    match E::from_code(code) {
        Some(value) => Ok(value),
        None if code == ABSENT_CODE => Err(DecodeFault::Reserved.into()),
        None => Err(DecodeFault::UnknownCode.into()),
    }
}
