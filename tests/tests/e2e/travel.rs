//! Records on their way. Nothing is lost, nothing shows, and pseudonyms change with the domain and come back.

use std::collections::{HashMap, HashSet};

use nest_api::prelude::*;
use nest_core::{Batch, InProcess, Sealed, Transcryption};
use nest_examples::records::{Assessment, Enrolment};
use nest_examples::school;
use nest_examples::star;
use nest_testbed::{Sessions, Transcryptors};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::field::{Field, account, domain, hand_over, shape};

fn all_records() -> Vec<Assessment> {
    star::rows().unwrap().iter().map(school::assessment).collect()
}

fn sealed_shape<R>(sealed: &Sealed<R>) -> Value {
    shape(&serde_json::to_value(sealed).unwrap())
}

/// A record in one order, for any participant.
fn sorted(mut records: Vec<Assessment>) -> Vec<Assessment> {
    records.sort_by_cached_key(|record| (record.pupil.to_bytes(), record.grade));
    records
}

#[tokio::test]
async fn every_star_record_keeps_the_law() {
    let session = InProcess::new(2).session().await.unwrap();
    let records = all_records();
    assert_eq!(records.len(), 8024);

    let structure = Assessment::structure();
    let first = session.seal(&records[0]).unwrap();
    let (shape, len) = (sealed_shape(&first), serde_json::to_string(&first).unwrap().len());
    for record in &records {
        let plain = record.to_pep().unwrap();
        assert_eq!(plain.structure(), structure);
        assert_eq!(&Assessment::from_pep(&plain).unwrap(), record);
    }
    // Each kind of record once: sealing all of them would only take longer.
    let kinds: HashMap<_, _> = records
        .iter()
        .map(|record| {
            let Assessment { grade, class_type, school_type, free_lunch, reading, math, .. } = record;
            ((grade, class_type, school_type, free_lunch, reading.is_some(), math.is_some()), record)
        })
        .collect();
    assert!(kinds.len() > 200, "{}", kinds.len());
    for record in kinds.values() {
        let sealed = session.seal(*record).unwrap();
        assert_eq!(sealed_shape(&sealed), shape);
        assert_eq!(serde_json::to_string(&sealed).unwrap().len(), len);
    }
}

/// Somebody, with a number by which the test finds them again after two shuffles.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Numbered {
    #[pep(pseudonym)]
    who: Pseudonym,
    #[pep(range = 0..=65535)]
    place: u16,
}

