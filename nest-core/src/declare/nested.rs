//! The codec of fields that hold other values: what may be absent, arrays, lists, and records.

use crate::PepRecord;
use crate::declare::attributes::{self, Declaration, Kind};
use crate::declare::field::{Codec, PepField, Reader, Writer, by_codec};
use crate::declare::record;
use crate::declare::schema::Type;
use crate::encode::encoding::{absent_blocks, decode_list, is_filler, put_count, put_filler};
use crate::encode::plaintext::{Opened, Plaintext, equal};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};

impl<T: Codec> Codec for Option<T> {
    const KIND: Kind = Kind::Option(&<T as Codec>::KIND);

    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        let &Type::Optional { item, absent } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        let reserved = absent_blocks(item, absent)?;
        let start = out.len();
        match self {
            None => out.extend(reserved),
            Some(value) => {
                value.encode(item, out)?;
                if out.get(start..) == Some(&reserved) {
                    return Err(EncodeFault::Reserved.into());
                }
            }
        }
        Ok(())
    }

    fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
        let &Type::Optional { item, absent } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let reserved = absent_blocks(item, absent).map_err(|_| DecodeFault::Mismatch)?;
        if equal(blocks, &reserved) { Ok(None) } else { T::decode(blocks, item).map(Some) }
    }
}

impl<T: Codec + PepField<D>, D: Declaration> PepField<D> for Option<T> {
    const TYPE: Type =
        Type::Optional { item: &<T as PepField<D>>::TYPE, absent: attributes::absent(&D::DECLARED) };

    by_codec!();
}

impl<T: Codec, const N: usize> Codec for [T; N] {
    const KIND: Kind = Kind::Array(&T::KIND, N);

    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        match ty {
            Type::Array { item, len } if *len == N => encode_items(self, item, out),
            _ => Err(EncodeFault::Mismatch.into()),
        }
    }

    fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
        let Type::Array { item, .. } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        decode_items(blocks, item)?.try_into().map_err(|_| DecodeFault::WrongShape.into())
    }
}

impl<T: Codec + PepField<D>, D: Declaration, const N: usize> PepField<D> for [T; N] {
    const TYPE: Type = Type::Array { item: &<T as PepField<D>>::TYPE, len: N };

    by_codec!();
}

impl<T: Codec> Codec for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        let &Type::List { item, max_len } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        if self.len() > max_len {
            return Err(EncodeFault::TooManyItems { max_len }.into());
        }
        put_count(self.len(), out)?;
        encode_items(self, item, out)?;
        Ok((self.len()..max_len).try_for_each(|_| put_filler(item, out))?)
    }

    fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError> {
        let &Type::List { item, max_len } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let (count, items) = decode_list(blocks)?;
        if count > max_len {
            return Err(DecodeFault::Count.into());
        }
        let used = count.saturating_mul(item.blocks());
        let (used, unused) = items.split_at_checked(used).ok_or(DecodeFault::WrongShape)?;
        for (place, blocks) in places(unused, item).enumerate() {
            if !is_filler(blocks, item) {
                return Err(DecodeError::from(DecodeFault::Filler).in_item(count + place));
            }
        }
        decode_items(used, item)
    }
}

impl<T: Codec + PepField<D>, D: Declaration> PepField<D> for Vec<T> {
    const TYPE: Type =
        Type::List { item: &<T as PepField<D>>::TYPE, max_len: attributes::bound(D::DECLARED.max_len) };

    by_codec!();
}

fn encode_items<T: Codec>(items: &[T], ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
    items
        .iter()
        .enumerate()
        .try_for_each(|(place, item)| item.encode(ty, out).map_err(|error| error.in_item(place)))
}

fn decode_items<T: Codec>(blocks: &[Opened], ty: &Type) -> Result<Vec<T>, DecodeError> {
    places(blocks, ty)
        .enumerate()
        .map(|(place, blocks)| T::decode(blocks, ty).map_err(|error| error.in_item(place)))
        .collect()
}

/// The blocks of each item.
fn places<'a>(blocks: &'a [Opened], ty: &Type) -> std::slice::Chunks<'a, Opened> {
    blocks.chunks(ty.blocks().max(1))
}

#[diagnostic::do_not_recommend]
impl<R: PepRecord> Codec for R {
    const KIND: Kind = {
        // A record with parameters is checked where these are known: here.
        Kind::Record { variants: !R::SCHEMA.variants.is_empty() }
    };

    fn encode(&self, _: &Type, out: &mut Plaintext) -> Result<(), EncodeError> {
        record::encode(self, out)
    }

    fn decode(blocks: &[Opened], _: &Type) -> Result<Self, DecodeError> {
        record::decode(blocks)
    }
}

#[diagnostic::do_not_recommend]
impl<R: PepRecord, D: Declaration> PepField<D> for R {
    const TYPE: Type = Type::Record(R::SCHEMA);

    by_codec!();
}
