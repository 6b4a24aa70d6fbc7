//! Comments of every form stand in the schema without what marks them as comments.

use nest_core::prelude::*;

/**
 * Of one test.
 *
 * - Taken at school.
 */
#[derive(PepRecord)]
#[pep(max_blocks = 4)]
struct Test {
    /**
     * Points out of a hundred.
     * Higher is better.
     */
    #[pep(range = 0..=100)]
    points: u8,
    /** Whether there was an aide. */
    aide: bool,
    #[doc = concat!("At most ", 10, " tasks.")]
    #[pep(range = 0..=10)]
    tasks: u8,
    /// Before.
    #[doc = concat!("In ", "between.")]
    /// After.
    done: bool,
}

fn main() {
    let docs: Vec<_> = Test::SCHEMA.fields.iter().map(|field| field.doc).collect();
    assert_eq!(Test::SCHEMA.doc, "Of one test.\n\n- Taken at school.");
    assert_eq!(
        docs,
        [
            "Points out of a hundred.\nHigher is better.",
            "Whether there was an aide.",
            "At most 10 tasks.",
            "Before.\nIn between.\nAfter.",
        ]
    );
}
