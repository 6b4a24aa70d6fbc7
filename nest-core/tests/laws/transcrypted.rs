//! Through two transcryptors to another domain, and back: attributes stay, pseudonyms change and return.

use std::collections::HashSet;

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::ElGamalEncryptable;
use nest_core::prelude::*;
use nest_core::{Batch, Domain, InProcess, Transcryption};
use proptest::prelude::*;

use crate::kinds::*;
use crate::law::{for_values, leaves, now};
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

    fn send<T: PepRecord>(from: &(Domain, InProcess), to: &(Domain, InProcess), records: &[T]) -> Vec<T> {
        let batch = Batch::seal(&from.0, &now(from.1.session()).unwrap(), records).unwrap();
        let (batch, session) = now(to.1.transcrypt(batch, &to.0)).unwrap();
        assert_eq!(batch.domain(), &to.0);
        assert_eq!(batch.sessions(), session.ids());
        batch.open(&session).into_iter().collect::<Result<_, _>>().unwrap()
    }

    fn to_platform<T: PepRecord>(&self, records: &[T]) -> Vec<T> {
        Self::send(&self.school, &self.platform, records)
    }

    fn to_school<T: PepRecord>(&self, records: &[T]) -> Vec<T> {
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

fn a_value_keeps_its_attributes_and_gets_its_pseudonyms_back<T: Sample>() {
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
