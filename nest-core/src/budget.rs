//! The budget: a record that takes more blocks than it declares does not compile.

use crate::schema::{Field, Schema};
use crate::text::Text;

/// The budget of a record that declares none, until its author has written one.
pub const NO_BUDGET: usize = usize::MAX;

/// Refuses a record that takes more blocks than its budget, or has none.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_budget(schema: &Schema) {
    let blocks = schema.blocks();
    if schema.max_blocks == NO_BUDGET {
        let text = Text::<256>::new()
            .str("how large the record is must be declared [block-budget]: it takes ")
            .number(blocks)
            .str(" blocks, write `#[pep(max_blocks = ")
            .number(blocks)
            .str(")]`");
        panic!("{}", text.as_str())
    }
    if blocks > schema.max_blocks {
        let text = Text::<1024>::new()
            .str("the record takes ")
            .number(blocks)
            .str(" blocks and its budget is ")
            .number(schema.max_blocks)
            .str(" [block-budget]; its largest fields: ");
        let text = largest(text, schema.fields)
            .str(": shorten them, or write `max_blocks = ")
            .number(blocks)
            .str("`");
        panic!("{}", text.as_str())
    }
}

/// Names the three fields with the most blocks, the largest first.
const fn largest<const N: usize>(mut text: Text<N>, fields: &[Field]) -> Text<N> {
    let mut named = [usize::MAX; 3];
    let mut place = 0;
    while place < 3 && place < fields.len() {
        let mut best = usize::MAX;
        let mut i = 0;
        while i < fields.len() {
            let taken = i == named[0] || i == named[1] || i == named[2];
            if !taken && (best == usize::MAX || fields[i].blocks() > fields[best].blocks()) {
                best = i;
            }
            i += 1;
        }
        named[place] = best;
        if place > 0 {
            text = text.str(", ");
        }
        text = text.str("`").str(fields[best].name).str("` (").number(fields[best].blocks()).str(")");
        place += 1;
    }
    text
}
