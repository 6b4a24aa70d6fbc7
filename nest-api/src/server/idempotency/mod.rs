//! Requests that may be sent twice and must be carried out once. Each has a key, and its answer is kept.
//!
//! The header is that of the draft *The Idempotency-Key HTTP Header Field*
//! (draft-ietf-httpapi-idempotency-key-header). Answers are kept in memory, or in a [folder](RepetitionsFolder),
//! where they outlive the process. Each caller has a quota. A caller that uses up its quota loses its own oldest
//! answers.

mod folder;
mod forgetting;
mod kept;
mod record;

use std::collections::HashMap;
use std::fmt;
use std::future::ready;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use nest_source::repetition::{Begun, BoxFuture, KeyedRequest, Repetitions, StoreUnavailable};
use sha2::{Digest, Sha256};

use crate::Code;
pub use folder::RepetitionsFolder;
use folder::{Journal, now as second_now};
pub(crate) use forgetting::Forgetting;
use kept::{Answer, Kept};
use record::Kind;

const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// How much is kept of each caller, and for how long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retention {
    /// How long an answer is kept after it was given.
    pub(crate) time: Duration,
    /// How many bytes of answers are kept of each caller.
    pub(crate) bytes: usize,
    /// How many keys are known of each caller.
    pub(crate) keys: usize,
}

impl Default for Retention {
    fn default() -> Self {
        Self { time: Duration::from_secs(24 * 60 * 60), bytes: 64 * 1024 * 1024, keys: 100_000 }
    }
}

/// The keys that callers have sent, and what came of their requests. Clones share it.
#[derive(Clone)]
pub(crate) struct IdempotencyStore {
    shared: Arc<Shared>,
}

struct Shared {
    retention: Retention,
    now: fn() -> Instant,
    folder: Option<Arc<RepetitionsFolder>>,
    forgetting: Arc<Forgetting>,
    callers: Mutex<HashMap<String, CallerRequests>>,
}

/// The requests of one caller.
struct CallerRequests {
    kept: Kept,
    journal: Option<Arc<Journal>>,
}

impl IdempotencyStore {
    /// A store in memory, or in a folder that it reads first.
    ///
    /// # Errors
    ///
    /// An error of reading.
    pub(crate) fn open(
        retention: Retention,
        folder: Option<RepetitionsFolder>,
        forgetting: Arc<Forgetting>,
    ) -> io::Result<Self> {
        Self::with_clock(retention, folder, forgetting, Instant::now)
    }

    fn with_clock(
        retention: Retention,
        folder: Option<RepetitionsFolder>,
        forgetting: Arc<Forgetting>,
        now: fn() -> Instant,
    ) -> io::Result<Self> {
        let folder = folder.map(Arc::new);
        let mut callers = HashMap::new();
        let files =
            folder.as_ref().map(|folder| Ok::<_, io::Error>((folder, folder.callers()?))).transpose()?;
        let files = files.into_iter().flat_map(|(folder, callers)| {
            callers.into_iter().map(move |(name, files)| (folder, name, files))
        });
        for (folder, name, files) in files {
            let last = files.last().copied().unwrap_or(0);
            let journal = Arc::new(Journal::new(Arc::clone(folder), name.clone(), last));
            let mut kept = Kept::default();
            for file in files {
                let (second, now) = (second_now(), now());
                journal.read_all(file, |head, with, place| {
                    // A clock that was put back does not make an answer be forgotten early.
                    let age = Duration::from_secs(second.saturating_sub(head.at)).min(retention.time);
                    let time = until(now, retention.time - age);
                    let answer = match head.kind {
                        Kind::Answered => Answer::Stored(place, with.len()),
                        Kind::Called => Answer::Failed(Code::Internal.as_str().into()),
                        Kind::Failed => Answer::Failed(String::from_utf8_lossy(&with).into_owned().into()),
                    };
                    kept.load(head.name, head.asked, answer, place.file, time);
                })?;
                // A file is removed now if it is empty, or if later files hold all its requests.
                kept.empty(file);
            }
            for file in kept.take_empty() {
                journal.remove(file);
            }
            callers.insert(name, CallerRequests { kept, journal: Some(journal) });
        }
        let callers = Mutex::new(callers);
        let store = Self { shared: Arc::new(Shared { retention, now, folder, forgetting, callers }) };
        store.shared.count();
        Ok(store)
    }

    /// Remembers how a request has ended.
    fn keep(&self, request: &KeyedRequest, answer: Answer, file: Option<u64>) {
        let shared = &self.shared;
        let time = until((shared.now)(), shared.retention.time);
        shared.with(request.caller(), |caller| {
            caller.kept.end(request.name(), answer, file, time);
            caller.make_room(shared, request.caller(), 0);
        });
    }
}

/// The time after `now`. A time that is too long to count is a year.
fn until(now: Instant, time: Duration) -> Instant {
    now.checked_add(time).unwrap_or(now + YEAR)
}

impl Shared {
    /// Works on the requests of a caller. They are whole between any two statements that change them, so a panic
    /// elsewhere does no harm.
    fn with<T>(&self, name: &str, work: impl FnOnce(&mut CallerRequests) -> T) -> T {
        let mut callers = self.callers();
        // A hash names the files, because not every file system takes the names of callers.
        let hash = hex::encode(Sha256::digest(name.as_bytes()).get(..16).unwrap_or_default());
        let caller = callers.entry(hash).or_insert_with_key(|hash| {
            let journal =
                self.folder.as_ref().map(|folder| Journal::new(Arc::clone(folder), hash.clone(), 0));
            CallerRequests { kept: Kept::default(), journal: journal.map(Arc::new) }
        });
        work(caller)
    }

