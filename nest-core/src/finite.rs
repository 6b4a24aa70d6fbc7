//! Records within each other, found by their types: a constant that came back to itself would be a cycle, of which the
//! compiler tells in a hundred lines that name no rule.
//!
//! From each record a walk goes to the records in its fields, and from there on. Each step is a type of its own, and the
//! walk ends after more steps than records may lie in each other.

use core::marker::PhantomData;

use nest_rules as say;

use crate::PepRecord;

/// What a walk through the records in a type has found.
pub trait Finite {
    /// Fails to evaluate where the walk had no end.
    const END: ();
}

/// How many steps a walk has left.
pub trait Steps {
    /// What is behind a record: its fields, or the refusal to go on.
    type From<R: PepRecord>: Finite;
}

/// One step more than `S`.
pub(crate) struct More<S>(PhantomData<S>);

/// None.
pub(crate) struct NoMore;

impl<S: Steps> Steps for More<S> {
    type From<R: PepRecord> = R::__Inside<S>;
}

impl Steps for NoMore {
    type From<R: PepRecord> = WithinItself<R>;
}

type Four<S> = More<More<More<More<S>>>>;

/// As many steps as records may lie in each other, and some more.
pub(crate) type All = Four<Four<Four<Four<Four<Four<Four<Four<Four<NoMore>>>>>>>>>;

/// A type without records.
impl Finite for () {
    const END: () = ();
}

/// The types of two fields, or of two halves of the fields.
impl<A: Finite, B: Finite> Finite for (A, B) {
    const END: () = {
        let () = A::END;
        B::END
    };
}

/// A record from which the walk goes on.
pub struct Walk<R, S>(PhantomData<(R, S)>);

impl<R: PepRecord, S: Steps> Finite for Walk<R, S> {
    const END: () = <S::From<R> as Finite>::END;
}

/// The record that the walk came back to.
pub(crate) struct WithinItself<R>(PhantomData<R>);

impl<R> Finite for WithinItself<R> {
    #[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
    const END: () = panic!("{}", say::RECURSION_BY_WAY);
}
