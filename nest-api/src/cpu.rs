//! Work for the processor, kept off the threads that read requests and bounded by the cores there are.

use std::sync::{Arc, LazyLock};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use nest_core::{Batch, DecodeError, Domain, EncodeError, Expected, PepRecord, Session};
use rand::seq::SliceRandom;
use tokio::sync::Semaphore;

/// The work panicked, or the process is ending.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopped;

/// How many records are sealed or opened at a time. Between two of these, other requests get their turn.
const RECORDS: usize = 64;

static CORES: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, |n| n.get()));

/// As many places as there are cores, given in the order of asking.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(*CORES));

/// Runs work that takes long without waiting for anything, on a thread that may be busy: sealing a batch
/// takes seconds.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Stopped> {
    let place = PLACES.acquire().await.map_err(|_| Stopped)?;
    let work = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Stopped)
}

/// Seals records in a new random order, on all cores.
pub(crate) async fn seal<R: PepRecord + Send + 'static>(
    domain: &Domain,
    session: &Session,
    mut records: Vec<R>,
) -> Result<Result<Batch<R>, EncodeError>, Stopped> {
    // As a whole: a record hides among all of the batch, not among those of its part.
    records.shuffle(&mut rand::rng());
    let (domain, session) = (Arc::new(domain.clone()), Arc::new(session.clone()));
    let mut whole = Batch::from_sealed(Domain::clone(&domain), session.ids().clone(), Vec::new());
    let parts = on_all_cores(parts(records), move |part| Batch::seal(&domain, &session, &part)).await?;
    for part in parts {
        match part {
            // All parts are of one session.
            Ok(part) => whole.append(part).map_err(|_| Stopped)?,
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(whole))
}

/// Makes ahead what the next records of a session will be sealed with, for as long as cores are idle. Returns at
/// once.
pub(crate) fn make_ahead(session: &Session) {
    let session = session.clone();
    tokio::spawn(async move {
        let mut more = true;
        while more {
            // Whoever has work comes first: between two portions it finds a place.
            let Ok(place) = PLACES.try_acquire() else { return };
            let session = session.clone();
            let portion = tokio::task::spawn_blocking(move || {
                let _place = place;
                session.fill_pool(RECORDS) > 0
            });
            more = portion.await.unwrap_or(false);
        }
    });
}

/// Opens each record by itself, on all cores. `tags` are the numbers that are likely in them.
pub(crate) async fn open<R: PepRecord + Send + 'static>(
    batch: Batch<R>,
    session: &Session,
    tags: impl Iterator<Item = u64> + Send + 'static,
) -> Result<Result<Vec<R>, DecodeError>, Stopped> {
    let session = Arc::new(session.clone());
    let tags = Arc::new(Expected::numbers(tags));
    let parts = on_all_cores(batch.split(RECORDS), move |part| {
        part.open_expecting(&session, &tags).into_iter().collect::<Result<Vec<R>, DecodeError>>()
    });
    let parts: Result<Vec<Vec<R>>, _> = parts.await?.into_iter().collect();
    Ok(parts.map(|parts| parts.into_iter().flatten().collect()))
}

/// The result of each, in their order, on all cores.
pub(crate) async fn each<P, R>(
    all: Vec<P>,
    work: impl Fn(P) -> R + Clone + Send + 'static,
) -> Result<Vec<R>, Stopped>
where
    P: Send + 'static,
    R: Send + 'static,
{
    let part = move |part: Vec<P>| part.into_iter().map(&work).collect::<Vec<R>>();
    Ok(on_all_cores(parts(all), part).await?.into_iter().flatten().collect())
}

/// In parts of so many that other requests get their turn between two.
fn parts<P>(all: Vec<P>) -> Vec<Vec<P>> {
    let mut parts = Vec::with_capacity(all.len().div_ceil(RECORDS));
    let mut all = all.into_iter().peekable();
    while all.peek().is_some() {
        parts.push(all.by_ref().take(RECORDS).collect());
    }
    parts
}

/// The results of the parts, in their order.
async fn on_all_cores<P, T>(
    parts: Vec<P>,
    work: impl Fn(P) -> T + Clone + Send + 'static,
) -> Result<Vec<T>, Stopped>
where
    P: Send + 'static,
    T: Send + 'static,
{
    let parts = parts.into_iter().map(|part| {
        let work = work.clone();
        run(move || work(part))
    });
    // No more at once than there are cores: whoever comes later is not behind a whole batch.
    stream::iter(parts).buffered(*CORES).try_collect().await
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::prelude::*;
    use nest_core::{InProcess, Transcryption};

    use super::*;

    #[derive(Debug, PartialEq, PepRecord)]
    #[pep(max_blocks = 1)]
    struct Place {
        #[pep(range = 0..=999)]
        place: u16,
    }

    #[tokio::test]
    async fn parts_make_up_the_whole_in_another_order() {
        let session = InProcess::new(1).session().await.unwrap();
        let domain = Domain::new("nest").unwrap();
        for len in [0, 1, 63, 64, 65, 200] {
            let records: Vec<Place> = (0..len).map(|place| Place { place }).collect();
            let batch = seal(&domain, &session, records).await.unwrap().unwrap();
            assert_eq!(batch.len(), usize::from(len));
            let opened = open(batch, &session, 0..3).await.unwrap().unwrap();
            let mut places: Vec<u16> = opened.into_iter().map(|record| record.place).collect();
            assert!(len < 60 || !places.is_sorted());
            // Shuffled as a whole, not in parts.
            assert!(len < 200 || places.iter().take(64).any(|place| *place >= 64));
            places.sort_unstable();
            assert_eq!(places, (0..len).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn one_that_panics_is_an_error() {
        assert!(run(|| [0].get(1).copied().unwrap()).await.is_err());
        assert!(run(|| 1).await.is_ok());
    }
}
