//! Calls of a source, several at once. A call that fails, panics or hangs does not affect the others.

use futures_util::stream::{FuturesUnordered, StreamExt};

use crate::call::guarded;
use crate::{Context, Found, Mode, RecordError};

/// Calls a source once for each input, and returns the results in the order of the inputs. As many calls run at once
/// as the request may have under way.
///
/// Batch methods do this by default. A call that panics or takes too long is [`RecordError::Internal`]; the others go
/// on. A call that was given up may have written its record, or part of it.
pub async fn each<I, R, Fut>(
    ctx: &Context,
    inputs: Vec<I>,
    call: impl Fn(I) -> Fut,
) -> Vec<Result<R, RecordError>>
where
    Fut: Future<Output = Result<R, RecordError>>,
{
    let mut results: Vec<_> = inputs.iter().map(|_| Err(RecordError::Internal)).collect();
    let guarded = |(place, input)| {
        let call = &call;
        // The call is within the block, so that a panic before its first await is caught.
        async move { (place, guarded(ctx.call_deadline(), ctx, async move { call(input).await }).await) }
    };
    let mut inputs = inputs.into_iter().enumerate();
    let mut calls: FuturesUnordered<_> = inputs.by_ref().take(ctx.calls_at_once()).map(guarded).collect();
    while let Some((place, result)) = calls.next().await {
        if let Some(slot) = results.get_mut::<usize>(place) {
            *slot = result.unwrap_or(Err(RecordError::Internal));
        }
        calls.extend(inputs.next().map(guarded));
    }
    results
}

/// Finds records for a request: by the method for one where the request is about one, and else by the method for many.
/// All that these give are whole records.
pub(crate) async fn found<I, R, One, Many>(
    ctx: &Context,
    inputs: Vec<I>,
    one: impl Fn(I) -> One,
    many: impl FnOnce(Vec<I>) -> Many,
) -> Vec<Result<Found<R>, RecordError>>
where
    One: Future<Output = Result<R, RecordError>>,
    Many: Future<Output = Vec<Result<R, RecordError>>>,
{
    let read = match ctx.mode() {
        Mode::Single => each(ctx, inputs, one).await,
        Mode::Batch => many(inputs).await,
    };
    read.into_iter().map(|result| result.map(Found::Whole)).collect()
}

#[cfg(test)]
#[allow(clippy::panic, clippy::unwrap_used)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use nest_core::Domain;

    use super::*;
    use crate::Operation;
    use crate::call::{Deadline, Pace};

    fn context(calls_at_once: usize, call_timeout: Duration) -> Context {
        let domain = |name| Domain::new(name).unwrap();
        Context::new("nest", domain("nest"), domain("school"), "walk", Operation::Read)
            .with_bounds(Pace { calls_at_once, call_timeout }, Deadline::after(Duration::from_secs(60)))
    }

    #[tokio::test]
    async fn one_that_panics_or_hangs_spoils_no_other() {
        let ctx = context(2, Duration::from_millis(50));
        let results = each(&ctx, vec![0, 1, 2, 3, 4], |place| {
            if place == 4 {
                panic!("before the future is there");
            }
            async move {
                match place {
                    1 => panic!("within"),
                    2 => std::future::pending().await,
                    3 => Err(RecordError::Conflict),
                    _ => Ok(place),
                }
            }
        });
        let internal = || Err(RecordError::Internal);
        assert_eq!(results.await, [Ok(0), internal(), internal(), Err(RecordError::Conflict), internal()]);
    }

    #[tokio::test]
    async fn no_more_are_under_way_than_the_context_allows() {
        let ctx = context(3, Duration::from_secs(10));
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let results = each(&ctx, (0..20).collect(), async |_: u32| {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1)).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        })
        .await;
        assert_eq!((results.len(), most.into_inner()), (20, 3));
    }
}
