//! Answers of one family: records that must look the same from outside.

/// Compiles only where all the named records have one shape, so that which of them an answer is cannot be seen.
///
/// Equal are the names of the fields, their order, and what travels under each: its kind, its number of blocks,
/// and so on for what is nested. Ranges, labels and bounds within the same number of blocks may differ. Such records
/// have one [fingerprint](crate::declare::schema::Schema::shape_fingerprint).
///
/// ```
/// use nest_core::prelude::*;
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct Available { done: bool, #[pep(range = 0..=100)] score: u8 }
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct NotAvailable { done: bool, #[pep(range = 0..=0)] score: u8 }
///
/// nest_core::same_shape!(Available, NotAvailable);
/// ```
///
/// ```compile_fail
/// # use nest_core::prelude::*;
/// # #[derive(PepRecord)]
/// # #[pep(max_blocks = 2)]
/// # struct Available { done: bool, #[pep(range = 0..=100)] score: u8 }
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct NotAvailable { done: bool }
///
/// // `score` is a field of `Available` only, so which answer it is would show [shape-mismatch]
/// nest_core::same_shape!(Available, NotAvailable);
/// ```
#[macro_export]
macro_rules! same_shape {
    ($first:ty $(, $other:ty)+ $(,)?) => {
        $(const _: () = $crate::__private_v1::check_same_shape(
            <$first as $crate::PepRecord>::SCHEMA,
            <$other as $crate::PepRecord>::SCHEMA,
        );)+
    };
}
