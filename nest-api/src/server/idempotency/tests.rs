//! The store against a simple model of it, with a clock that stands until it is told to go on.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

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

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

fn begin(store: &IdempotencyStore, text: &str) -> Begin {
    store.begin("nest", &key(text), "create", [1; 32])
}

fn first(begin: Begin) -> Pending {
    match begin {
        Begin::First(pending) => pending,
        other => panic!("{other:?}"),
    }
}

fn body(text: &'static str) -> Answer {
    Answer::Body(Bytes::from_static(text.as_bytes()))
}

#[test]
fn a_key_is_visible_ascii_of_some_length_and_is_not_shown() {
    for text in ["a", "8e03978e-40d5-43dd-bc93-6894a57f9324", "\"quoted\"", "!~", &"x".repeat(255)] {
        assert!(IdempotencyKey::parse(text).is_some(), "{text}");
    }
    for text in ["", " ", "a b", "a\n", "\u{7f}", "é", &"x".repeat(256)] {
        assert!(IdempotencyKey::parse(text).is_none(), "{text:?}");
    }
    assert_eq!(format!("{:?}", key("anna@school")), "IdempotencyKey(…)");
}

#[test]
fn a_repeat_gets_the_answer_until_the_retention_has_passed() {
    let store = store(1000, 10);
    let pending = first(begin(&store, "a"));
    assert!(matches!(begin(&store, "a"), Begin::InProgress));
    wait(10 * HOUR); // However long it takes, it is not run a second time.
    assert!(matches!(begin(&store, "a"), Begin::InProgress));
    pending.finish(Bytes::from_static(b"answer"));
    for _ in 0..2 {
        assert!(matches!(begin(&store, "a"), Begin::Repeat(answer) if answer == body("answer")));
        wait(HOUR / 2 - 1);
    }
    wait(1);
    assert!(matches!(begin(&store, "a"), Begin::Repeat(_)));
    wait(1);
    drop(first(begin(&store, "a")));
}

#[test]
fn a_key_belongs_to_its_caller_path_and_body() {
    let store = store(1000, 10);
    let pending = first(store.begin("nest", &key("k"), "create", [1; 32]));
    let other_body = |answered: bool| {
        assert!(matches!(store.begin("nest", &key("k"), "create", [2; 32]), Begin::OtherBody), "{answered}");
        assert!(matches!(store.begin("nest", &key("k"), "created", [1; 32]), Begin::OtherBody), "{answered}");
    };
    other_body(false);
    pending.finish(Bytes::new());
    other_body(true);
    drop(first(store.begin("other", &key("k"), "create", [1; 32])));
    // The names run into each other, the keys do not.
    drop(first(store.begin("nes", &key("tk"), "create", [1; 32])));
}

#[test]
fn what_has_written_nothing_may_be_tried_again_and_what_may_have_is_not() {
    let store = store(1000, 10);
    drop(first(begin(&store, "a")));
    first(begin(&store, "a")).keep_failed(Code::TranscryptionUnavailable);
    let told = |code| move |begin| matches!(begin, Begin::Repeat(Answer::Failed(told)) if told == code);
    assert!(told(Code::TranscryptionUnavailable)(begin(&store, "a")));

    let mut given_up = first(begin(&store, "b"));
    given_up.source_called();
    drop(given_up);
    assert!(told(Code::Internal)(begin(&store, "b")));

    let mut answered = first(begin(&store, "c"));
    answered.source_called();
    answered.finish(Bytes::from_static(b"answer"));
    assert!(matches!(begin(&store, "c"), Begin::Repeat(answer) if answer == body("answer")));
}

#[test]
fn a_full_store_takes_no_new_key_and_forgets_none_early() {
    let small = store(10, 10);
    first(begin(&small, "a")).finish(Bytes::from_static(b"123456789"));
    let pending = first(begin(&small, "b"));
    wait(1);
    first(begin(&small, "c")).finish(Bytes::from_static(b"0"));
    assert!(matches!(begin(&small, "d"), Begin::Full));
    pending.finish(Bytes::from_static(b"what was let in is kept"));
    assert!(matches!(begin(&small, "a"), Begin::Repeat(_)));
    assert!(matches!(begin(&small, "b"), Begin::Repeat(_)));
    wait(HOUR - 1);
    assert!(matches!(begin(&small, "d"), Begin::Full), "only `a` is forgotten");
    wait(1);
    let pending = first(begin(&small, "d"));
    assert_eq!(small.shared.known().bytes, 0);
    assert_eq!(small.shared.known().requests.len(), 1);
    drop(pending);

    let few = store(1000, 2);
    let pending = [first(begin(&few, "a")), first(begin(&few, "b"))];
    assert!(matches!(begin(&few, "c"), Begin::Full));
    assert!(matches!(begin(&few, "a"), Begin::InProgress));
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
type Modelled = (u8, Option<(Answer, u64)>);

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
                    let begun = store.begin("nest", &key(&k.to_string()), "create", [body; 32]);
                    match model.get(&k) {
                        Some((asked, _)) if *asked != body => prop_assert!(matches!(begun, Begin::OtherBody)),
                        Some((_, None)) => prop_assert!(matches!(begun, Begin::InProgress)),
                        Some((_, Some((answer, _)))) => {
                            prop_assert!(matches!(begun, Begin::Repeat(told) if told == *answer));
                        }
                        None => {
                            let len = |(_, kept): &Modelled| kept.as_ref().map_or(0, |(kept, _)| kept.len());
                            let full = model.len() >= KEYS || model.values().map(len).sum::<usize>() >= BYTES;
                            match begun {
                                Begin::Full => prop_assert!(full),
                                Begin::First(pending) => {
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
                        pending.source_called();
                        *called = true;
                    }
                }
                Step::Finish { key, .. } | Step::Fail { key } | Step::Drop { key } => {
                    let Some((pending, called)) = running.remove(&key) else { continue };
                    let kept = match step {
                        Step::Finish { len, .. } => {
                            let body = Bytes::from(vec![b'x'; len]);
                            pending.finish(body.clone());
                            Some(Answer::Body(body))
                        }
                        Step::Fail { .. } => {
                            pending.keep_failed(Code::TranscryptionUnavailable);
                            Some(Answer::Failed(Code::TranscryptionUnavailable))
                        }
                        _ => {
                            drop(pending);
                            called.then_some(Answer::Failed(Code::Internal))
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
