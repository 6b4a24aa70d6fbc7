//! The way there and back, which everything else is for, under each runtime a caller may have.

use super::{client, domain, encrypt, pupil, receive, school_and_nest};
use crate::Transcryptors;
use libpep::data::json::{PEPJSONBuilder, PEPJSONValue};
use serde_json::json;
use std::num::NonZeroUsize;

async fn a_record_travels() {
    let testbed = school_and_nest().await;
    let mut school = client(&testbed, "school").await;
    let mut nest = client(&testbed, "nest").await;

    let grades = json!({
        "grade": "K", "read": 418, "math": null, "remark": "more than the fifteen bytes of one block",
    });
    let message = encrypt(&mut school, &PEPJSONValue::from_value(&grades));
    let read = receive(&mut nest, &message, "school", "nest").await.unwrap();
    assert_eq!(read.to_value().unwrap(), grades);

    let message = encrypt(&mut school, &pupil());
    let at_nest = receive(&mut nest, &message, "school", "nest").await.unwrap();
    assert_ne!(at_nest, pupil(), "another domain, another pseudonym");

    let message = encrypt(&mut nest, &at_nest);
    let at_school = receive(&mut school, &message, "nest", "school").await.unwrap();
    assert_eq!(at_school, pupil());

    testbed.stop().await;
}

#[tokio::test]
async fn a_record_travels_under_tokio() {
    a_record_travels().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_travels_under_tokio_with_several_threads() {
    a_record_travels().await;
}

#[actix_web::test]
async fn a_record_travels_under_actix() {
    a_record_travels().await;
}

#[tokio::test]
async fn a_batch_travels() {
    let testbed = school_and_nest().await;
    let mut school = client(&testbed, "school").await;
    let mut nest = client(&testbed, "nest").await;
    let record =
        |pupil, read| PEPJSONBuilder::new().pseudonym("pupil", pupil).attribute("read", json!(read)).build();
    let records = [record("100096", 418), record("100097", 524)];

    let (from, to) = (domain("school"), domain("nest"));
    let (batch, sessions) = school.encrypt_batch(&records, &mut rand::rng()).unwrap();
    let batch = nest.transcrypt_batch(batch, &sessions, &from, &to).await.unwrap();
    let records = nest.decrypt_batch(&batch).unwrap();

    // The transcryptors shuffle a batch.
    let mut scores: Vec<_> =
        records.iter().map(|record| record.to_value().unwrap()["read"].as_u64()).collect();
    scores.sort();
    assert_eq!(scores, [Some(418), Some(524)]);
}

#[tokio::test]
async fn each_testbed_has_keys_of_its_own() {
    let (one, other) = (school_and_nest().await, school_and_nest().await);

    let (one, other) = (one.config(), other.config());
    assert_ne!(one.global_public_keys, other.global_public_keys);
    assert_ne!(one.blinded_global_keys, other.blinded_global_keys);
    assert_ne!(one.transcryptors, other.transcryptors);
}

/// paas-client opens a connection for each call, and the workers take connections in turns.
#[tokio::test]
async fn a_session_that_one_worker_started_is_known_to_the_others() {
    let workers = NonZeroUsize::new(3).unwrap();
    let testbed = Transcryptors::builder().party("school").party("nest").workers(workers);
    let testbed = testbed.start().await.unwrap();
    let mut school = client(&testbed, "school").await;
    let mut nest = client(&testbed, "nest").await;
    for _ in 0..6 {
        let message = encrypt(&mut school, &pupil());
        receive(&mut nest, &message, "school", "nest").await.unwrap();
    }
}
