//! Blocks in the order of a schema as libpep's trees of values, and back: strictly, tag for tag and key for key.

use std::collections::HashMap;

use curve25519_dalek::ristretto::CompressedRistretto;
use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use libpep::data::simple::{
    Attribute, ElGamalEncryptable, ElGamalEncrypted, EncryptedAttribute, EncryptedPseudonym,
    Pseudonym as PepPseudonym,
};

use crate::declare::schema::{LIST_COUNT, LIST_ITEMS, Parts, Schema, Type};
use crate::encode::plaintext::{Opened, Plain};
use crate::error::{DecodeError, DecodeFault};
use crate::seal::cipher::Sealed64;

/// One of libpep's two trees: of plaintext, and of ciphertexts.
pub(crate) trait Tree: Sized {
    /// What is written as a leaf.
    type Written;
    /// What is read from one.
    type Read;

    fn object(fields: HashMap<String, Self>) -> Self;
    fn array(items: Vec<Self>) -> Self;
    fn fields(&self) -> Option<&HashMap<String, Self>>;
    fn items(&self) -> Option<&[Self]>;
    /// A leaf of a type; `None` where the blocks do not fit it.
    fn leaf(ty: &Type, blocks: &[Self::Written]) -> Option<Self>;
    /// Appends the blocks of a leaf of a type; `None` where it is of another.
    fn read(&self, ty: &Type, out: &mut Vec<Self::Read>) -> Option<()>;
}

/// The tree of a record; `None` where the blocks do not fit its schema.
pub(crate) fn of<T: Tree>(schema: &Schema, mut blocks: &[T::Written]) -> Option<T> {
    let tree = record(schema, &mut blocks)?;
    blocks.is_empty().then_some(tree)
}

fn record<T: Tree>(schema: &Schema, blocks: &mut &[T::Written]) -> Option<T> {
    let fields = schema.fields.iter().map(|field| Some((field.name.to_owned(), value(&field.ty, blocks)?)));
    fields.collect::<Option<_>>().map(T::object)
}

fn value<T: Tree>(ty: &Type, blocks: &mut &[T::Written]) -> Option<T> {
    match ty.parts() {
        Parts::Optional(item, _) => value(item, blocks),
        Parts::Array(item, len) => items(item, len, blocks),
        Parts::List(item, max_len) => Some(T::object(HashMap::from([
            (LIST_COUNT.to_owned(), value(&COUNT, blocks)?),
            (LIST_ITEMS.to_owned(), items(item, max_len, blocks)?),
        ]))),
        Parts::Record(schema) => record(schema, blocks),
        Parts::Leaf => {
            let (own, rest) = blocks.split_at_checked(ty.blocks())?;
            *blocks = rest;
            T::leaf(ty, own)
        }
    }
}

fn items<T: Tree>(item: &Type, len: usize, blocks: &mut &[T::Written]) -> Option<T> {
    (0..len).map(|_| value(item, blocks)).collect::<Option<_>>().map(T::array)
}

/// The type of a list's count, as far as its leaf goes.
pub(crate) const COUNT: Type = Type::Integer { min: 0, max: i128::MAX };

/// The blocks of a record's tree, or where it has another shape than declared.
pub(crate) fn to_blocks<T: Tree>(schema: &Schema, tree: &T) -> Result<Vec<T::Read>, DecodeError> {
    // Not reserved by the schema: what comes from outside may be much smaller.
    let mut out = Vec::new();
    read_record(schema, tree, &mut out)?;
    Ok(out)
}

fn read_record<T: Tree>(schema: &Schema, tree: &T, out: &mut Vec<T::Read>) -> Result<(), DecodeError> {
    let fields = tree.fields().ok_or(DecodeFault::WrongShape)?;
    if fields.len() > schema.fields.len() {
        return Err(DecodeFault::ExtraFields.into());
    }
    for field in schema.fields {
        fields
            .get(field.name)
            .ok_or_else(|| DecodeFault::MissingField.into())
            .and_then(|value| read_value(&field.ty, value, out))
            .map_err(|error| error.in_field(field.name))?;
    }
    Ok(())
}

