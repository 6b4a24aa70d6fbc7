//! A batch on its way. Each piece goes through all transcryptors, several pieces at once.

use std::sync::Arc;

use nest_core::{Session, TranscryptionError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use super::link::Link;
use super::pieces::Piece;
use super::wire::{self, Leg};
use crate::cpu_pool::{self, Load};

/// About how many bytes a record takes as JSON. It only has to tell one record from a thousand.
const RECORD_BYTES: usize = 1024;

/// A value that travels to a transcryptor and back: a sealed record, or a sealed value of any shape that is read
/// within limits.
pub(super) trait Value: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<V: Serialize + DeserializeOwned + Send + Sync + 'static> Value for V {}

/// One transcryptor on the way of a batch.
pub(super) struct Step {
    pub(super) link: Arc<Link>,
    pub(super) leg: Leg,
    /// How many pieces of the batch may be there at once.
    pub(super) places: Semaphore,
}

/// Takes all pieces through all transcryptors, and hands each to `then`.
pub(super) async fn transcrypt_all<V, O, F, Fut>(
    pieces: &[Piece<V>],
    route: Arc<[Arc<Step>]>,
    (then, session): (Arc<F>, Session),
) -> Result<Vec<O>, TranscryptionError>
where
    V: Value,
    O: Send + 'static,
    F: Fn(Vec<V>, Session) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = O> + Send + 'static,
{
    let whole = |piece: &Piece<V>| {
        let (piece, route) = (Arc::clone(piece), Arc::clone(&route));
        let (then, session) = (Arc::clone(&then), session.clone());
        async move { Ok::<_, TranscryptionError>(then(transcrypt_piece(piece, route).await?, session).await) }
    };
    if let [only] = pieces {
        return Ok(vec![whole(only).await?]);
    }
    let mut under_way: JoinSet<_> = pieces.iter().map(whole).collect();
    let mut done = Vec::with_capacity(pieces.len());
    // Returning early drops the other pieces, and that ends their calls.
    while let Some(piece) = under_way.join_next().await {
        done.push(piece.map_err(stopped)??);
    }
    Ok(done)
}

/// Takes one piece through all transcryptors, one after the other.
async fn transcrypt_piece<V: Value>(
    piece: Piece<V>,
    route: Arc<[Arc<Step>]>,
) -> Result<Vec<V>, TranscryptionError> {
    let sent = piece.len();
    let mut answer: Option<Vec<u8>> = None;
    for step in route.iter() {
        let _place = step.places.acquire().await.map_err(|_| TranscryptionError::Unavailable)?;
        let (piece, along) = (Arc::clone(&piece), Arc::clone(step));
        let load = match &answer {
            None => Load::of_bytes(piece.len().saturating_mul(RECORD_BYTES)),
            Some(answer) => Load::of_bytes(answer.len()),
        };
        let body = on_cores(load, move || match &answer {
            None => along.leg.request(&piece),
            Some(answer) => along.leg.carry_on(answer),
        });
        answer = Some(step.link.transcrypt(body.await?).await?);
    }
    let answer = answer.ok_or(TranscryptionError::Configuration)?;
    on_cores(Load::of_bytes(answer.len()), move || wire::read(&answer, sent)).await
}

pub(super) async fn on_cores<T: Send + 'static>(
    load: Load,
    work: impl FnOnce() -> Result<T, TranscryptionError> + Send + 'static,
) -> Result<T, TranscryptionError> {
    cpu_pool::run(load, work).await.map_err(|_| TranscryptionError::Unavailable)?
}

/// A task panicked, or the process is ending.
pub(super) fn stopped(_: JoinError) -> TranscryptionError {
    TranscryptionError::Unavailable
}
