//! Work for the processor, on all cores. Long work is kept off the threads that read requests.

use std::any::TypeId;
use std::collections::HashSet;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use futures_util::stream::{self, StreamExt, TryStreamExt};
use nest_core::__workspace_v1::seal_in_order;
use nest_core::{Batch, DecodeError, Domain, EncodeError, Expected, PepRecord, Sealed, Session};
use rand::seq::SliceRandom;
use tokio::sync::Semaphore;

/// There is no result: the work panicked, or the process is ending.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the work was not done: it panicked, or the process is ending")
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Stopped {}

/// Why a batch was not sealed.
#[derive(Clone, PartialEq, Eq)]
pub enum SealError {
    /// A record cannot be encoded.
    Encode(EncodeError),
    /// The work was not done.
    Stopped,
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SealError::Encode(error) => error.fmt(f),
            SealError::Stopped => Stopped.fmt(f),
        }
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for SealError {}

impl From<Stopped> for SealError {
    fn from(_: Stopped) -> Self {
        SealError::Stopped
    }
}

/// How many records are sealed or opened at a time. Other requests get their turn after each such part.
const RECORDS: usize = 64;

static CORES: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, |n| n.get()));

/// One place for each core, given in the order of asking.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(*CORES));

/// An estimate of how long work takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    micros: usize,
}

impl Load {
    /// Work up to this is done where it is asked for. Waking another thread and being woken takes a twentieth of it.
    /// That would be most of the time for a single record.
    const SHORT: usize = 1_000;

    /// Always on another thread.
    pub(crate) const LONG: Self = Self { micros: usize::MAX };

    /// To seal or open so many blocks.
    pub(crate) fn of_blocks(blocks: usize) -> Self {
        Self { micros: blocks.saturating_mul(40) }
    }

    /// To read or write so many bytes of JSON.
    pub(crate) fn of_bytes(bytes: usize) -> Self {
        Self { micros: bytes / 200 }
    }

    /// To do something else with each of so many records.
    pub(crate) fn of_records(records: usize) -> Self {
        Self { micros: records }
    }

    fn is_short(self) -> bool {
        self.micros <= Self::SHORT
    }
}

/// Runs work that does not wait. Long work runs on a thread that may be busy.
pub(crate) async fn run<T: Send + 'static>(
    load: Load,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Stopped> {
    if load.is_short() {
        return catch_unwind(AssertUnwindSafe(work)).map_err(|_| Stopped);
    }
    let place = PLACES.acquire().await.map_err(|_| Stopped)?;
    let work = move || {
        let _place = place;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Stopped)
}

/// The record types whose tables there are.
static PREPARED: LazyLock<Mutex<HashSet<TypeId>>> = LazyLock::new(Mutex::default);

/// Makes the tables of a type before its first use in this process. They take tens of milliseconds. The estimate for
/// one record does not include them, so they are always made on a thread that may be busy.
async fn prepare<R: PepRecord + 'static>(session: &Session) -> Result<(), Stopped> {
    let record = TypeId::of::<R>();
    let prepared = || PREPARED.lock().unwrap_or_else(PoisonError::into_inner);
    if prepared().contains(&record) {
        return Ok(());
    }
    let session = session.clone();
    run(Load::LONG, move || session.prepare::<R>()).await?;
    prepared().insert(record);
    Ok(())
}

/// As [`Batch::seal`], on all cores, in a new random order. Work of more than a millisecond runs on one thread for
/// each core, shared by the process. Shorter work runs where it is called. The first use of a type makes its tables,
/// as [`Session::prepare`] does. Needs tokio's runtime.
///
/// # Errors
///
/// [`SealError::Encode`] as [`Batch::seal`], for any of the records that fail.
pub async fn seal<R: PepRecord + Send + 'static>(
    domain: &Domain,
    session: &Session,
    records: Vec<R>,
) -> Result<Batch<R>, SealError> {
    seal_parts(domain, session, records, |session, part| seal_in_order(session, part).collect()).await
}

/// As [`seal`]. A record that cannot be encoded is replaced by the one that `instead` makes of it.
pub(crate) async fn seal_or<R: PepRecord + Send + 'static>(
    domain: &Domain,
    session: &Session,
    records: Vec<R>,
    instead: impl Fn(&R) -> R + Clone + Send + 'static,
) -> Result<Batch<R>, SealError> {
    let work = move |session: &Session, part: &[R]| {
        let sealed = part.iter().zip(seal_in_order(session, part));
        sealed.map(|(record, sealed)| sealed.or_else(|_| session.seal(&instead(record)))).collect()
    };
    seal_parts(domain, session, records, work).await
}

/// Seals records in parts, on all cores, in a new random order.
async fn seal_parts<R: PepRecord + Send + 'static>(
    domain: &Domain,
    session: &Session,
    mut records: Vec<R>,
    seal: impl Fn(&Session, &[R]) -> Result<Vec<Sealed<R>>, EncodeError> + Clone + Send + 'static,
) -> Result<Batch<R>, SealError> {
    prepare::<R>(session).await?;
    // The batch is shuffled as a whole, and once. A record hides among all of the batch, not among those of its part.
    records.shuffle(&mut rand::rng());
    let own = Arc::new(session.clone());
    let work = move |part: Vec<R>| seal(&own, &part);
    let load = |part: &Vec<R>| Load::of_blocks(part.len().saturating_mul(R::BLOCKS));
    let mut sealed = Vec::with_capacity(records.len());
    for part in on_all_cores(parts(records), load, work).await? {
        sealed.append(&mut part.map_err(SealError::Encode)?);
    }
    Ok(Batch::from_sealed(domain.clone(), session.ids().clone(), sealed))
}

