//! Who is let in, and what the rules let them do.

use super::{client, encrypt, pupil, receive, school_and_nest};
use crate::{Party, Transcryptors};
use paas_client::auth::{Auth, BearerTokenAuth, SystemAuths};
use paas_client::pseudonym_service::{PseudonymService, PseudonymServiceError};
use paas_client::transcryptor_client::TranscryptorError;
use std::io;
use std::sync::Arc;

/// Why a client with these tokens is not let in.
async fn rejection(testbed: &Transcryptors, auths: SystemAuths) -> PseudonymServiceError {
    let client = PseudonymService::new_allow_http(testbed.config().clone(), auths).await;
    client.err().expect("this client is not let in")
}

fn is_unauthorized(error: PseudonymServiceError) -> bool {
    matches!(error, PseudonymServiceError::TranscryptorError(TranscryptorError::Unauthorized))
}

fn is_denied<T>(result: Result<T, PseudonymServiceError>) -> bool {
    use PseudonymServiceError::TranscryptorError as From;
    matches!(result, Err(From(TranscryptorError::NotAllowed(_))))
}

#[tokio::test]
async fn a_wrong_token_is_refused_by_each_transcryptor() {
    let testbed = school_and_nest().await;

    for member in &testbed.config().transcryptors {
        let wrong: Arc<dyn Auth> = Arc::new(BearerTokenAuth::new("wrong".to_owned()));
        let mut auths = testbed.auths("nest");
        auths.0.insert(member.system_id.clone(), wrong);
        assert!(is_unauthorized(rejection(&testbed, auths).await));
    }
}

#[tokio::test]
async fn the_token_for_one_transcryptor_is_refused_by_the_other() {
    let testbed = school_and_nest().await;
    let [first, second] = [0, 1].map(|i| testbed.config().transcryptors[i].system_id.clone());

    let mut auths = testbed.auths("nest");
    let token = auths.get(&first).unwrap();
    auths.0.insert(second, token);
    assert!(is_unauthorized(rejection(&testbed, auths).await));
}

#[tokio::test]
async fn with_a_single_login_one_token_is_let_in_by_both() {
    let testbed =
        Transcryptors::builder().party("school").party("nest").single_login().start().await.unwrap();
    let of_school = tokens(&testbed, "school").await;
    let of_nest = tokens(&testbed, "nest").await;
    assert_eq!(of_school[0], of_school[1]);
    assert_eq!(of_nest[0], of_nest[1]);
    assert_ne!(of_school[0], of_nest[0]);
    client(&testbed, "nest").await;
}

/// The tokens of a party, in the order of the transcryptors.
async fn tokens(testbed: &Transcryptors, party: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for member in &testbed.config().transcryptors {
        tokens.push(testbed.auths(party).get(&member.system_id).unwrap().token().await.unwrap());
    }
    tokens
}

#[tokio::test]
async fn an_unlisted_party_has_no_tokens() {
    let testbed = school_and_nest().await;

    let error = rejection(&testbed, testbed.auths("stranger")).await;
    assert!(matches!(error, PseudonymServiceError::MissingAuth(_)));
}

#[tokio::test]
async fn by_default_nobody_transcrypts_to_a_domain_of_another() {
    let testbed = school_and_nest().await;
    let mut school = client(&testbed, "school").await;
    let mut nest = client(&testbed, "nest").await;

    let message = encrypt(&mut school, &pupil());
    assert!(is_denied(receive(&mut nest, &message, "nest", "school").await));
    assert!(is_denied(receive(&mut nest, &message, "school", "elsewhere").await));
}

#[tokio::test]
async fn the_first_rule_replaces_the_default() {
    let testbed = Transcryptors::builder()
        .party("school")
        .party("nest")
        .allow("nest", "school", "nest")
        .start()
        .await
        .unwrap();
    let mut school = client(&testbed, "school").await;
    let mut nest = client(&testbed, "nest").await;

    let there = encrypt(&mut school, &pupil());
    let at_nest = receive(&mut nest, &there, "school", "nest").await.unwrap();
    let back = encrypt(&mut nest, &at_nest);
    assert!(is_denied(receive(&mut school, &back, "nest", "school").await));
}

#[tokio::test]
async fn a_party_may_have_domains_called_otherwise() {
    let testbed = Transcryptors::builder()
        .party("school")
        .party(Party::new("nest").domain("study-1").domain("study-2"))
        .start()
        .await
        .unwrap();
    let mut school = client(&testbed, "school").await;
    let mut nest = client(&testbed, "nest").await;

    let message = encrypt(&mut school, &pupil());
    let in_1 = receive(&mut nest, &message, "school", "study-1").await.unwrap();
    let in_2 = receive(&mut nest, &message, "school", "study-2").await.unwrap();
    assert_ne!(in_1, in_2);
    assert!(is_denied(receive(&mut nest, &message, "school", "nest").await));
}

#[tokio::test]
async fn parties_and_rules_that_cannot_work_are_refused() {
    let school = || Transcryptors::builder().party("school");
    let cases = [
        ("a `_` in a name", school().party("nest_research")),
        ("an empty name", school().party("")),
        ("a name given twice", school().party("school")),
        ("a rule for an unknown party", school().allow("nest", "school", "school")),
        ("a rule from an unknown domain", school().allow("school", "nest", "school")),
        ("a rule to an unknown domain", school().allow("school", "school", "nest")),
    ];

    for (case, builder) in cases {
        let kind = builder.start().await.err().map(|error| error.kind());
        assert_eq!(kind, Some(io::ErrorKind::InvalidInput), "{case}");
    }
}
