//! The records of an activity, which both ends share.

use nest_core::__private_v1::check_sent;
use nest_core::PepRecord;
use nest_core::schema::Schema;

/// The records of one activity: what participants do, how far they are, and what comes out.
///
/// Implement it on the record that names the activity, `#[pep(activity = "…")]`, in the file that data source and
/// platform share. Both ends need these types, and the platform has no source, so they are not in
/// [`Serves`](crate::Serves). What a server answers and what a client expects is one declaration.
///
/// ```
/// use nest_source::prelude::*;
///
/// #[derive(PepRecord)]
/// #[pep(activity = "reading-test", max_blocks = 2)]
/// struct Score {
///     #[pep(pseudonym)]
///     pupil: Pseudonym,
///     #[pep(range = 0..=100)]
///     points: u8,
/// }
///
/// #[derive(PepRecord)]
/// #[pep(activity = "reading-test", kind = "progress", max_blocks = 1)]
/// struct TestsTaken {
///     #[pep(range = 0..=255)]
///     tests: u8,
/// }
///
/// impl Activity for Score {
///     type Progress = TestsTaken;
///     type Outcome = Score;
/// }
/// ```
///
/// A record that names no activity does not compile as an activity:
///
/// ```compile_fail
/// # use nest_source::prelude::*;
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Score {
///     points: u8,
/// }
///
/// impl Activity for Score {
///     type Progress = Score;
///     type Outcome = Score;
/// }
///
/// let name = nest_source::activity_name::<Score>();
/// ```
///
/// A record type may serve several activities, under names that are given where it is served: see
/// [`Context::activity`](crate::Context::activity). It need not name an activity itself then.
///
/// # Privacy
///
/// The name of the activity is in clear, in the path and in every message. Do not name it after something that only
/// some participants do. An observer of a request would know that they did it.
pub trait Activity: PepRecord + Send + Sync + 'static {
    /// How far a participant is, and how many outcomes there are of it.
    type Progress: PepRecord + Send + Sync + 'static;

    /// One outcome of a participant. Often the record of the activity itself.
    type Outcome: PepRecord + Send + Sync + 'static;
}

/// The name that an activity's record declares. It does not compile where there is none.
pub const fn activity_name<A: Activity>() -> &'static str {
    const {
        check_sent(A::SCHEMA);
        check_sent(A::Progress::SCHEMA);
        check_sent(A::Outcome::SCHEMA);
        checked(A::SCHEMA)
    }
}

#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
const fn checked(schema: &Schema) -> &'static str {
    match schema.activity {
        Some(name) if is_participants(name) => {
            panic!("an activity cannot be called `participants`: the routes about participants are")
        }
        Some(name) if is_activity_name(name) => name,
        Some(_) => panic!(
            "the name of an activity is part of its path: write 1 to 64 small letters, digits, `-` or `_` in `#[pep(activity = \"…\")]`"
        ),
        None => panic!("the record names no activity: write `#[pep(activity = \"…\")]`"),
    }
}

/// Whether an activity's name is the word that stands for participants.
const fn is_participants(name: &str) -> bool {
    matches!(name.as_bytes(), b"participants")
}

/// Whether this may be the name of an activity: 1 to 64 small letters, digits, `-` and `_`, and not
/// [`PARTICIPANTS`](crate::PARTICIPANTS).
#[allow(
    clippy::indexing_slicing,
    reason = "slices have no `get` in constants, and the index is below the length"
)]
pub const fn is_activity_name(name: &str) -> bool {
    if is_participants(name) {
        return false;
    }
    let bytes = name.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !matches!(bytes[i], b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') {
            return false;
        }
        i += 1;
    }
    matches!(bytes.len(), 1..=64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PARTICIPANTS;

    #[test]
    fn a_name_that_could_change_the_path_is_refused() {
        for name in ["assessment", "reading-test", "reading_test_2"] {
            assert!(is_activity_name(name), "{name}");
        }
        for name in ["", "a/b", "..", "a b", "A", "{x}", "a?b", "é", PARTICIPANTS, &"a".repeat(65)] {
            assert!(!is_activity_name(name), "{name}");
        }
    }
}
