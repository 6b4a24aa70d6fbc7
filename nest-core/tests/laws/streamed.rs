//! Records that pass by are sealed and opened as those of a batch are, a group at a time and no sooner than asked for.

use std::cell::Cell;

use nest_core::prelude::*;
use nest_core::{Batch, DecodeError, Domain, EncodeError, EncodeFault, Sealed, Session};
use proptest::prelude::*;

use crate::law::{for_bytes, session};
use crate::values::Sample;

/// The records of four blocks that are sealed together.
const GROUP: usize = 32;

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 4, max_bits = 258)]
struct Turn {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=999)]
    number: u16,
    #[pep(max_bytes = 31)]
    remark: String,
}

fn turn(number: usize) -> Turn {
    Turn { who: Pseudonym::random(), number: number as u16, remark: format!("{number}") }
}

fn seal_all(session: &Session, turns: &[Turn]) -> Vec<Sealed<Turn>> {
    session.seal_each(turns.to_vec()).map(Result::unwrap).collect()
}

fn what_passes_by_comes_back_in_its_order<T: Sample>() {
    let session = session();
    for_bytes(3, &|bytes| {
        let values: Vec<T> = (0..5).map(|_| T::sample(bytes)).collect::<Result<_, _>>().unwrap();
        let sealed: Vec<_> = session.seal_each(values.clone()).map(Result::unwrap).collect();
        for (sealed, value) in sealed.iter().zip(&values) {
            prop_assert_eq!(&session.open(sealed).unwrap(), value);
        }
        let opened: Result<Vec<T>, DecodeError> = session.open_each(sealed).collect();
        prop_assert_eq!(opened.unwrap(), values);
        Ok(())
    });
}

every_record!(what_passes_by_comes_back_in_its_order);

#[test]
fn no_more_than_one_group_is_taken_at_a_time() {
    let (session, drawn) = (session(), Cell::new(0));
    let counted = |_: &Turn| drawn.set(drawn.get() + 1);
    let turns: Vec<_> = (0..100).map(turn).collect();

    let mut sealing = session.seal_each(turns.iter().cloned().inspect(counted));
    assert_eq!(drawn.get(), 0);
    for place in 0..100 {
        sealing.next().unwrap().unwrap();
        assert_eq!(drawn.get(), ((place / GROUP + 1) * GROUP).min(100), "before {place}");
    }
    assert!(sealing.next().is_none());

    drawn.set(0);
    let sealed = seal_all(&session, &turns);
    let mut opening = session.open_each::<Turn>(sealed.into_iter().inspect(|_| drawn.set(drawn.get() + 1)));
    assert_eq!(drawn.get(), 0);
    for (place, turn) in turns.iter().enumerate() {
        assert_eq!(opening.next().unwrap().as_ref(), Ok(turn));
        assert_eq!(drawn.get(), ((place / GROUP + 1) * GROUP).min(100), "before {place}");
    }
    assert!(opening.next().is_none());
}

/// An input that goes on after it has ended is not asked again.
#[test]
fn the_end_is_the_end() {
    let (session, asked) = (session(), Cell::new(0));
    let odd = std::iter::from_fn(|| {
        asked.set(asked.get() + 1);
        (asked.get() != 3).then(|| turn(asked.get()))
    });
    let mut sealing = session.seal_each(odd);
    assert!(sealing.next().is_some() && sealing.next().is_some());
    assert!(sealing.next().is_none() && sealing.next().is_none());
    assert_eq!(asked.get(), 3);
}

#[test]
fn a_record_that_cannot_be_sealed_does_not_spoil_the_others() {
    let session = session();
    let mut turns: Vec<_> = (0..70).map(turn).collect();
    let bad = [0, 1, 20, 31, 32, 69];
    for place in bad {
        turns[place].number = 1_000;
    }
    let sealed: Vec<Result<_, EncodeError>> = session.seal_each(turns.clone()).collect();
    assert_eq!(sealed.len(), turns.len());
    for (place, (sealed, turn)) in sealed.into_iter().zip(turns).enumerate() {
        if bad.contains(&place) {
            let error = sealed.unwrap_err();
            assert_eq!(
                (error.field(), error.fault()),
                ("number".into(), &EncodeFault::OutOfRange { min: 0, max: 999 })
            );
        } else {
            assert_eq!(session.open(&sealed.unwrap()).unwrap(), turn);
        }
    }
}

#[test]
fn a_record_that_cannot_be_opened_does_not_spoil_the_others_of_its_group() {
    let (own, other) = (session(), session());
    let turns: Vec<_> = (0..70).map(turn).collect();
    let (mut sealed, foreign) = (seal_all(&own, &turns), seal_all(&other, &turns));
    for place in [0, 15, 31, 32, 69] {
        sealed[place] = foreign[place].clone();
    }
    let opened: Vec<Result<Turn, _>> = own.open_each(sealed).collect();
    for (place, (opened, turn)) in opened.iter().zip(&turns).enumerate() {
        match [0, 15, 31, 32, 69].contains(&place) {
            true => assert!(opened.is_err()),
            false => assert_eq!(opened.as_ref(), Ok(turn)),
        }
    }
    assert_eq!(opened.len(), 70);
}

#[test]
fn a_batch_holds_what_passes_by() {
    let session = session();
    let turns: Vec<_> = (0..70).map(turn).collect();
    let domain = Domain::new("school").unwrap();
    let streamed = Batch::from_sealed(domain.clone(), session.ids().clone(), seal_all(&session, &turns));
    assert!(streamed.open(&session).into_iter().map(Result::unwrap).eq(turns.iter().cloned()));
    let batch = Batch::seal(&domain, &session, &turns).unwrap();
    let mut opened: Vec<Turn> = session.open_each(batch.into_sealed()).map(Result::unwrap).collect();
    opened.sort_by_key(|turn| turn.number);
    assert_eq!(opened, turns);
}

#[test]
fn of_nothing_comes_nothing() {
    let session = session();
    assert!(session.seal_each(Vec::<Turn>::new()).next().is_none());
    assert!(session.open_each(Vec::<Sealed<Turn>>::new()).next().is_none());
}

/// More blocks than are sealed together.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 200, max_bits = 1400)]
struct Long {
    #[pep(range = 0..=100)]
    numbers: [u8; 200],
}

#[test]
fn a_record_of_more_blocks_than_a_group_passes_by_alone() {
    let (session, drawn) = (session(), Cell::new(0));
    let records: Vec<_> = (0..3).map(|number| Long { numbers: [number; 200] }).collect();
    let counted = records.iter().cloned().inspect(|_| drawn.set(drawn.get() + 1));
    let mut sealed = Vec::new();
    for (place, next) in session.seal_each(counted).enumerate() {
        assert_eq!(drawn.get(), place + 1);
        sealed.push(next.unwrap());
    }
    let opened: Vec<Long> = session.open_each(sealed).map(Result::unwrap).collect();
    assert_eq!(opened, records);
}
