//! The store against a simple model of it, with a clock that stands until it is told to go on.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::Cell;
use std::collections::BTreeMap;

use futures_util::FutureExt;
use nest_source::IdempotencyKey;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::server::pending::{Entered, Pending};

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
    IdempotencyStore::with_clock(Retention { time, bytes, keys }, clock)
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
fn a_full_store_takes_no_new_key_and_forgets_none_early() {
    let small = store(10, 10);
    end(first(begin(&small, "a")), Ok(b"123456789"));
    let pending = first(begin(&small, "b"));
    wait(1);
    end(first(begin(&small, "c")), Ok(b"0"));
    assert_eq!(told(begin(&small, "d")), Err(Code::Overloaded));
    end(pending, Ok(b"what was let in is kept"));
    assert!(told(begin(&small, "a")).is_ok());
    assert!(told(begin(&small, "b")).is_ok());
    wait(HOUR - 1);
    assert_eq!(told(begin(&small, "d")), Err(Code::Overloaded), "only `a` is forgotten");
    wait(1);
    let pending = first(begin(&small, "d"));
    assert_eq!(small.shared.known().bytes, 0);
    assert_eq!(small.shared.known().requests.len(), 1);
    drop(pending);

    let few = store(1000, 2);
    let pending = [first(begin(&few, "a")), first(begin(&few, "b"))];
    assert_eq!(told(begin(&few, "c")), Err(Code::Overloaded));
    assert_eq!(told(begin(&few, "a")), Err(Code::InProgress));
    drop(pending);
    drop(first(begin(&few, "c")));
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

/// What the model knows of a key: the body it came with, and the answer with its time, if it has one.
type Modelled = (u8, Option<(Result<Bytes, Code>, u64)>);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn no_order_of_things_runs_a_key_twice(steps in vec(step(), 1..120)) {
        const BYTES: usize = 50;
        const KEYS: usize = 3;
        let store = store(BYTES, KEYS);
        let mut model: BTreeMap<u8, Modelled> = BTreeMap::new();
        let mut running: BTreeMap<u8, (Pending, bool)> = BTreeMap::new();
        for step in steps {
            let now = SECONDS.get();
            match step {
                Step::Wait { seconds } => wait(seconds),
                Step::Begin { key: k, body } => {
                    model.retain(|_, (_, kept)| kept.as_ref().is_none_or(|(_, at)| at + HOUR > now));
                    let entered = enter(&store, &request("nest", &k.to_string(), "create", body));
                    match model.get(&k) {
                        Some((asked, _)) if *asked != body => {
                            prop_assert_eq!(told(entered), Err(Code::IdempotencyKeyReused));
                        }
                        Some((_, None)) => prop_assert_eq!(told(entered), Err(Code::InProgress)),
                        Some((_, Some((answer, _)))) => prop_assert_eq!(&told(entered), answer),
                        None => {
                            let len = |(_, kept): &Modelled| match kept {
                                Some((Ok(body), _)) => body.len(),
                                _ => 0,
                            };
                            let full = model.len() >= KEYS || model.values().map(len).sum::<usize>() >= BYTES;
                            match entered {
                                Err(Code::Overloaded) => prop_assert!(full),
                                Ok(Entered::First(pending)) => {
                                    prop_assert!(!full && !running.contains_key(&k));
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
                        Some(answer) => model.get_mut(&key).unwrap().1 = Some((answer, now)),
                        None => drop(model.remove(&key)),
                    }
                }
            }
        }
    }
}
