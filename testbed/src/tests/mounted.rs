//! That every route of paas-server is there, at the path where paas-client looks for it.

use super::school_and_nest;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// The transcryption routes of paas-server 0.13, written out because that is what clients depend on.
const ROUTES: [&str; 25] = [
    "/pseudonymize/pseudonym",
    "/pseudonymize/long_pseudonym",
    "/pseudonymize_batch/pseudonym",
    "/pseudonymize_batch/long_pseudonym",
    "/rekey/attribute",
    "/rekey/long_attribute",
    "/rekey/pseudonym",
    "/rekey/long_pseudonym",
    "/rekey_batch/attribute",
    "/rekey_batch/long_attribute",
    "/rekey_batch/pseudonym",
    "/rekey_batch/long_pseudonym",
    "/transcrypt/pseudonym",
    "/transcrypt/long_pseudonym",
    "/transcrypt/long_attribute",
    "/transcrypt/record",
    "/transcrypt/long_record",
    "/transcrypt/json",
    "/transcrypt_batch/pseudonym",
    "/transcrypt_batch/long_pseudonym",
    "/transcrypt_batch/attribute",
    "/transcrypt_batch/long_attribute",
    "/transcrypt_batch/record",
    "/transcrypt_batch/long_record",
    "/transcrypt_batch/json",
];

/// The status of a request without a body.
fn status(address: SocketAddr, method: &str, path: &str, token: Option<&str>) -> u16 {
    let token = token.map_or(String::new(), |token| format!("Authorization: Bearer {token}\r\n"));
    let mut connection = TcpStream::connect(address).unwrap();
    write!(
        connection,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 0\r\nConnection: close\r\n{token}\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_route_is_mounted_and_all_but_liveness_need_a_token() {
    let testbed = school_and_nest().await;

    for member in &testbed.config().transcryptors {
        let address = member.url.socket_addrs(|| None).unwrap()[0];
        let auth = testbed.auths("nest").get(&member.system_id).unwrap();
        let token = auth.token().await.unwrap();

        for path in ["/health", "/status"] {
            assert_eq!(status(address, "GET", path, None), 200, "{path}");
        }
        for path in ["/config", "/sessions"] {
            assert_eq!(status(address, "GET", path, None), 401, "{path}");
            assert_eq!(status(address, "GET", path, Some(&token)), 200, "{path}");
        }
        assert_eq!(status(address, "POST", "/sessions/start", None), 401);
        assert_eq!(status(address, "POST", "/sessions/start", Some(&token)), 200);
        for path in ROUTES.into_iter().chain(["/sessions/end"]) {
            assert_eq!(status(address, "POST", path, None), 401, "{path}");
            // The handler is reached, and finds no JSON in the body.
            assert_eq!(status(address, "POST", path, Some(&token)), 400, "{path}");
        }
    }
}

#[tokio::test]
async fn what_paas_server_does_not_mount_is_missing_here_too() {
    let testbed = school_and_nest().await;
    let member = &testbed.config().transcryptors[0];
    let address = member.url.socket_addrs(|| None).unwrap()[0];
    let auth = testbed.auths("nest").get(&member.system_id).unwrap();
    let token = auth.token().await.unwrap();

    assert_eq!(status(address, "POST", "/transcrypt/attribute", Some(&token)), 404);
}
