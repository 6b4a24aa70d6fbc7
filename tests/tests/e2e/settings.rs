//! A source that is started by a settings file alone, and serves what the file says.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nest_api::prelude::*;
use nest_api::{ClientError, Code, Config, Server};
use nest_core::Transcryption as _;
use nest_data_source_api::batch_messages::{
    ActivityBatchResponseMessageType, PEPBatchMessageType, Record, StatusCode,
};
use nest_examples::records::{Assessment, PersonInfo};
use nest_examples::school::School;
use nest_testbed::Transcryptors;
use nest_upstream::UpstreamDoor;
use reqwest::Certificate;
use serde_json::{Value, json};

use crate::field::{self, TOKEN, account, domain, excerpt, hand_over, send, with_info};
use crate::server_fixture::run;
use crate::upstream_fixture::{pack, upstream_client};

const DASHBOARD_TOKEN: &str = "the-token-of-a-dashboard";

/// The hashes are those of the two tokens.
const SETTINGS: &str = r#"
listen = "127.0.0.1:0"
domain = "school"
audit_log = "audit.log"
upstream_door = true

[tls]
certificate = "certificate.pem"
key = "key.pem"

[limits]
max_records = 3

[[callers]]
name = "platform"
token_hashes = ["7a3462f910bde2de803993013369f3d198dcd3b811d78465410d6c2398e42998"]
domains = ["nest"]

[[callers]]
name = "dashboard"
token_hashes = ["7622373220ae7930eb4c2d973d21e490cae13efca0ba5563aca4235062642fca"]
operations = ["progress"]

[paas]
config = "paas.json"
plain_http = true
tokens.transcryptor-1.file = "transcryptor-1.token"
tokens.transcryptor-2.file = "transcryptor-2.token"
"#;

/// A folder with settings and the files that they name, as the school's operator has it.
struct Folder(PathBuf);

