//! The store against a simple model of it, with a clock that stands until it is told to go on.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::Cell;
use std::collections::BTreeMap;

use futures_util::FutureExt;
use nest_source::IdempotencyKey;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::server::metrics::Metrics;
use crate::server::work::pending::{Entered, Pending};

thread_local! {
    static START: Instant = Instant::now();
    static SECONDS: Cell<u64> = const { Cell::new(0) };
}

fn clock() -> Instant {
    START.with(|start| *start) + Duration::from_secs(SECONDS.get())
}

fn wait(seconds: u64) {
    SECONDS.set(SECONDS.get() + seconds);
}

const HOUR: u64 = 3600;

fn store(bytes: usize, keys: usize) -> IdempotencyStore {
    let time = Duration::from_secs(HOUR);
    let forgetting = Arc::new(Forgetting::new(Metrics::new()));
    IdempotencyStore::with_clock(Retention { time, bytes, keys }, None, forgetting, clock).unwrap()
}

fn request(caller: &str, key: &str, path: &str, body: u8) -> Arc<KeyedRequest> {
    let key = IdempotencyKey::parse(key).unwrap();
    Arc::new(KeyedRequest::new(caller, key, path, [body; 32]))
}

/// As a server asks: what is refused is a code.
fn enter(store: &IdempotencyStore, request: &Arc<KeyedRequest>) -> Result<Entered, Code> {
    let store: Arc<dyn Repetitions> = Arc::new(store.clone());
    // This store never waits.
    Pending::enter(&store, request).now_or_never().unwrap()
}

fn begin(store: &IdempotencyStore, text: &str) -> Result<Entered, Code> {
    enter(store, &request("nest", text, "create", 1))
}

fn first(entered: Result<Entered, Code>) -> Pending {
    match entered {
        Ok(Entered::First(pending)) => pending,
        other => panic!("{other:?}"),
    }
}

/// What a repetition is told.
fn told(entered: Result<Entered, Code>) -> Result<Bytes, Code> {
    match entered {
        Ok(Entered::Answered(body)) => Ok(body),
        Ok(other) => panic!("{other:?}"),
        Err(code) => Err(code),
    }
}

fn end(pending: Pending, answer: Result<&'static [u8], Code>) {
    pending.end(&answer.map(Bytes::from_static)).now_or_never().unwrap();
}

fn source_called(pending: &mut Pending) {
    pending.source_called().now_or_never().unwrap().unwrap();
}

#[test]
fn a_repeat_gets_the_answer_until_the_retention_has_passed() {
    let store = store(1000, 10);
    let pending = first(begin(&store, "a"));
    assert_eq!(told(begin(&store, "a")), Err(Code::InProgress));
    wait(10 * HOUR); // However long it takes, it is not run a second time.
    assert_eq!(told(begin(&store, "a")), Err(Code::InProgress));
    end(pending, Ok(b"answer"));
    for _ in 0..2 {
        assert_eq!(told(begin(&store, "a")).as_deref(), Ok(b"answer".as_slice()));
        wait(HOUR / 2 - 1);
    }
    wait(1);
    assert!(told(begin(&store, "a")).is_ok());
    wait(1);
    drop(first(begin(&store, "a")));
}

#[test]
fn a_key_belongs_to_its_caller_path_and_body() {
    let store = store(1000, 10);
    let pending = first(enter(&store, &request("nest", "k", "create", 1)));
    let other_body = || {
        for (path, body) in [("create", 2), ("created", 1)] {
            let entered = enter(&store, &request("nest", "k", path, body));
            assert_eq!(told(entered), Err(Code::IdempotencyKeyReused));
        }
    };
    other_body();
    end(pending, Ok(b""));
    other_body();
    drop(first(enter(&store, &request("other", "k", "create", 1))));
}

#[test]
fn what_has_written_nothing_may_be_tried_again_and_what_may_have_is_not() {
    let store = store(1000, 10);
    drop(first(begin(&store, "a")));
    end(first(begin(&store, "a")), Err(Code::TranscryptionUnavailable));
    assert_eq!(told(begin(&store, "a")), Err(Code::TranscryptionUnavailable));

    let mut given_up = first(begin(&store, "b"));
    source_called(&mut given_up);
    drop(given_up);
    assert_eq!(told(begin(&store, "b")), Err(Code::Internal));

    let mut answered = first(begin(&store, "c"));
    source_called(&mut answered);
    end(answered, Ok(b"answer"));
    assert_eq!(told(begin(&store, "c")).as_deref(), Ok(b"answer".as_slice()));
}

