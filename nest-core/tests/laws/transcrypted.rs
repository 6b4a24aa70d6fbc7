//! Through two transcryptors to another domain, and back: attributes stay, pseudonyms change and return.

use std::cell::Cell;
use std::collections::HashSet;

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::ElGamalEncryptable;
use nest_core::prelude::*;
use nest_core::schema::Type;
use nest_core::{
    Batch, DecodeFault, Domain, InProcess, Session, SessionIds, Transcryption, TranscryptionError,
};
use proptest::prelude::*;

use crate::forged::{forged, parse_and_write_again};
use crate::kinds::*;
use crate::law::{for_bytes, for_values, leaves, now, session};
use crate::values::Sample;

struct Parties {
    school: (Domain, InProcess),
    platform: (Domain, InProcess),
}

impl Parties {
    fn new() -> Self {
        let school = InProcess::new(2);
        let platform = school.party();
        Self {
            school: (Domain::new("school").unwrap(), school),
            platform: (Domain::new("nest").unwrap(), platform),
        }
    }

    fn send<T: PepRecord + 'static>(
        from: &(Domain, InProcess),
        to: &(Domain, InProcess),
        records: &[T],
    ) -> Vec<T> {
        let batch = Batch::seal(&from.0, &now(from.1.session()).unwrap(), records).unwrap();
        let (batch, session) = now(to.1.transcrypt(batch, &to.0)).unwrap();
        assert_eq!(batch.domain(), &to.0);
        assert_eq!(batch.sessions(), session.ids());
        batch.open(&session).into_iter().collect::<Result<_, _>>().unwrap()
    }

    fn to_platform<T: PepRecord + 'static>(&self, records: &[T]) -> Vec<T> {
        Self::send(&self.school, &self.platform, records)
    }

    fn to_school<T: PepRecord + 'static>(&self, records: &[T]) -> Vec<T> {
        Self::send(&self.platform, &self.school, records)
    }
}

/// Whether two values differ in each pseudonym and in nothing else.
fn differ_in_pseudonyms_only(one: &PEPJSONValue, other: &PEPJSONValue) -> bool {
    match (one, other) {
        (PEPJSONValue::Pseudonym(one), PEPJSONValue::Pseudonym(other)) => one != other,
        (PEPJSONValue::Array(one), PEPJSONValue::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| differ_in_pseudonyms_only(one, other))
        }
        (PEPJSONValue::Object(one), PEPJSONValue::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| {
                    other.get(name).is_some_and(|other| differ_in_pseudonyms_only(one, other))
                })
        }
        (one, other) => one == other,
    }
}

fn a_value_keeps_its_attributes_and_gets_its_pseudonyms_back<T: Sample + 'static>() {
    let parties = Parties::new();
    for_values(6, |value: T| {
        let received = parties.to_platform(std::slice::from_ref(&value));
        prop_assert_eq!(received.len(), 1);
        let plain = (value.to_pep().unwrap(), received[0].to_pep().unwrap());
        prop_assert!(differ_in_pseudonyms_only(&plain.0, &plain.1));
        prop_assert_eq!(parties.to_school(&received), [value]);
        Ok(())
    });
}

every_record!(a_value_keeps_its_attributes_and_gets_its_pseudonyms_back);

/// A batch is shuffled twice on its way; what belongs together must stay together.
#[test]
fn the_fields_of_a_record_stay_together_in_a_batch() {
    let parties = Parties::new();
    let pupil = Pseudonym::from_long_id("laws", "anna");
    let records: Vec<_> = (0..20_u16)
        .map(|year| Grid::<_, _, 2> {
            first: Visit { doctor: pupil, reason: format!("reason {year}") },
            rest: [year, year + 100].map(|count| Counted { count: count as u8, items: [year % 2 == 0] }),
            picked: vec![],
        })
        .collect();
    let mut received = parties.to_platform(&records);
    let doctors: Vec<_> = received.iter().map(|record| record.first.doctor).collect();
    assert!(doctors.iter().all(|doctor| *doctor == doctors[0] && *doctor != pupil));
    received.sort_by_key(|record| record.rest[0].count);
    for record in &mut received {
        record.first.doctor = pupil;
    }
    assert_eq!(received, records);
}

