//! As deep as records, arrays and lists may be within each other, every JSON of them can be read back.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use nest_core::prelude::*;
use nest_core::{InProcess, Sealed, SealedJson, Session, Transcryption};

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Leaf {
    done: bool,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 2 * T::BLOCKS + 1)]
struct Within<T: PepRecord> {
    #[pep(max_len = 1)]
    inner: Vec<T>,
}

type Within3<T> = Within<Within<Within<T>>>;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 100)]
struct Lists {
    inner: Within3<Within3<Within3<Leaf>>>,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Arrays {
    deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[bool; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1],
}

fn within<T: PepRecord>(inner: T) -> Within<T> {
    Within { inner: vec![inner] }
}

fn comes_back<R: PepRecord + PartialEq + std::fmt::Debug>(session: &Session, value: &R) {
    let json = serde_json::to_string(&session.seal(value).unwrap()).unwrap();
    let sealed: Sealed<R> = serde_json::from_str(&json).unwrap();
    assert_eq!(session.open(&sealed).unwrap(), *value);
    let json = serde_json::to_string(&session.seal_json(&value.to_pep().unwrap())).unwrap();
    let sealed: SealedJson = serde_json::from_str(&json).unwrap();
    assert_eq!(R::from_pep(&session.open_json(&sealed)).unwrap(), *value);
}

fn main() {
    let Poll::Ready(session) = pin!(InProcess::new(1).session()).poll(&mut Context::from_waker(Waker::noop()))
    else {
        unreachable!()
    };
    let session = session.unwrap();
    let three = within(within(within(Leaf { done: true })));
    let six = within(within(within(three)));
    let inner = within(within(within(six)));
    comes_back(&session, &Lists { inner });
    let arrays = Arrays { deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[true; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1]; 1] };
    comes_back(&session, &arrays);
}