#[test]
fn a_caller_that_writes_too_much_loses_the_oldest_of_its_own_answers() {
    let small = store(20, 100);
    let of = |caller: &str, key: &str| request(caller, key, "create", 1);
    end(first(enter(&small, &of("other", "a"))), Ok(b"12345678"));
    for key in ["a", "b", "c"] {
        end(first(begin(&small, key)), Ok(b"12345678"));
    }
    assert!(small.shared.forgetting.is_early());
    for key in ["b", "c"] {
        assert!(told(begin(&small, key)).is_ok(), "{key}");
    }
    assert!(told(enter(&small, &of("other", "a"))).is_ok(), "the other has its own");
    drop(first(begin(&small, "a")));
    // One that is larger than all that is kept is kept until the next one comes.
    end(first(begin(&small, "d")), Ok(b"more than twenty bytes of it"));
    assert!(told(begin(&small, "d")).is_ok());
    drop(first(begin(&small, "c")));

    let few = store(1000, 2);
    let mut pending = vec![first(begin(&few, "a")), first(begin(&few, "b"))];
    assert_eq!(told(begin(&few, "c")), Err(Code::Overloaded), "what is under way is not forgotten");
    assert!(!few.shared.forgetting.is_early());
    end(pending.remove(0), Ok(b""));
    pending.push(first(begin(&few, "c")));
    assert!(few.shared.forgetting.is_early());
    assert_eq!(told(begin(&few, "b")), Err(Code::InProgress));
}

/// A folder that is gone when the test is.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("nest-repetitions-{:032x}", rand::random::<u128>())))
    }

    /// The store that another process would find there.
    fn store(&self, bytes: usize) -> Arc<dyn Repetitions> {
        let retention = Retention { bytes, ..Retention::default() };
        let folder = RepetitionsFolder::open(&self.0).unwrap();
        let forgetting = Arc::new(Forgetting::new(Metrics::new()));
        Arc::new(IdempotencyStore::open(retention, Some(folder), forgetting).unwrap())
    }

    fn bytes(&self) -> u64 {
        std::fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

async fn entered(store: &Arc<dyn Repetitions>, key: &str) -> Result<Entered, Code> {
    Pending::enter(store, &request("nest", key, "create", 1)).await
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let folder = Folder::new();
    let store = folder.store(1 << 20);
    assert_eq!(RepetitionsFolder::open(&folder.0).unwrap_err().kind(), io::ErrorKind::ResourceBusy);
    let begin = async |key: &str| {
        let mut pending = first(entered(&store, key).await);
        pending.source_called().await.unwrap();
        pending
    };
    begin("answered").await.end(&Ok(Bytes::from_static(b"answer"))).await;
    begin("failed").await.end(&Err(Code::TimedOut)).await;
    // The process ends in the middle of this one.
    std::mem::forget(begin("under-way").await);
    std::mem::forget(first(entered(&store, "not-begun").await));
    drop(begin("given-up").await);
    for _ in 0..2 {
        assert_eq!(told(entered(&store, "answered").await).as_deref(), Ok(b"answer".as_slice()));
    }
    // What was forgotten above holds it open, as a process would until it ends.
    let copy = Folder::new();
    std::fs::create_dir(&copy.0).unwrap();
    for entry in std::fs::read_dir(&folder.0).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.0.join(entry.file_name())).unwrap();
    }
    let store = copy.store(1 << 20);
    assert_eq!(told(entered(&store, "answered").await).as_deref(), Ok(b"answer".as_slice()));
    assert_eq!(told(entered(&store, "failed").await), Err(Code::TimedOut));
    assert_eq!(told(entered(&store, "under-way").await), Err(Code::Internal), "perhaps it has written");
    assert_eq!(told(entered(&store, "given-up").await), Err(Code::Internal));
    drop(first(entered(&store, "not-begun").await));
    let other = Pending::enter(&store, &request("nest", "answered", "create", 2)).await;
    assert_eq!(told(other), Err(Code::IdempotencyKeyReused));
}

#[tokio::test]
async fn what_a_crash_has_torn_hides_nothing_that_comes_after() {
    let folder = Folder::new();
    for round in 0_u8..4 {
        let store = folder.store(1 << 20);
        for earlier in 0..round {
            assert!(told(entered(&store, &earlier.to_string()).await).is_ok(), "{earlier} in {round}");
        }
        first(entered(&store, &round.to_string()).await).end(&Ok(Bytes::from_static(b"answer"))).await;
        drop(store);
        // A part of a record at the end of every file.
        for entry in std::fs::read_dir(&folder.0).unwrap() {
            let path = entry.unwrap().path();
            let mut bytes = std::fs::read(&path).unwrap();
            bytes.extend_from_slice(&[0, 0, 0, 200, 1, 2, 3]);
            std::fs::write(&path, bytes).unwrap();
        }
    }
}

#[tokio::test]
async fn the_folder_stays_as_large_as_the_quota_and_a_little_more() {
    let folder = Folder::new();
    let store = folder.store(20 << 20);
    let answer = Bytes::from(vec![7; 1 << 20]);
    for key in 0..100 {
        let mut pending = first(entered(&store, &key.to_string()).await);
        pending.source_called().await.unwrap();
        pending.end(&Ok(answer.clone())).await;
    }
    assert!(folder.bytes() < 50 << 20, "{}", folder.bytes());
    assert!(told(entered(&store, "99").await).is_ok_and(|found| found == answer));
    assert!(told(entered(&store, "85").await).is_ok_and(|found| found == answer));
    drop(store);
    let store = folder.store(20 << 20);
    assert!(told(entered(&store, "85").await).is_ok_and(|found| found == answer));
}