/// As [`Batch::open`], on all cores. Work of more than a millisecond runs on one thread for each core, shared by the
/// process. Shorter work runs where it is called. The first use of a type makes its tables, as [`Session::prepare`]
/// does. Needs tokio's runtime.
///
/// # Errors
///
/// [`Stopped`], where the work panicked or the process is ending. A record that cannot be opened has its error in its
/// place.
pub async fn open<R: PepRecord + Send + 'static>(
    batch: Batch<R>,
    session: &Session,
) -> Result<Vec<Result<R, DecodeError>>, Stopped> {
    prepare::<R>(session).await?;
    let session = Arc::new(session.clone());
    open_parts(batch, move |part| part.open(&session)).await
}

/// As [`open`], for records in which some numbers are likely. One record that fails spoils the whole.
pub(crate) async fn open_expecting<R: PepRecord + Send + 'static>(
    batch: Batch<R>,
    session: Session,
    numbers: Arc<Expected>,
) -> Result<Result<Vec<R>, DecodeError>, Stopped> {
    prepare::<R>(&session).await?;
    let opened = open_parts(batch, move |part| part.open_expecting(&session, &numbers)).await?;
    Ok(opened.into_iter().collect())
}

async fn open_parts<R: PepRecord + Send + 'static>(
    batch: Batch<R>,
    open: impl Fn(Batch<R>) -> Vec<Result<R, DecodeError>> + Clone + Send + 'static,
) -> Result<Vec<Result<R, DecodeError>>, Stopped> {
    let load = |part: &Batch<R>| Load::of_blocks(part.len().saturating_mul(R::BLOCKS));
    Ok(on_all_cores(batch.split(RECORDS), load, open).await?.into_iter().flatten().collect())
}

/// Makes masks for the next records of a session while cores are idle. Returns at once.
pub(crate) fn make_ahead(session: &Session) {
    // Waking a thread for less costs more than it saves.
    if session.pool_room() < RECORDS {
        return;
    }
    let session = session.clone();
    tokio::spawn(async move {
        let mut more = true;
        while more {
            // Other work comes first: it finds a place between two portions.
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
    Ok(on_all_cores(parts(all), |_| Load::LONG, part).await?.into_iter().flatten().collect())
}

/// In parts, so that other requests get their turn in between.
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
    load: impl Fn(&P) -> Load,
    work: impl Fn(P) -> T + Clone + Send + 'static,
) -> Result<Vec<T>, Stopped>
where
    P: Send + 'static,
    T: Send + 'static,
{
    let parts = parts.into_iter().map(|part| {
        let (load, work) = (load(&part), work.clone());
        run(load, move || work(part))
    });
    // Few parts wait at once, so that a later request does not wait behind a whole batch. There is one more for each
    // core. Otherwise a core would be idle while a part that ended early waits for the one before it.
    stream::iter(parts).buffered(2 * *CORES).try_collect().await
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
            let batch = seal(&domain, &session, records).await.unwrap();
            assert_eq!(batch.len(), usize::from(len));
            let opened = open(batch.clone(), &session).await.unwrap();
            let opened: Vec<Place> = opened.into_iter().map(Result::unwrap).collect();
            let numbers = Arc::new(Expected::numbers(0..3));
            let expecting = open_expecting(batch, session.clone(), numbers).await.unwrap();
            assert_eq!(expecting.as_deref(), Ok(&*opened));
            let mut places: Vec<u16> = opened.into_iter().map(|record| record.place).collect();
            assert!(len < 60 || !places.is_sorted());
            // Shuffled as a whole, not in parts.
            assert!(len < 200 || places.iter().take(64).any(|place| *place >= 64));
            places.sort_unstable();
            assert_eq!(places, (0..len).collect::<Vec<_>>());
        }
    }

    #[tokio::test]
    async fn tables_are_made_before_the_first_record_even_of_one() {
        #[derive(PepRecord)]
        #[pep(max_blocks = 1)]
        struct First {
            #[pep(range = 0..=9)]
            first: u8,
        }

        let session = InProcess::new(1).session().await.unwrap();
        let is_prepared = || PREPARED.lock().unwrap().contains(&TypeId::of::<First>());
        assert!(!is_prepared());
        seal(&Domain::new("nest").unwrap(), &session, vec![First { first: 1 }]).await.unwrap();
        assert!(is_prepared());
    }

    #[tokio::test]
    async fn work_that_panics_is_an_error_wherever_it_is_done() {
        for load in [Load::of_blocks(1), Load::LONG] {
            assert_eq!(run(load, || [0].get(1).copied().unwrap()).await, Err(Stopped));
            assert_eq!(run(load, || 1).await, Ok(1));
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn only_short_work_is_done_where_it_is_asked_for() {
        let here = std::thread::current().id();
        for (load, short) in [
            (Load::of_blocks(8), true),
            (Load::of_blocks(100), false),
            (Load::of_bytes(10_000), true),
            (Load::of_bytes(1_000_000), false),
            (Load::of_records(1), true),
            (Load::of_records(10_000), false),
        ] {
            assert_eq!(run(load, move || std::thread::current().id() == here).await, Ok(short), "{load:?}");
        }
    }
}