    fn callers(&self) -> MutexGuard<'_, HashMap<String, CallerRequests>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) {
        let known = self.callers().values().map(|caller| caller.kept.len()).sum();
        self.forgetting.known(known);
    }
}

impl CallerRequests {
    /// Forgets requests whose time is over, and then the oldest ones until there is room for `more` keys.
    fn make_room(&mut self, shared: &Shared, name: &str, more: usize) -> bool {
        let Retention { bytes, keys, .. } = shared.retention;
        self.kept.forget_until((shared.now)());
        let mut room = true;
        while room && (self.kept.len() + more > keys || self.kept.is_over(bytes)) {
            room = self.kept.forget_oldest();
            if room {
                shared.forgetting.early(name);
            }
        }
        if let Some(journal) = &self.journal {
            for file in self.kept.take_empty() {
                if !journal.remove(file) {
                    self.kept.empty(file);
                }
            }
        }
        room
    }
}

/// Runs work that waits for the disk, on a thread that may wait.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

impl Repetitions for IdempotencyStore {
    fn begin<'a>(&'a self, request: &'a KeyedRequest) -> BoxFuture<'a, Result<Begun, StoreUnavailable>> {
        let shared = &self.shared;
        let found = shared.with(request.caller(), |caller| {
            caller.kept.forget_until((shared.now)());
            let answer = match caller.kept.get(request.name()) {
                Some((asked, _)) if asked != *request.asked() => return Ok(Begun::OtherRequest),
                Some((_, None)) => return Ok(Begun::InProgress),
                Some((_, Some(answer))) => answer,
                None if caller.make_room(shared, request.caller(), 1) => {
                    caller.kept.begin(*request.name(), *request.asked());
                    return Ok(Begun::First);
                }
                None => return Ok(Begun::Full),
            };
            match answer {
                Answer::Body(body) => Ok(Begun::Answered(body)),
                Answer::Failed(code) => Ok(Begun::Failed(code.into_owned())),
                Answer::Stored(place, _) => Err((caller.journal.clone(), place)),
            }
        });
        match found {
            Ok(begun) => Box::pin(ready(Ok(begun))),
            Err((journal, place)) => Box::pin(async move {
                let journal = journal.ok_or(StoreUnavailable)?;
                let body = on_disk(move || journal.read(place)).await.map_err(|_| StoreUnavailable)?;
                Ok(Begun::Answered(body.into()))
            }),
        }
    }

    /// In a folder this is written to the disk first. A request that was begun is not begun again after a loss of
    /// power.
    fn source_called<'a>(&'a self, request: &'a KeyedRequest) -> BoxFuture<'a, Result<(), StoreUnavailable>> {
        let Some(journal) = self.shared.with(request.caller(), |caller| caller.journal.clone()) else {
            return Box::pin(ready(Ok(())));
        };
        Box::pin(async move {
            let (name, asked) = (*request.name(), *request.asked());
            let noted = on_disk(move || {
                let place = journal.append(Kind::Called, name, asked, &[])?;
                journal.sync()?;
                Ok(place.file)
            });
            let file = noted.await.map_err(|error| {
                tracing::error!(%error, "repetitions cannot be written down");
                StoreUnavailable
            })?;
            self.shared.with(request.caller(), |caller| caller.kept.called(&name, file));
            Ok(())
        })
    }

    fn answered<'a>(&'a self, request: &'a KeyedRequest, answer: Bytes) -> BoxFuture<'a, ()> {
        self.end(request, Kind::Answered, answer)
    }

    fn failed<'a>(&'a self, request: &'a KeyedRequest, code: &'static str) -> BoxFuture<'a, ()> {
        self.end(request, Kind::Failed, Bytes::from_static(code.as_bytes()))
    }

    /// Nothing is written here. The call is on the disk already, and counts as failed after a restart.
    fn release(&self, request: &KeyedRequest, source_called: bool) {
        if source_called {
            self.keep(request, Answer::Failed(Code::Internal.as_str().into()), None);
        } else {
            self.shared.with(request.caller(), |caller| caller.kept.give_up(request.name()));
        }
    }
}

impl IdempotencyStore {
    fn end<'a>(&'a self, request: &'a KeyedRequest, kind: Kind, with: Bytes) -> BoxFuture<'a, ()> {
        let len = with.len();
        let in_memory = match kind {
            Kind::Answered => Answer::Body(with.clone()),
            _ => Answer::Failed(String::from_utf8_lossy(&with).into_owned().into()),
        };
        let Some(journal) = self.shared.with(request.caller(), |caller| caller.journal.clone()) else {
            self.keep(request, in_memory, None);
            self.shared.count();
            return Box::pin(ready(()));
        };
        Box::pin(async move {
            let (name, asked) = (*request.name(), *request.asked());
            match on_disk(move || journal.append(kind, name, asked, &with)).await {
                Ok(place) if kind == Kind::Answered => {
                    self.keep(request, Answer::Stored(place, len), Some(place.file));
                }
                Ok(place) => self.keep(request, in_memory, Some(place.file)),
                Err(error) => {
                    tracing::error!(%error, "an answer cannot be kept beyond a restart");
                    self.keep(request, in_memory, None);
                }
            }
            self.shared.count();
        })
    }
}

impl fmt::Debug for IdempotencyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdempotencyStore").field("retention", &self.shared.retention).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