#[derive(Debug, Clone)]
enum Step {
    Begin { key: u8, body: u8 },
    Finish { key: u8, len: usize },
    Fail { key: u8 },
    CallSource { key: u8 },
    Drop { key: u8 },
    Wait { seconds: u64 },
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0..4u8;
    prop_oneof![
        4 => (key(), 0..2u8).prop_map(|(key, body)| Step::Begin { key, body }),
        2 => (key(), 0..40usize).prop_map(|(key, len)| Step::Finish { key, len }),
        1 => key().prop_map(|key| Step::Fail { key }),
        1 => key().prop_map(|key| Step::CallSource { key }),
        1 => key().prop_map(|key| Step::Drop { key }),
        2 => (0..HOUR * 3 / 4).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// What the model knows of a key: the body it came with, and the answer with its time and its number, if it has one.
type Modelled = (u8, Option<(Result<Bytes, Code>, u64, usize)>);

/// Forgets as the store does: what has had its time, and the oldest where there is too much.
fn forget(model: &mut BTreeMap<u8, Modelled>, now: u64, more: usize, keys: usize, bytes: usize) -> bool {
    model.retain(|_, (_, kept)| kept.as_ref().is_none_or(|(_, at, _)| at + HOUR > now));
    loop {
        let ended = model.iter().filter_map(|(key, (_, kept))| Some((kept.as_ref()?, *key)));
        let ended: Vec<_> = ended.map(|((answer, _, number), key)| (*number, key, answer.clone())).collect();
        let len = ended.iter().map(|(.., answer)| answer.as_ref().map_or(0, Bytes::len)).sum::<usize>();
        if model.len() + more <= keys && (len <= bytes || ended.len() <= 1) {
            return true;
        }
        let Some((_, oldest, _)) = ended.into_iter().min_by_key(|(number, ..)| *number) else { return false };
        model.remove(&oldest);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_order_of_things_runs_a_key_twice_within_the_quota(steps in vec(step(), 1..120)) {
        const BYTES: usize = 50;
        const KEYS: usize = 3;
        let store = store(BYTES, KEYS);
        let mut model: BTreeMap<u8, Modelled> = BTreeMap::new();
        let mut running: BTreeMap<u8, (Pending, bool)> = BTreeMap::new();
        let mut ended = 0;
        for step in steps {
            let now = SECONDS.get();
            match step {
                Step::Wait { seconds } => wait(seconds),
                Step::Begin { key: k, body } => {
                    model.retain(|_, (_, kept)| kept.as_ref().is_none_or(|(_, at, _)| at + HOUR > now));
                    let entered = enter(&store, &request("nest", &k.to_string(), "create", body));
                    match model.get(&k) {
                        Some((asked, _)) if *asked != body => {
                            prop_assert_eq!(told(entered), Err(Code::IdempotencyKeyReused));
                        }
                        Some((_, None)) => prop_assert_eq!(told(entered), Err(Code::InProgress)),
                        Some((_, Some((answer, ..)))) => prop_assert_eq!(&told(entered), answer),
                        None => {
                            let room = forget(&mut model, now, 1, KEYS, BYTES);
                            match entered {
                                Err(Code::Overloaded) => prop_assert!(!room && running.len() >= KEYS),
                                Ok(Entered::First(pending)) => {
                                    prop_assert!(room && !running.contains_key(&k));
                                    running.insert(k, (pending, false));
                                    model.insert(k, (body, None));
                                }
                                other => prop_assert!(false, "{other:?}"),
                            }
                        }
                    }
                }
                Step::CallSource { key } => {
                    if let Some((pending, called)) = running.get_mut(&key) {
                        source_called(pending);
                        *called = true;
                    }
                }
                Step::Finish { key, .. } | Step::Fail { key } | Step::Drop { key } => {
                    let Some((pending, called)) = running.remove(&key) else { continue };
                    let kept = match step {
                        Step::Finish { len, .. } => {
                            let answer = Ok(Bytes::from(vec![b'x'; len]));
                            pending.end(&answer).now_or_never().unwrap();
                            Some(answer)
                        }
                        Step::Fail { .. } => {
                            end(pending, Err(Code::TranscryptionUnavailable));
                            Some(Err(Code::TranscryptionUnavailable))
                        }
                        _ => {
                            drop(pending);
                            called.then_some(Err(Code::Internal))
                        }
                    };
                    match kept {
                        Some(answer) => {
                            ended += 1;
                            model.get_mut(&key).unwrap().1 = Some((answer, now, ended));
                            forget(&mut model, now, 0, KEYS, BYTES);
                        }
                        None => drop(model.remove(&key)),
                    }
                }
            }
        }
    }
}
