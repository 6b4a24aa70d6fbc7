//! The check that each declared operation has its method.

use crate::Operation;

/// The check in each default method of a source. It fails to compile where the operation is declared.
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub(crate) const fn must_be_written(declared: &[Operation], operation: Operation) {
    if operation.is_in(declared) {
        panic!(
            "an operation is listed in `PARTICIPANTS` or `OPERATIONS` but its method is not written: write the method, or take the operation from the list"
        );
    }
}