impl Folder {
    async fn new(transcryptors: &Transcryptors) -> Self {
        let folder = std::env::temp_dir().join(format!("nest-tests-{}", Pseudonym::random().to_hex()));
        fs::create_dir(&folder).unwrap();
        let folder = Self(folder);
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        folder.write("certificate.pem", &own.cert.pem());
        folder.write("key.pem", &own.signing_key.serialize_pem());
        folder.write("paas.json", &serde_json::to_string(transcryptors.config()).unwrap());
        for (system, auth) in transcryptors.auths("school").0 {
            folder.write(&format!("{system}.token"), &format!("{}\n", auth.token().await.unwrap()));
        }
        folder.write("school.toml", SETTINGS);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn path(&self) -> PathBuf {
        self.0.join("school.toml")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Starts the school as a program of its own would, but for the wait until a signal.
async fn start(school: School, settings: &Path) -> Server {
    let config = Config::load(settings);
    let builder = DataSourceApi::configured(school, &config).await.activity::<Assessment>();
    let api = builder.upstream_door_by_settings().build().unwrap();
    api.bind_configured(&config).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_serves_as_its_settings_say() {
    let transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let (nest, school) = (account(&transcryptors, "nest").await, account(&transcryptors, "school").await);
    let folder = Folder::new(&transcryptors).await;
    let source = School::temporary("school", &excerpt()).await.unwrap();
    let roll = source.roll();
    let (url, stop) = run(start(source, &folder.path()).await);
    let people = hand_over(&roll[..3], ("school", &school), ("nest", &nest)).await;
    let who: Vec<_> = people.iter().map(|line| line.person).collect();

    // It proves its name with the certificate of the file, and speaks nothing but TLS.
    let root = folder.read("certificate.pem");
    let client = |token: &str| {
        let client = NestClient::builder(&url, token).domain("nest").transcryption(nest.clone());
        client.root_certificate_pem(root.as_bytes()).build().unwrap()
    };
    assert!(url.starts_with("https://"), "{url}");
    let plain = reqwest::get(format!("{}/health", url.replace("https", "http"))).await;
    assert!(plain.is_err(), "{plain:?}");
    let (platform, dashboard) = (client(TOKEN), client(DASHBOARD_TOKEN));

    for answer in platform.participants().create_batch(with_info(&people)).await.unwrap() {
        assert_eq!(answer.result(), Ok(&()));
    }
    let pages: Vec<_> = who.iter().map(|who| (*who, 0)).collect();
    let results = platform.activity::<Assessment>().results_batch(&pages).await.unwrap();
    assert!(results.iter().all(|answer| answer.result().is_ok()));

    // The callers have the rights of the file, and there is no third.
    let progress = dashboard.activity::<Assessment>().progress_batch(&who).await.unwrap();
    assert!(progress.iter().all(|answer| answer.result().is_ok()));
    let refused = dashboard.activity::<Assessment>().results_batch(&pages).await;
    assert_refused(refused.map(drop), 403, Code::Forbidden);
    let refused = client("another-token").activity::<Assessment>().progress_batch(&who).await;
    assert_refused(refused.map(drop), 401, Code::Unauthorized);
    let four: Vec<_> = (0..4).map(|_| Pseudonym::random()).collect();
    let refused = platform.activity::<Assessment>().progress_batch(&four).await;
    assert_refused(refused.map(drop), 413, Code::TooManyRecords);

    // The upstream door is open, for each as the other routes are.
    let mut upstream = upstream_client(&transcryptors, "nest").await;
    let http = reqwest::Client::builder().tls_certs_only([Certificate::from_pem(root.as_bytes()).unwrap()]);
    let http = http.build().unwrap();
    let asked = who.iter().map(|who| Record::ok(who.to_hex(), Value::Null)).collect();
    let mut request = pack(&mut upstream, "assessment", asked);
    for (path, token, status) in [
        ("progress_batch", DASHBOARD_TOKEN, 200),
        ("result_batch", DASHBOARD_TOKEN, 403),
        ("result_batch", TOKEN, 200),
    ] {
        let call = http.post(format!("{url}/api/activities/{path}")).bearer_auth(token).json(&request);
        let answer = send(call).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        if status == 200 {
            let answer = serde_json::from_str(&answer.body).unwrap();
            let said = ActivityBatchResponseMessageType::unpack(answer, &mut upstream).await.unwrap().record;
            assert_eq!(said.iter().filter(|said| said.result_code == StatusCode::Ok).count(), 3, "{path}");
        }
    }

    request.domain = domain("school").to_libpep();
    let call = http.post(format!("{url}/api/activities/result_batch")).bearer_auth(TOKEN).json(&request);
    assert_eq!(send(call).await.status, 403);

    stop.stop().await;
    let log = folder.read("audit.log");
    let kept = log.trim_end_matches(' ').lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        json!(["caller", "operation", "outcome"].map(|key| line[key].clone()))
    });
    assert_eq!(
        kept.collect::<Vec<_>>(),
        [
            json!(["platform", "create", "ok"]),
            json!(["platform", "results", "ok"]),
            json!(["dashboard", "progress", "ok"]),
            json!(["dashboard", "results", "forbidden"]),
            json!(["platform", "progress", "too-many-records"]),
            json!(["dashboard", "progress", "ok"]),
            json!(["dashboard", "results", "forbidden"]),
            json!(["platform", "results", "ok"]),
            json!(["platform", "results", "forbidden"]),
        ]
    );
}

/// The second process knows what came of the write, though its school has never heard of these people.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgets_no_repetition() {
    let transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let (nest, school) = (account(&transcryptors, "nest").await, account(&transcryptors, "school").await);
    let folder = Folder::new(&transcryptors).await;
    let root = folder.read("certificate.pem");
    let source = School::temporary("school", &excerpt()).await.unwrap();
    let people = hand_over(&source.roll()[..1], ("school", &school), ("nest", &nest)).await;
    let items: Vec<_> =
        with_info(&people).into_iter().map(|(who, record)| field::registration(who, record)).collect();
    let body = field::message("participants", "nest", &nest.session().await.unwrap(), &items);
    let http = reqwest::Client::builder().tls_certs_only([Certificate::from_pem(root.as_bytes()).unwrap()]);
    let http = http.build().unwrap();
    let write = async |url: &str, key: &str| {
        let call = http.post(format!("{url}{}", field::CREATE)).bearer_auth(TOKEN);
        let call =
            call.header("Content-Type", "application/json").header("Idempotency-Key", key).body(body.clone());
        send(call).await
    };

    let (url, stop) = run(start(source, &folder.path()).await);
    let first = write(&url, "the-first-key").await;
    assert_eq!(first.status, 200, "{}", first.body);
    stop.stop().await;
    drop(stop);
    // The first gives its files back a moment after its last answer.
    let config = Config::load(folder.path());
    let begun = Instant::now();
    let server = loop {
        let source = School::temporary("school", &excerpt()).await.unwrap();
        let builder = DataSourceApi::configured(source, &config).await.activity::<Assessment>();
        match builder.upstream_door_by_settings().build() {
            Ok(api) => break api.bind_configured(&config).unwrap(),
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(20), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let (url, stop) = run(server);
    let again = write(&url, "the-first-key").await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let client = NestClient::builder(&url, TOKEN).domain("nest").transcryption(nest.clone());
    let client = client.root_certificate_pem(root.as_bytes()).build().unwrap();
    let found = client.participants::<PersonInfo>().read(people[0].person).await;
    assert!(found.is_err(), "the repetition has written nothing");
    stop.stop().await;
}

fn assert_refused(answer: Result<(), ClientError>, expected: u16, problem: Code) {
    let Err(ClientError::Refused { status, code: Some(code), .. }) = answer else { panic!("{answer:?}") };
    assert_eq!((status, code), (expected, problem));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_three_faults_names_all_three() {
    let transcryptors = Transcryptors::builder().party("school").start().await.unwrap();
    let folder = Folder::new(&transcryptors).await;
    let wrong = [
        ("listen = \"127.0.0.1:0\"", "listen = \"my-secret-host\""),
        ("\"key.pem\"", "\"my-secret-key.pem\""),
        ("[\"progress\"]", "[\"my-secret-operation\"]"),
    ];
    let mut text = SETTINGS.to_owned();
    for (right, wrong) in wrong {
        assert!(text.contains(right));
        text = text.replace(right, wrong);
    }
    folder.write("school.toml", &text);

    let error = Config::load(folder.path()).check().unwrap_err();
    let faults = error.faults();
    assert_eq!(faults.len(), 3, "{faults:?}");
    for key in ["`listen`", "`tls.key`", "`callers[1].operations`"] {
        assert_eq!(faults.iter().filter(|fault| fault.contains(key)).count(), 1, "{key}: {faults:?}");
    }
    // A line before them. The path is named, no other value is.
    assert_eq!(error.to_string().lines().count(), 4);
    let text = error.to_string().replace(&folder.0.join("my-secret-key.pem").display().to_string(), "");
    assert!(!text.contains("secret"), "{error}");

    // Repaired, it is taken.
    folder.write("school.toml", SETTINGS);
    assert_eq!(Config::load(folder.path()).check(), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_start_is_named_at_once_and_in_sentences() {
    let transcryptors = Transcryptors::builder().party("school").start().await.unwrap();
    let folder = Folder::new(&transcryptors).await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    folder.write("key.pem", &other.signing_key.serialize_pem());
    folder.write("transcryptor-2.token", "a-wrong-token");
    fs::create_dir(folder.0.join("audit.log")).unwrap();
    let text = SETTINGS
        .replace("127.0.0.1:0", &address)
        .replace("operations = [\"progress\"]", "activities = [\"asessment\"]")
        .replace("max_records = 3", "max_records = 0");
    folder.write("school.toml", &text);

    let config = Config::load(folder.path());
    let builder = DataSourceApi::configured(School::temporary("school", &[]).await.unwrap(), &config).await;
    let error = builder.activity::<Assessment>().build().unwrap_err();
    let expected = [
        "`tls.certificate` and `tls.key`: the first certificate of",
        "`limits.max_records` must be",
        "`listen`: 127.0.0.1:",
        "the audit log ",
        "`transcryptor-2` refuses this party",
        "the caller `dashboard` is restricted to the activity `asessment`, which is not served",
        "`upstream_door` is set, and this program has no upstream door",
    ];
    assert_eq!(error.faults().len(), expected.len(), "{error}");
    for beginning in expected {
        assert!(error.faults().iter().any(|fault| fault.starts_with(beginning)), "{beginning}: {error}");
    }
    // What `main` prints.
    let error: Box<dyn std::error::Error> = error.into();
    let printed = format!("Error: {error:?}");
    assert!(printed.starts_with("Error: the data source does not start, for 7 reasons:\n- "), "{printed}");
    assert!(printed.contains(&address) && !printed.contains("a-wrong-token"), "{printed}");
}
