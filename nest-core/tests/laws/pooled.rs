//! What is made ahead of sealing is used once, whoever takes it.

use std::collections::HashSet;

use nest_core::prelude::*;
use nest_core::{Batch, Domain, Session};

use crate::law::{ciphertexts, session};

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 3, max_bits = 121)]
struct Seen {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    here: bool,
    #[pep(max_bytes = 15)]
    remark: String,
}

fn seen(remark: &str) -> Seen {
    Seen { pupil: Pseudonym::random(), here: true, remark: remark.to_owned() }
}

/// The first half of each ciphertext, but for its last bits: the same mask would show there.
fn shares(json: &str) -> Vec<String> {
    ciphertexts(&serde_json::from_str(json).unwrap()).iter().map(|(_, text)| text[..42].to_owned()).collect()
}

fn seal(session: &Session, remark: &str) -> Vec<String> {
    let record = seen(remark);
    let sealed = session.seal(&record).unwrap();
    assert_eq!(session.open(&sealed).unwrap(), record);
    shares(&serde_json::to_string(&sealed).unwrap())
}

#[test]
fn no_two_ciphertexts_share_what_hides_them() {
    let session = session();
    let mut all = Vec::new();
    for round in 0..6 {
        // Filled, half empty, empty, and filled again; by a clone, and in parts that do not match what is taken.
        for _ in 0..round {
            session.clone().fill_pool(7);
        }
        for remark in ["", "sixteen", "fifteen bytes !"] {
            all.extend(seal(&session, remark));
            all.extend(seal(&session.clone(), remark));
        }
        let batch: Vec<_> = (0..30).map(|number| seen(&number.to_string())).collect();
        let batch = Batch::seal(&Domain::new("school").unwrap(), &session, &batch).unwrap();
        assert!(batch.open(&session).iter().all(Result::is_ok));
        all.extend(
            batch.into_sealed().iter().flat_map(|sealed| shares(&serde_json::to_string(sealed).unwrap())),
        );
    }
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    assert_eq!(all.len(), 6 * (6 + 30) * 3);
}

#[test]
fn clones_in_several_threads_share_no_mask() {
    let session = session();
    let work = |session: Session| {
        (0..30)
            .flat_map(|_| {
                session.fill_pool(4);
                seal(&session, "here")
            })
            .collect::<Vec<_>>()
    };
    let threads: Vec<_> =
        (0..4).map(|_| session.clone()).map(|own| std::thread::spawn(move || work(own))).collect();
    let all: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 4 * 30 * 3);
}

#[test]
fn a_pool_is_bounded() {
    let session = session();
    assert_eq!(session.pool_room(), 4_096 + 1_024);
    let made: usize = std::iter::repeat_with(|| session.fill_pool(1_000)).take_while(|made| *made > 0).sum();
    assert_eq!((made, session.fill_pool(1), session.pool_room()), (4_096 + 1_024, 0, 0));
    seal(&session, "");
    assert_eq!(session.fill_pool(1_000) + session.fill_pool(1_000) + session.fill_pool(1_000), 3);
}
