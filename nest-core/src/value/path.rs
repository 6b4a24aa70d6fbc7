//! Where a value stands in a plain record, by its path.

use std::ops::Range;

use nest_schema::{LIST_COUNT, Parts, Schema, Type, VARIANT};

use super::Value;
use super::blocks::opened;
use super::read::{is_used, read};
use crate::encode::encoding::{decode_list, is_filler};

/// A value's place.
pub(super) struct Place {
    pub(super) ty: Type,
    pub(super) bytes: Range<usize>,
    /// Whether the place holds filler: an item beyond the count, a field of another variant, a record that is not
    /// there.
    pub(super) filler: bool,
    /// The record whose field it is, and where that begins.
    pub(super) parent: (&'static Schema, usize),
    /// The name of that field, where the path ends in it.
    pub(super) field: Option<&'static str>,
    /// Whether it is the number of items of a list, which the list decides.
    pub(super) count: bool,
}

/// One step of a path.
enum Step<'a> {
    Name(&'a str),
    Item(usize),
}

/// The place at a path; `None` where the record has no such place.
pub(super) fn find(schema: &'static Schema, record: &[u8], path: &str) -> Option<Place> {
    let mut steps = steps(path)?.into_iter();
    let Step::Name(name) = steps.next()? else { return None };
    let mut place = field(schema, record, 0, name)?;
    for step in steps {
        place = match (step, place.ty.parts()) {
            (Step::Name(name), Parts::Record(inner)) => {
                let blocks = opened(&place.ty, record.get(place.bytes.clone())?);
                let absent = matches!(place.ty, Type::OrFiller(_))
                    && matches!(read(&place.ty, &blocks), Ok(Value::Absent));
                let within = field(inner, record, place.bytes.start, name)?;
                Place { filler: place.filler || absent || within.filler, ..within }
            }
            (Step::Name(LIST_COUNT), Parts::List(_, max_len)) => Place {
                ty: Type::Integer { min: 0, max: i128::try_from(max_len).ok()? },
                bytes: place.bytes.start..place.bytes.start + 16,
                count: true,
                field: None,
                ..place
            },
            (Step::Item(i), Parts::Array(item, len)) if i < len => {
                let start = place.bytes.start + i.checked_mul(item.plain_len())?;
                Place { ty: *item, bytes: start..start + item.plain_len(), field: None, ..place }
            }
            (Step::Item(i), Parts::List(item, max_len)) if i < max_len => {
                let blocks = opened(&place.ty, record.get(place.bytes.clone())?);
                let used = matches!(decode_list(&blocks), Ok((count, _)) if i < count);
                let start = place.bytes.start + 16 + i.checked_mul(item.plain_len())?;
                let bytes = start..start + item.plain_len();
                Place { ty: *item, bytes, filler: place.filler || !used, field: None, ..place }
            }
            _ => return None,
        };
    }
    Some(place)
}

/// The place of a field of a record that begins at `start`.
fn field(schema: &'static Schema, record: &[u8], start: usize, name: &str) -> Option<Place> {
    let mut at = start;
    let mut variant = None;
    for field in schema.fields {
        let bytes = at..at + field.ty.plain_len();
        at = bytes.end;
        if !schema.variants.is_empty() && field.name == VARIANT {
            let blocks = opened(&field.ty, record.get(bytes.clone())?);
            if let Ok(Value::Label(label)) = read(&field.ty, &blocks) {
                variant = Some(label);
            }
        }
        if field.name == name {
            let own = name == VARIANT || variant.is_none_or(|variant| is_used(schema, &variant, name));
            let parent = (schema, start);
            return Some(Place {
                ty: field.ty,
                bytes,
                filler: !own,
                parent,
                field: Some(field.name),
                count: false,
            });
        }
    }
    None
}

/// The steps of a path: `address.city`, `marks[2]`, `visits[0].remark`.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (name, mut items) = part.split_at(part.find('[').unwrap_or(part.len()));
        if name.is_empty() {
            return None;
        }
        steps.push(Step::Name(name));
        while let Some(rest) = items.strip_prefix('[') {
            let (place, rest) = rest.split_once(']')?;
            let digits = !place.is_empty() && place.bytes().all(|digit| digit.is_ascii_digit());
            steps.push(Step::Item(place.parse().ok().filter(|_| digits)?));
            items = rest;
        }
        if !items.is_empty() {
            return None;
        }
    }
    Some(steps)
}

/// Whether a field of a record holds filler in its shape.
pub(super) fn holds_filler(ty: &Type, bytes: &[u8]) -> bool {
    is_filler(&opened(ty, bytes), ty)
}
