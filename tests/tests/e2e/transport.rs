//! Plain HTTP is used only where it is asked for by name. Connections are used again.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer, web};
use nest_api::prelude::*;
use nest_api::{BuildError, ClientError, Code};
use nest_core::{Batch, InProcess, Transcryption, TranscryptionError};
use nest_examples::records::Assessment;
use nest_examples::school::School;
use nest_testbed::Transcryptors;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::task::JoinSet;

use crate::field::{self, Field, TOKEN, asks, domain, excerpt, hand_over, send};
use crate::flaky_proxy::{Fate, Guarded};

#[tokio::test(flavor = "multi_thread")]
async fn transcryptors_are_called_by_https_unless_plain_http_is_asked_for() {
    let field = Field::new().await;
    let (config, auths) = (field.transcryptors.config(), || field.transcryptors.auths("nest"));
    let refused = Paas::connect(config.clone(), auths()).await;
    assert_eq!(refused.err().map(TranscryptionError::from), Some(TranscryptionError::Configuration));
    assert!(Paas::connect_plain_http(config.clone(), auths()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn transcryptors_other_than_configured_are_refused() {
    let (field, another) = (Field::new().await, Field::new().await);
    let auths = || field.transcryptors.auths("nest");

    let mut other_keys = field.transcryptors.config().clone();
    other_keys.blinded_global_keys = another.transcryptors.config().blinded_global_keys;
    let mut other_names = field.transcryptors.config().clone();
    other_names.transcryptors.reverse();
    let mut none = field.transcryptors.config().clone();
    none.transcryptors.clear();
    for config in [other_keys, other_names, none] {
        let refused = Paas::connect_plain_http(config, auths()).await;
        assert_eq!(refused.err().map(TranscryptionError::from), Some(TranscryptionError::Configuration));
    }
    let unknown = field.transcryptors.auths("nobody");
    let refused = Paas::connect_plain_http(field.transcryptors.config().clone(), unknown).await;
    assert_eq!(refused.err().map(TranscryptionError::from), Some(TranscryptionError::Configuration));
    let foreign = another.transcryptors.auths("nest");
    let refused = Paas::connect_plain_http(field.transcryptors.config().clone(), foreign).await;
    assert_eq!(refused.err().map(TranscryptionError::from), Some(TranscryptionError::Denied));
}

/// Transcryptors with a certificate of an authority that no machine knows.
///
/// The files were made for this test: the key signs for 127.0.0.1 only, and the authority's own was thrown away.
async fn over_tls() -> Transcryptors {
    let chain = vec![CertificateDer::from_pem_slice(include_bytes!("tls/gateway.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/gateway-key.pem")).unwrap();
    // The provider is named, because other members of the workspace bring another one.
    let tls = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let tls = tls.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let tls = tls.with_single_cert(chain, key).unwrap();
    Transcryptors::builder().party("school").party("nest").tls(tls).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_ones_own_is_trusted_where_it_is_given() {
    let transcryptors = over_tls().await;
    let builder = |party| Paas::builder(transcryptors.config().clone(), transcryptors.auths(party));
    assert_eq!(
        builder("nest").connect().await.err().map(TranscryptionError::from),
        Some(TranscryptionError::Unavailable)
    );

    let authority = include_bytes!("tls/authority.pem");
    let school = builder("school").root_certificate_pem(authority).connect().await.unwrap();
    let nest = builder("nest").root_certificate_pem(authority).connect().await.unwrap();
    let people = asks(Operation::Progress, [Pseudonym::random()]);
    assert_eq!(hand_over(&people, ("school", &school), ("nest", &nest)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_kept_alive() {
    let guarded = Guarded::new().await;
    let (school, nest) = (guarded.account("school").await, guarded.account("nest").await);
    let people = asks(Operation::Progress, [Pseudonym::random(), Pseudonym::random()]);
    for _ in 0..20 {
        hand_over(&people, ("school", &school), ("nest", &nest)).await;
    }
    // One for each party, and one more where a connection was not yet free again.
    let one_by_one = guarded.connections();
    assert!(one_by_one.iter().all(|connections| *connections <= 4), "{one_by_one:?}");

    for _ in 0..5 {
        let mut at_once = JoinSet::new();
        for _ in 0..4 {
            let (people, school, nest) =
                (asks(Operation::Progress, [people[0].who]), school.clone(), nest.clone());
            at_once.spawn(async move { hand_over(&people, ("school", &school), ("nest", &nest)).await });
        }
        at_once.join_all().await;
    }
    let at_once = guarded.connections();
    assert!(at_once.iter().all(|connections| *connections <= 12), "{at_once:?}");
}

/// Many bytes that are quickly transcrypted.
#[derive(PepRecord)]
#[pep(max_blocks = 30, max_bits = 3200)]
struct Story {
    #[pep(max_bytes = 400)]
    text: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_batch_makes_no_more_calls_at_once_than_it_is_allowed() {
    let guarded = Guarded::new().await;
    let school = guarded.account("school").await;
    let session = school.session().await.unwrap();
    // Four pieces. Sealing is what takes long, so one record is sealed and sent often.
    let one = session.seal(&Story { text: "once".to_owned() }).unwrap();
    let records = 16 * 1536 * 1024 / 5 / serde_json::to_vec(&one).unwrap().len();
    let batch = Batch::from_sealed(domain("school"), session.ids().clone(), vec![one; records]);

    // The school has a connection too, and one that is closed may overlap with the one that replaces it.
    for (calls, at_once) in [(1, 1..=3), (4, 4..=6)] {
        // Transcrypting takes long without optimisation, on a machine that does other things too.
        let builder = guarded.builder("nest").calls_at_once(calls).call_timeout(Duration::from_secs(600));
        let nest = builder.connect().await.unwrap();
        let (received, session) = nest.transcrypt(batch.clone(), &domain("nest")).await.unwrap();
        assert_eq!((received.len(), received.sessions()), (records, session.ids()));
        let most = guarded.proxies[0].most_open();
        assert!(at_once.contains(&most), "{calls} allowed, {most} open");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcryptor_that_cannot_be_reached_is_not_connected_to() {
    let guarded = Guarded::new().await;
    for (fate, error) in [
        (Fate::Closed, TranscryptionError::Unavailable),
        (Fate::Silent, TranscryptionError::Unavailable),
        (Fate::Status(503), TranscryptionError::Unavailable),
        (Fate::Status(404), TranscryptionError::Configuration),
        (Fate::Status(302), TranscryptionError::Configuration),
        (Fate::Status(200), TranscryptionError::Configuration),
        (Fate::Endless, TranscryptionError::Configuration),
    ] {
        guarded.proxies[1].all(fate).await;
        let connecting = guarded.builder("nest").call_timeout(Duration::from_secs(1)).connect();
        assert_eq!(connecting.await.err().map(TranscryptionError::from), Some(error), "{fate:?}");
    }
    guarded.proxies[1].all(Fate::Passed).await;
    assert!(guarded.builder("nest").root_certificate_pem(b"none").connect().await.is_err());
    assert!(guarded.builder("nest").connect().await.is_ok());
}

fn client(url: &str, token: &str, plain_http: bool) -> Result<(), BuildError> {
    let builder = NestClient::builder(url, token).domain("nest").transcryption(InProcess::new(2));
    let builder = if plain_http { builder.allow_plain_http() } else { builder };
    builder.build().map(|_| ())
}

#[test]
fn a_data_source_is_called_by_https_unless_plain_http_is_asked_for() {
    assert_eq!(client("https://school.example", TOKEN, false), Ok(()));
    assert_eq!(client("http://127.0.0.1:1", TOKEN, false), Err(BuildError::Url));
    assert_eq!(client("http://127.0.0.1:1", TOKEN, true), Ok(()));
    for url in [
        "",
        "school.example",
        "ftp://school.example",
        "file:///etc/passwd",
        "data:,x",
        "https://school.example?x=1",
        "https://school.example#x",
        "https://user:password@school.example",
    ] {
        assert_eq!(client(url, TOKEN, true), Err(BuildError::Url), "{url}");
    }
    for token in ["", "two words", "line\nbreak", "é"] {
        assert_eq!(client("https://school.example", token, false), Err(BuildError::Token), "{token:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_is_part_of_a_larger_application() {
    let nest = InProcess::new(2);
    let api = DataSourceApi::builder(School::temporary("school", &excerpt()).await.unwrap())
        .domain("school")
        .transcryption(nest.party())
        .caller(Caller::new("nest", TokenHash::of(TOKEN)))
        .activity::<Assessment>()
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = move || {
        App::new()
            // Limits of the application are not those of the API.
            .app_data(web::PayloadConfig::new(10))
            .app_data(web::JsonConfig::default().limit(10))
            .configure(|cfg| api.configure(cfg))
            .route("/open", web::get().to(async || "open"))
    };
    tokio::spawn(HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run());

    let open = send(reqwest::Client::new().get(format!("{url}/open"))).await;
    assert_eq!((open.status, open.body.as_str()), (200, "open"));
    assert_eq!(open.header("x-request-id"), None);
    let stranger = [Pseudonym::random()];
    let answers = field::client(&url, nest).activity::<Assessment>().progress_batch(&stranger).await.unwrap();
    assert_eq!(answers[0].result(), Err(RecordError::NotFound));
}

#[tokio::test]
async fn an_api_alone_is_plain_http_on_this_machine_only() {
    let api = DataSourceApi::builder(School::temporary("school", &[]).await.unwrap())
        .domain("school")
        .transcryption(InProcess::new(2))
        .caller(Caller::new("nest", TokenHash::of(TOKEN)))
        .activity::<Assessment>()
        .build()
        .unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let refused = api.bind_plain_http(address).map(|server| server.address());
        let refused = refused.unwrap_err().to_string();
        assert!(refused.starts_with(&format!("{address} can be reached from elsewhere")), "{refused}");
    }
}

#[tokio::test]
async fn an_api_that_makes_no_sense_is_not_built() {
    let school = School::temporary("school", &[]).await.unwrap();
    let builder = || DataSourceApi::builder(school.clone()).domain("school").transcryption(InProcess::new(1));
    let nest = || Caller::new("nest", TokenHash::of("1"));

    let faults = |builder: nest_api::DataSourceApiBuilder<School, InProcess>| {
        builder.build().unwrap_err().faults().to_vec()
    };
    assert_eq!(faults(builder()), [BuildError::NoCaller.to_string()]);
    let twice = builder().caller(nest()).caller(Caller::new("other", TokenHash::of("1"))).domain("");
    assert_eq!(
        faults(twice.activity::<Assessment>().activity::<Assessment>()),
        [
            "two activities are called `assessment`: rename one",
            "the callers `nest` and `other` have one token: give each its own",
            &BuildError::Domain.to_string(),
        ]
    );
    assert!(builder().caller(nest()).activity::<Assessment>().build().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_a_wrong_token_is_told_so() {
    let field = Field::new().await;
    let people = [field.people().await[0].person];
    let stranger = NestClient::builder(&field.url, "another-token")
        .domain("nest")
        .transcryption(field.nest.clone())
        .allow_plain_http()
        .build()
        .unwrap();
    let refused = stranger.activity::<Assessment>().progress_batch(&people).await.err();
    let Some(ClientError::Refused { status: 401, code: Some(Code::Unauthorized), request_id: Some(_) }) =
        refused
    else {
        panic!("{refused:?}");
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_tokens_nor_records_show_in_debug() {
    let field = Field::new().await;
    let people = field.registered().await;
    let client = field.client();
    let answers = client.activity::<Assessment>().results_batch(&[(people[0].person, 0)]).await.unwrap();
    let shown = format!(
        "{client:?} {:?} {:?} {:?} {answers:?}",
        field.nest,
        TokenHash::of(TOKEN),
        Caller::new("nest", TokenHash::of(TOKEN)),
    );
    assert!(!shown.contains(TOKEN), "{shown}");
    for secret in ["reading", "Kindergarten", &people[0].person.to_hex()] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