/// Takes a batch from the school to the platform, as bytes; returns what the platform reads, and the one
/// shape that all of its records have from outside.
async fn travel(records: Vec<Assessment>, school: Paas, nest: Paas) -> (Vec<Assessment>, Value) {
    let batch = Batch::seal(&domain("school"), &school.session().await.unwrap(), &records).unwrap();
    let sent = serde_json::to_vec(&batch.clone().into_sealed()).unwrap().len();
    assert!(sent > 2 * 1024 * 1024, "{sent}");
    let bytes = serde_json::to_vec(&batch).unwrap();
    assert!(3 * bytes.len() < 2 * sent, "{} and {sent}", bytes.len());

    let batch: Batch<Assessment> = serde_json::from_slice(&bytes).unwrap();
    let (batch, session) = nest.transcrypt(batch, &domain("nest")).await.unwrap();
    assert_eq!((batch.domain().as_str(), batch.len()), ("nest", records.len()));
    assert_eq!(batch.sessions(), nest.session().await.unwrap().ids());
    let received = batch.open(&session).into_iter().map(Result::unwrap).collect();
    let mut shapes = batch.into_sealed().into_iter().map(|sealed| sealed_shape(&sealed));
    let first = shapes.next().unwrap();
    assert!(shapes.all(|shape| shape == first), "records can be told apart from outside");
    (received, first)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_star_record_comes_through_two_transcryptors_and_every_pseudonym_comes_back() {
    let mut transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let (school, nest) = (account(&transcryptors, "school").await, account(&transcryptors, "nest").await);
    let records = all_records();

    // There: three batches, each of more bytes than a transcryptor reads at once. One of these forgets the
    // session that all pieces of all batches are meant for, so they go again, to one new session.
    let lost = nest.session().await.unwrap();
    transcryptors.restart(0, Sessions::Lost).await.unwrap();
    let mut batches = JoinSet::new();
    for records in records.chunks(2675).map(<[Assessment]>::to_vec) {
        batches.spawn(travel(records, school.clone(), nest.clone()));
    }
    let (mut received, mut shapes) = (Vec::new(), HashSet::new());
    for (records, shape) in batches.join_all().await {
        received.extend(records);
        shapes.insert(shape.to_string());
    }
    assert_eq!(shapes.len(), 1, "batches can be told apart from outside");
    assert_ne!(nest.session().await.unwrap().ids(), lost.ids());

    // And back: the people alone, each with a number.
    let people: Vec<Pseudonym> = received
        .iter()
        .flat_map(|record| [record.pupil, record.teacher])
        .collect::<HashSet<_>>()
        .into_iter()
        .collect();
    assert_eq!(people.len(), 3744 + 417);
    let numbered: Vec<Numbered> =
        people.iter().zip(0..).map(|(who, place)| Numbered { who: *who, place }).collect();
    let back: HashMap<Pseudonym, Pseudonym> = hand_over(&numbered, ("nest", &nest), ("school", &school))
        .await
        .into_iter()
        .map(|numbered| (people[usize::from(numbered.place)], numbered.who))
        .collect();

    let known: HashSet<Pseudonym> =
        records.iter().flat_map(|record| [record.pupil, record.teacher]).collect();
    assert_eq!(back.values().copied().collect::<HashSet<_>>(), known);
    assert!(people.iter().all(|who| !known.contains(who)), "both domains share a pseudonym");

    let returned = received
        .into_iter()
        .map(|record| Assessment { pupil: back[&record.pupil], teacher: back[&record.teacher], ..record })
        .collect();
    assert!(sorted(returned) == sorted(records), "a record came back changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_one_pseudonym_in_a_domain_whatever_the_way() {
    let field = Field::new().await;
    let other = account(&field.transcryptors, "other").await;
    let (school, nest) = (("school", &field.school), ("nest", &field.nest));
    let set = |people: Vec<Enrolment>| people.into_iter().map(|line| line.person).collect::<HashSet<_>>();

    let direct = set(hand_over(&field.roll, school, nest).await);
    let at_other = hand_over(&field.roll, school, ("other", &other)).await;
    let by_other = set(hand_over(&at_other, ("other", &other), nest).await);
    assert_eq!(direct.len(), field.roll.len());
    assert_eq!(direct, by_other);

    let at_school = set(field.roll.clone());
    let at_other = set(at_other);
    assert!(
        at_school.is_disjoint(&direct) && at_school.is_disjoint(&at_other) && direct.is_disjoint(&at_other)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_leaves_in_another_order_than_it_was_given() {
    let session = InProcess::new(2).session().await.unwrap();
    let numbered: Vec<Numbered> = (0..64).map(|place| Numbered { who: Pseudonym::random(), place }).collect();
    let batch = Batch::seal(&domain("school"), &session, &numbered).unwrap();
    let places: Vec<u16> = batch.open(&session).into_iter().map(|record| record.unwrap().place).collect();
    assert_ne!(places, (0..64).collect::<Vec<_>>());
    assert_eq!(places.iter().collect::<HashSet<_>>().len(), 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_none_goes_nowhere() {
    let mut field = Field::new().await;
    let (nest, session) = (&field.nest, field.nest.session().await.unwrap());
    for transcryptor in 0..2 {
        field.transcryptors.halt(transcryptor).await.unwrap();
    }

    let none = Batch::<Assessment>::seal(&domain("school"), &session, &[]).unwrap();
    let (batch, _) = nest.transcrypt(none, &domain("nest")).await.unwrap();
    assert!(batch.is_empty());
    assert_eq!(batch.domain().as_str(), "nest");

    let nobody = field.client();
    assert_eq!(nobody.participants::<Enrolment>().create_batch(vec![]).await, Ok(Vec::new()));
    assert_eq!(nobody.activity::<Assessment>().progress_batch(&[]).await, Ok(Vec::new()));
    assert_eq!(nobody.activity::<Assessment>().results_batch(&[]).await, Ok(Vec::new()));
    assert_eq!(nobody.last_exchange(), None);
}
