//! What a server needs to call a source: bounds on time and number, and a call that cannot spoil others. A team that
//! implements a source does not need this module.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use crate::Context;
pub use crate::bounds::{Deadline, Pace};

/// The result of a call; `None` where it panicked, or had not ended by the deadline.
pub async fn guarded<R>(deadline: Deadline, ctx: &Context, call: impl Future<Output = R>) -> Option<R> {
    // A call that is late already is not begun, because it might write.
    let left = Some(deadline.left()).filter(|left| !left.is_zero())?;
    match tokio::time::timeout(left, AssertUnwindSafe(call).catch_unwind()).await {
        Ok(Ok(result)) => Some(result),
        Ok(Err(_)) => {
            tracing::error!(request_id = %ctx.request_id(), "a call of the source panicked");
            None
        }
        Err(_) => {
            tracing::error!(request_id = %ctx.request_id(), "a call of the source took too long");
            None
        }
    }
}
