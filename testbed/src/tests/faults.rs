//! What clients notice when a transcryptor goes away, comes back or forgets.

use super::{client, client_of_one, encrypt, pupil, receive, school_and_nest};
use crate::{Sessions, Transcryptors};
use paas_client::pseudonym_service::PseudonymServiceError;
use paas_client::transcryptor_client::TranscryptorError;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

#[tokio::test]
async fn a_halted_transcryptor_refuses_connections_until_restarted() {
    for index in [0, 1] {
        let mut testbed = school_and_nest().await;
        let mut school = client(&testbed, "school").await;
        let mut nest = client(&testbed, "nest").await;
        let message = encrypt(&mut school, &pupil());
        let before = receive(&mut nest, &message, "school", "nest").await.unwrap();

        testbed.halt(index).await.unwrap();
        testbed.halt(index).await.unwrap();
        let refused = receive(&mut nest, &message, "school", "nest").await;
        let Err(PseudonymServiceError::TranscryptorError(TranscryptorError::NetworkError(error))) = refused
        else {
            panic!("a network error is expected");
        };
        assert!(error.is_connect());

        testbed.restart(index, Sessions::Kept).await.unwrap();
        let after = receive(&mut nest, &message, "school", "nest").await.unwrap();
        assert_eq!(before, after, "the secrets must be the same");
    }
}

#[tokio::test]
async fn sessions_are_kept_or_lost_as_asked() {
    let mut testbed = school_and_nest().await;
    let mut nest = client_of_one(&testbed, 1, "nest").await;
    let (session, _) = nest.start_session().await.unwrap();

    testbed.restart(1, Sessions::Kept).await.unwrap();
    assert_eq!(nest.get_sessions().await.unwrap(), [session]);

    testbed.restart(1, Sessions::Lost).await.unwrap();
    assert_eq!(nest.get_sessions().await.unwrap(), []);
}

#[tokio::test]
async fn a_client_recovers_from_lost_sessions() {
    let mut testbed = school_and_nest().await;
    let mut school = client(&testbed, "school").await;
    let mut nest = client(&testbed, "nest").await;
    let message = encrypt(&mut school, &pupil());
    let before = receive(&mut nest, &message, "school", "nest").await.unwrap();

    testbed.restart(0, Sessions::Lost).await.unwrap();
    testbed.restart(1, Sessions::Lost).await.unwrap();
    let after = receive(&mut nest, &message, "school", "nest").await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn sessions_live_an_hour_unless_told_otherwise() {
    let parties = || Transcryptors::builder().party("nest");
    let brief = parties().session_lifetime(Duration::ZERO);

    for (builder, expected) in [(parties(), 1), (brief, 0)] {
        let testbed = builder.start().await.unwrap();
        let mut nest = client_of_one(&testbed, 0, "nest").await;
        nest.start_session().await.unwrap();
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert_eq!(nest.get_sessions().await.unwrap().len(), expected);
    }
}

#[tokio::test]
async fn halting_cuts_off_open_connections() {
    let mut testbed = school_and_nest().await;
    let address = testbed.config().transcryptors[0].url.socket_addrs(|| None).unwrap()[0];
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    connection.write_all(b"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = [0; 1024];
    let length = connection.read(&mut answer).unwrap();
    assert!(answer[..length].starts_with(b"HTTP/1.1 200 OK"));

    testbed.halt(0).await.unwrap();
    let end = connection.read(&mut answer);
    assert!(matches!(&end, Ok(0)) || end.is_err_and(|e| e.kind() == ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn dropping_the_testbed_stops_it() {
    let testbed = school_and_nest().await;
    let address = testbed.config().transcryptors[0].url.socket_addrs(|| None).unwrap()[0];
    TcpStream::connect(address).unwrap();

    drop(testbed);
    for _ in 0..1000 {
        if TcpStream::connect(address).is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("still running ten seconds later");
}

#[tokio::test]
async fn there_are_two_transcryptors() {
    let mut testbed = school_and_nest().await;

    assert_eq!(testbed.config().transcryptors.len(), 2);
    assert_eq!(testbed.halt(2).await.unwrap_err().kind(), ErrorKind::InvalidInput);
}