/// One person in a list, alone and within a record is one person in the other domain, too.
#[test]
fn a_person_has_one_pseudonym_in_a_domain_wherever_it_stands() {
    let parties = Parties::new();
    let anna = Pseudonym::random();
    let visit = Visit { doctor: anna, reason: String::new() };
    let people = People {
        pupil: anna,
        friends: vec![anna; 3],
        parents: vec![[anna; 2]],
        groups: [vec![anna], vec![]],
        visits: vec![visit.clone()],
    };
    let there = &parties.to_platform(&[people])[0];
    let anna_there = there.pupil;
    assert_ne!(anna_there, anna);
    assert_eq!(there.friends, vec![anna_there; 3]);
    assert_eq!(there.parents, [[anna_there; 2]]);
    assert_eq!(there.groups[0], [anna_there]);
    assert_eq!(there.visits[0].doctor, anna_there);
    assert_eq!(parties.to_platform(&[visit])[0].doctor, anna_there);
}

#[test]
fn a_batch_of_no_records_arrives_empty() {
    let parties = Parties::new();
    assert_eq!(parties.to_platform::<Plain>(&[]), []);
}

/// Fillers are new pseudonyms each time: a fixed one would mark every list with an empty place.
#[test]
fn no_two_fillers_of_a_list_are_one_pseudonym() {
    let pupil = Pseudonym::random();
    let empty = People { pupil, friends: vec![], parents: vec![], groups: [vec![], vec![]], visits: vec![] };
    let plain = [empty.to_pep().unwrap(), empty.to_pep().unwrap()];
    let mut seen = HashSet::new();
    for leaf in plain.iter().flat_map(leaves) {
        if let PEPJSONValue::Pseudonym(pseudonym) = leaf {
            let is_pupil = pseudonym.to_hex() == pupil.to_hex();
            assert!(seen.insert(pseudonym.to_hex()) || is_pupil);
        }
    }
    // Three friends, two parents twice, two groups of one, and two doctors, in each of two values.
    assert_eq!(seen.len(), 1 + 2 * (3 + 4 + 2 + 2));
}

/// Whoever sends a batch chooses what it says: a transcryptor must not fall over it.
#[test]
fn a_batch_of_other_sessions_is_refused_or_turns_into_no_data() {
    let parties = Parties::new();
    let (domain, platform) = &parties.platform;
    let batch = |ids: &[(&str, &str)], from: &Session| {
        let ids = ids.iter().map(|(system, id)| ((*system).to_owned(), (*id).to_owned()));
        let sealed = from.seal(&Counted { count: 7, items: [true] }).unwrap();
        Batch::from_sealed(domain.clone(), SessionIds::new(ids).unwrap(), vec![sealed])
    };
    let own = now(parties.school.1.session()).unwrap();
    for ids in [&[("t0", "a")][..], &[("t1", "a")], &[("other", "a"), ("t3", "b")]] {
        let error = now(platform.transcrypt(batch(ids, &own), domain)).unwrap_err();
        assert_eq!(error, TranscryptionError::NoSession);
    }
    // Sessions that nobody started, and keys of transcryptors elsewhere.
    let ids = [("t0", "a"), ("t1", "b"), ("t2", "c")];
    for session in [own, session()] {
        let (batch, session) = now(platform.transcrypt(batch(&ids, &session), domain)).unwrap();
        assert_eq!(batch.open(&session)[0].as_ref().unwrap_err().fault(), &DecodeFault::NotData);
    }
}

/// Ciphertexts made up of any two elements of the group, the neutral one among them.
#[test]
fn a_forged_batch_is_turned_and_opened_without_panic() {
    let parties = Parties::new();
    let (domain, platform) = &parties.platform;
    let sessions = now(parties.school.1.session()).unwrap().ids().clone();
    let turned = Cell::new(0);
    for_bytes(24, &|bytes| {
        let json = forged(bytes, &Type::Record(People::SCHEMA)).unwrap();
        if let Some(sealed) = parse_and_write_again::<People>(&json) {
            let batch = Batch::from_sealed(domain.clone(), sessions.clone(), vec![sealed]);
            let (batch, session) = now(platform.transcrypt(batch, domain)).unwrap();
            prop_assert!(batch.open(&session)[0].is_err());
            turned.set(turned.get() + 1);
        }
        Ok(())
    });
    eprintln!("ACC turned {}", turned.get());
    assert!(turned.get() > 0);
}