/// Appends the blocks of a value of a type.
pub(crate) fn read_value<T: Tree>(ty: &Type, tree: &T, out: &mut Vec<T::Read>) -> Result<(), DecodeError> {
    match ty.parts() {
        Parts::Optional(item, _) => read_value(item, tree, out),
        Parts::Array(item, len) => read_items(item, len, tree, out),
        Parts::List(item, max_len) => {
            let fields = tree.fields().filter(|fields| fields.len() == 2).ok_or(DecodeFault::WrongShape)?;
            let (count, items) = (fields.get(LIST_COUNT), fields.get(LIST_ITEMS));
            read_value(&COUNT, count.ok_or(DecodeFault::WrongShape)?, out)?;
            read_items(item, max_len, items.ok_or(DecodeFault::WrongShape)?, out)
        }
        Parts::Record(schema) => read_record(schema, tree, out),
        Parts::Leaf => Ok(tree.read(ty, out).ok_or(DecodeFault::WrongShape)?),
    }
}

fn read_items<T: Tree>(item: &Type, len: usize, tree: &T, out: &mut Vec<T::Read>) -> Result<(), DecodeError> {
    let items = tree.items().filter(|items| items.len() == len).ok_or(DecodeFault::WrongShape)?;
    items
        .iter()
        .enumerate()
        .try_for_each(|(place, value)| read_value(item, value, out).map_err(|error| error.in_item(place)))
}

/// The parts of [`Tree`] in which libpep's two trees differ in nothing but their names.
macro_rules! tree {
    ($written:path, $written_pseudonym:path, $read:path, $read_pseudonym:path) => {
        fn object(fields: HashMap<String, Self>) -> Self {
            Self::Object(fields)
        }

        fn array(items: Vec<Self>) -> Self {
            Self::Array(items)
        }

        fn fields(&self) -> Option<&HashMap<String, Self>> {
            if let Self::Object(fields) = self { Some(fields) } else { None }
        }

        fn items(&self) -> Option<&[Self]> {
            if let Self::Array(items) = self { Some(items) } else { None }
        }

        fn leaf(ty: &Type, blocks: &[Self::Written]) -> Option<Self> {
            Some(match (ty, blocks) {
                (Type::Pseudonym, [block]) => Self::Pseudonym($written_pseudonym(block)?),
                (Type::Bool, [block]) => Self::Bool($written(block)?),
                (Type::Text { .. }, [block]) => Self::String($written(block)?),
                (Type::Text { .. }, blocks) => {
                    Self::LongString(blocks.iter().map($written).collect::<Option<Vec<_>>>()?.into())
                }
                (_, [block]) => Self::Number($written(block)?),
                _ => return None,
            })
        }

        fn read(&self, ty: &Type, out: &mut Vec<Self::Read>) -> Option<()> {
            match (ty, self) {
                (Type::Pseudonym, Self::Pseudonym(block)) => out.push($read_pseudonym(block)),
                (Type::Bool, Self::Bool(block)) => out.push($read(block)),
                (Type::Text { .. }, Self::String(block)) if ty.blocks() == 1 => out.push($read(block)),
                // Not libpep's own description of shapes, which does not tell a text of one block from a long
                // text of one block: the wire shows it.
                (Type::Text { .. }, Self::LongString(long))
                    if long.len() > 1 && long.len() == ty.blocks() =>
                {
                    out.extend(long.iter().map($read));
                }
                (
                    Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. } | Type::Enum(_),
                    Self::Number(block),
                ) => out.push($read(block)),
                _ => return None,
            }
            Some(())
        }
    };
}

impl Tree for PEPJSONValue {
    type Written = Plain;
    type Read = Opened;

    tree!(attribute, pseudonym, opened_attribute, opened_pseudonym);
}

impl Tree for EncryptedPEPJSONValue {
    type Written = Sealed64;
    type Read = Sealed64;

    tree!(
        EncryptedAttribute::from_bytes,
        EncryptedPseudonym::from_bytes,
        EncryptedAttribute::to_bytes,
        EncryptedPseudonym::to_bytes
    );
}

fn attribute(block: &Plain) -> Option<Attribute> {
    match block {
        Plain::Data(block) => Some(Attribute::from_lizard(block)),
        Plain::Pseudonym(_) => None,
    }
}

fn pseudonym(block: &Plain) -> Option<PepPseudonym> {
    match block {
        Plain::Pseudonym(point) => PepPseudonym::from_bytes(point.compress().as_bytes()),
        Plain::Data(_) => None,
    }
}

fn opened_attribute(attribute: &Attribute) -> Opened {
    attribute.to_lizard().map(Plain::Data)
}

fn opened_pseudonym(pseudonym: &PepPseudonym) -> Opened {
    CompressedRistretto(pseudonym.to_bytes()).decompress().map(Plain::Pseudonym)
}
