//! The budgets: a record of more blocks or more identifying bits than it declares does not compile.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use nest_rules as say;

use crate::const_text::Text;
use crate::field::FieldOf;
use crate::schema::{RecordKind, SchemaOf};

/// The budget of a record that declares none, until its author has written one.
pub const NO_BUDGET: usize = usize::MAX;

/// The most blocks that any record may take, some 6 MB of JSON: more is a slip of the pen.
const MOST_BLOCKS: usize = 65_536;

/// The most records, arrays and lists within each other: libpep's JSON takes up to four levels for each, and readers
/// of JSON stop at 128.
const MOST_DEPTH: usize = 30;

/// Refuses a record that takes more blocks than its budget, or has none.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_blocks(schema: &SchemaOf<'_>) {
    if let Some(text) = blocks_fault(schema) {
        panic!("{}", text.as_str())
    }
}

/// Why a record takes too many blocks.
pub(crate) const fn blocks_fault(schema: &SchemaOf<'_>) -> Option<Text<1024>> {
    if schema.depth() > MOST_DEPTH {
        return Some(Text::new().str(say::TOO_DEEP));
    }
    let blocks = schema.blocks();
    if schema.max_blocks == NO_BUDGET {
        let text = Text::new()
            .str("how large the record is must be declared [block-budget]: it takes ")
            .number(blocks)
            .str(" blocks, write `#[pep(max_blocks = ")
            .number(blocks)
            .str(")]`");
        return Some(text);
    }
    if blocks > MOST_BLOCKS {
        let text = Text::new()
            .str("the record takes ")
            .number(blocks)
            .str(" blocks, and no record may take more than ")
            .number(MOST_BLOCKS)
            .str(" [block-budget]: send several smaller ones");
        return Some(text);
    }
    if blocks > schema.max_blocks {
        let text = Text::new()
            .str("the record takes ")
            .number(blocks)
            .str(" blocks and its budget is ")
            .number(schema.max_blocks)
            .str(" [block-budget]; its largest fields: ");
        let text = largest(text, schema.fields, false)
            .str(": shorten them, or write `max_blocks = ")
            .number(blocks)
            .str("`");
        return Some(text);
    }
    None
}

/// Refuses a record of more identifying bits than its bound.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_bits(schema: &SchemaOf<'_>) {
    if let Some(text) = bits_fault(schema) {
        panic!("{}", text.as_str())
    }
}

/// Why a record says too much about a person.
pub(crate) const fn bits_fault(schema: &SchemaOf<'_>) -> Option<Text<1024>> {
    let bits = schema.bits();
    let max_bits = match schema.max_bits() {
        Some(max_bits) if bits > max_bits => max_bits,
        _ => return None,
    };
    let text = Text::new()
        .str("the record's values can single out one person among 2^")
        .number(bits as usize)
        .str(", and ");
    let text = match (schema.declared_max_bits, schema.kind) {
        (None, RecordKind::Record) => text
            .str("more than ")
            .number(max_bits as usize)
            .str(" identifying bits must be declared [bit-budget]; its richest fields: "),
        _ => text
            .str("its bound is ")
            .number(max_bits as usize)
            .str(" identifying bits [bit-budget]; its richest fields: "),
    };
    let text = largest(text, schema.fields, true).str(": narrow their ranges, or write `max_bits = ");
    Some(text.number(bits as usize).str("`"))
}

/// Names the three fields with the most blocks, or the most bits, the first most.
const fn largest<const N: usize>(mut text: Text<N>, fields: &[FieldOf<'_>], by_bits: bool) -> Text<N> {
    let mut named = [usize::MAX; 3];
    let mut place = 0;
    while place < named.len() && place < fields.len() {
        let mut best = usize::MAX;
        let mut i = 0;
        while i < fields.len() {
            let taken = i == named[0] || i == named[1] || i == named[2];
            if !taken && (best == usize::MAX || size(&fields[i], by_bits) > size(&fields[best], by_bits)) {
                best = i;
            }
            i += 1;
        }
        named[place] = best;
        if place > 0 {
            text = text.str(", ");
        }
        text = text.str("`").str(fields[best].name).str("` (").number(size(&fields[best], by_bits)).str(")");
        place += 1;
    }
    text
}

const fn size(field: &FieldOf<'_>, by_bits: bool) -> usize {
    if by_bits { field.bits() as usize } else { field.blocks() }
}
