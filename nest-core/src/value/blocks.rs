//! The blocks of a type in the bytes of a plain record.

use nest_schema::{Parts, Type};

use crate::Pseudonym;
use crate::encode::plaintext::{Opened, Plain};

/// The blocks of a type in its bytes.
pub(super) fn opened(ty: &Type, bytes: &[u8]) -> Vec<Opened> {
    let mut out = Vec::with_capacity(ty.blocks());
    append(ty, &mut { bytes }, &mut out);
    out
}

/// Appends the blocks of a type, taken from the front of its bytes.
pub(super) fn append(ty: &Type, rest: &mut &[u8], out: &mut Vec<Opened>) {
    match ty.parts() {
        Parts::Leaf if matches!(ty, Type::Pseudonym) => {
            let point = take::<32>(rest).and_then(|bytes| Pseudonym::from_bytes(bytes).ok());
            out.push(point.map(|pseudonym| Plain::Pseudonym(pseudonym.to_point())));
        }
        Parts::Leaf => (0..ty.blocks()).for_each(|_| out.push(take::<16>(rest).copied().map(Plain::Data))),
        Parts::Optional(item, _) => append(item, rest, out),
        Parts::Array(item, len) => (0..len).for_each(|_| append(item, rest, out)),
        Parts::List(item, max_len) => {
            out.push(take::<16>(rest).copied().map(Plain::Data));
            (0..max_len).for_each(|_| append(item, rest, out));
        }
        Parts::Record(schema) => schema.fields.iter().for_each(|field| append(&field.ty, rest, out)),
    }
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, others) = rest.split_first_chunk::<N>()?;
    *rest = others;
    Some(first)
}
