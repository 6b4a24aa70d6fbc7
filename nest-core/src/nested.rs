//! The codec of fields that hold other values: what may be absent, arrays, lists, and records.

use libpep::data::json::PEPJSONValue;

use crate::declared::{self, Declaration, Kind};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
use crate::field::{Codec, PepField, Reader, Writer, by_codec};
use crate::schema::Type;
use crate::value::{absent_value, decode_list, filler, is_filler, list_value};
use crate::{PepRecord, record};

impl<T: Codec> Codec for Option<T> {
    const KIND: Kind = Kind::Option(&<T as Codec>::KIND);

    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
        let &Type::Optional { item, absent } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        let reserved = absent_value(item, absent)?;
        match self {
            None => Ok(reserved),
            Some(value) => match value.encode(item)? {
                value if value == reserved => Err(EncodeFault::Reserved.into()),
                value => Ok(value),
            },
        }
    }

    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
        let &Type::Optional { item, absent } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let reserved = absent_value(item, absent).map_err(|_| DecodeFault::Mismatch)?;
        if *value == reserved { Ok(None) } else { T::decode(value, item).map(Some) }
    }
}

impl<T: Codec + PepField<D>, D: Declaration> PepField<D> for Option<T> {
    const TYPE: Type =
        Type::Optional { item: &<T as PepField<D>>::TYPE, absent: declared::absent(&D::DECLARED) };

    by_codec!();
}

impl<T: Codec, const N: usize> Codec for [T; N] {
    const KIND: Kind = Kind::Array(&T::KIND, N);

    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
        match ty {
            Type::Array { item, len } if *len == N => encode_items(self, item).map(PEPJSONValue::Array),
            _ => Err(EncodeFault::Mismatch.into()),
        }
    }

    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
        let Type::Array { item, .. } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        match value {
            PEPJSONValue::Array(values) if values.len() == N => {
                decode_items(values, item)?.try_into().map_err(|_| DecodeFault::WrongShape.into())
            }
            _ => Err(DecodeFault::WrongShape.into()),
        }
    }
}

impl<T: Codec + PepField<D>, D: Declaration, const N: usize> PepField<D> for [T; N] {
    const TYPE: Type = Type::Array { item: &<T as PepField<D>>::TYPE, len: N };

    by_codec!();
}

impl<T: Codec> Codec for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
        let &Type::List { item, max_len } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        if self.len() > max_len {
            return Err(EncodeFault::TooManyItems { max_len }.into());
        }
        let mut items = encode_items(self, item)?;
        for _ in self.len()..max_len {
            items.push(filler(item)?);
        }
        list_value(self.len(), items)
    }

    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
        let &Type::List { item, max_len } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let (count, items) = decode_list(value, max_len)?;
        let (used, unused) = items.split_at_checked(count).ok_or(DecodeFault::Count)?;
        for (place, value) in unused.iter().enumerate() {
            if !is_filler(value, item) {
                return Err(DecodeError::from(DecodeFault::Filler).in_item(count + place));
            }
        }
        decode_items(used, item)
    }
}

impl<T: Codec + PepField<D>, D: Declaration> PepField<D> for Vec<T> {
    const TYPE: Type =
        Type::List { item: &<T as PepField<D>>::TYPE, max_len: declared::bound(D::DECLARED.max_len) };

    by_codec!();
}

fn encode_items<T: Codec>(items: &[T], ty: &Type) -> Result<Vec<PEPJSONValue>, EncodeError> {
    items
        .iter()
        .enumerate()
        .map(|(place, item)| item.encode(ty).map_err(|error| error.in_item(place)))
        .collect()
}

fn decode_items<T: Codec>(values: &[PEPJSONValue], ty: &Type) -> Result<Vec<T>, DecodeError> {
    values
        .iter()
        .enumerate()
        .map(|(place, value)| T::decode(value, ty).map_err(|error| error.in_item(place)))
        .collect()
}

#[diagnostic::do_not_recommend]
impl<R: PepRecord> Codec for R {
    const KIND: Kind = {
        // A record with parameters is checked where these are known: here.
        let () = R::__CHECK;
        Kind::Record { bits: R::SCHEMA.bits(), variants: !R::SCHEMA.variants.is_empty() }
    };

    fn encode(&self, _: &Type) -> Result<PEPJSONValue, EncodeError> {
        record::encode(self)
    }

    fn decode(value: &PEPJSONValue, _: &Type) -> Result<Self, DecodeError> {
        record::decode(value)
    }
}

#[diagnostic::do_not_recommend]
impl<R: PepRecord, D: Declaration> PepField<D> for R {
    const TYPE: Type = Type::Record(R::SCHEMA);

    by_codec!();
}
