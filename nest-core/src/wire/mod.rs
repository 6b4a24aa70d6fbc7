//! The wire form of a sealed record: libpep's JSON, written in one order and read strictly by the schema.
//!
//! libpep reads any shape, buffers it, and passes over keys that it does not know. Here the schema says what must
//! come next, so a record of another shape is refused where it differs, and nothing can hide beside one. Between the
//! wire and the opening of a record its ciphertexts are bytes: only their text is looked at.
//!
//! Two ends that both have the schema need no names: `text` is what a batch is made of.

use std::ops::Range;
use std::sync::Arc;

use nest_schema::per_schema::PerSchema;

use crate::declare::schema::{Field, LIST_COUNT, LIST_ITEMS, Parts, Schema, Type};

mod read;
mod text;
mod write;

pub(crate) use read::read;
pub(crate) use text::{from_text, to_text};
pub(crate) use write::write;

/// What must come next.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// A value of a type.
    Type(&'static Type),
    /// The fields of a record.
    Record(&'static Schema),
    /// The count and the items of a list.
    List(&'static Type, usize),
    /// A number of items.
    Items(&'static Type, usize),
}

impl Shape {
    /// The shape of what travels: an optional value is a value, a record and a list are objects.
    pub(crate) fn of(ty: &'static Type) -> Self {
        match ty.parts() {
            Parts::Optional(item, _) => Self::of(item),
            Parts::Record(schema) => Shape::Record(schema),
            Parts::List(item, max_len) => Shape::List(item, max_len),
            Parts::Array(item, len) => Shape::Items(item, len),
            Parts::Leaf => Shape::Type(ty),
        }
    }

    /// libpep's tag.
    pub(crate) fn tag(self) -> &'static str {
        match self {
            Shape::Record(_) | Shape::List(..) => "Object",
            Shape::Items(..) => "Array",
            Shape::Type(ty) => ty.wire_kind(),
        }
    }

    /// The keys of an object, in alphabetical order. The keys of a record are laid out once for each schema.
    pub(crate) fn keys(self) -> Arc<[Key]> {
        static OF_RECORDS: PerSchema<Arc<[Key]>> = PerSchema::new();
        match self {
            Shape::Record(schema) => OF_RECORDS.of(schema, || of_record(schema)),
            Shape::List(item, len) => {
                let blocks = 1..1 + item.blocks().saturating_mul(len);
                let count = Key { name: LIST_COUNT, shape: Shape::Type(COUNT), blocks: 0..1 };
                Arc::new([count, Key { name: LIST_ITEMS, shape: Shape::Items(item, len), blocks }])
            }
            _ => Arc::new([]),
        }
    }
}

/// The keys of a record, each with its place among the blocks.
fn of_record(schema: &'static Schema) -> Arc<[Key]> {
    let mut start = 0;
    let key = |field: &'static Field| {
        let blocks = start..start + field.ty.blocks();
        start = blocks.end;
        Key { name: field.name, shape: Shape::of(&field.ty), blocks }
    };
    let mut keys: Vec<Key> = schema.fields.iter().map(key).collect();
    keys.sort_unstable_by_key(|key| key.name);
    keys.into()
}

/// The type of a list's count, as far as the wire goes.
const COUNT: &Type = &Type::Integer { min: 0, max: i128::MAX };

/// A key of an object: the shape under it, and its place among the object's blocks.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    blocks: Range<usize>,
}

/// The one thing that is said of what is refused: it never quotes what was sent.
const REFUSED: &str = "a sealed record of another shape than declared";

/// The characters of a ciphertext in base64.
const TEXT: usize = 88;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::prelude::*;
    use crate::{InProcess, Sealed, Transcryption};

    #[derive(PepRecord)]
    #[pep(max_blocks = 5)]
    struct Note {
        done: bool,
        #[pep(max_len = 2, range = 0..=9)]
        marks: Vec<u8>,
    }

    async fn json() -> String {
        let session = InProcess::new(1).session().await.unwrap();
        let sealed = session.seal(&Note { done: true, marks: vec![7] }).unwrap();
        serde_json::to_string(&sealed).unwrap()
    }

    fn reads(json: &str) -> bool {
        serde_json::from_str::<Sealed<Note>>(json).is_ok()
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_tag_may_stand_before_or_behind_its_data() {
        let json = json().await;
        assert!(reads(&json));
        let start = json.find(r#""type":"Bool""#).unwrap();
        let end = start + json.get(start..).unwrap().find('}').unwrap();
        let flag = json.get(start..end).unwrap();
        let (tag, data) = flag.split_once(',').unwrap();
        let turned = json.replace(flag, &format!("{data},{tag}"));
        assert!(turned != json && reads(&turned));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_the_schema_does_not_name_is_refused() {
        let json = json().await;
        for (from, to) in [
            (r#""type":"Bool""#, r#""type":"Number""#),
            (r#""type":"Bool""#, r#""planted":"anna","type":"Bool""#),
            (r#""type":"Bool""#, r#""type":"Bool","type":"Bool""#),
            (r#""type":"Bool","#, ""),
            (r#""done":"#, r#""planted":"#),
            (r#""done":"#, r#""marks":"#),
            (r#""data":["#, r#""data":[{"type":"Number","data":""},"#),
            (r#"{"type":"Object","#, r#"["#),
        ] {
            let changed = json.replacen(from, to, 1);
            assert!(changed != json && !reads(&changed), "{from}");
            let error = serde_json::from_str::<Sealed<Note>>(&changed).unwrap_err().to_string();
            assert!(!error.contains("planted") && !error.contains("anna"), "{error}");
        }
    }
}
