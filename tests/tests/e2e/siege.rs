//! A caller with the least rights tries all that could stop the others, all at once, against a source that runs as its
//! users run it: a process of its own, default settings, TLS, an audit log, and 1,024 open files.
//!
//! Ten seconds here, on a machine that runs other tests and the attackers as well, without optimisation: each answer must
//! come, and sooner than a caller would give up. `SIEGE_SECONDS` makes it longer, and `SIEGE_STRICT` holds every answer to
//! two seconds. All of it is on loopback, and bounded in number and time.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nest_api::prelude::*;
use nest_core::Transcryption;
use nest_examples::records::{Assessment, PersonInfo};
use nest_examples::school::School;
use nest_testbed::Transcryptors;
use nest_upstream::UpstreamDoor;

use crate::field::{self, account, excerpt, hand_over, with_info};
use crate::line::{Address, Line};
use crate::raw_request::TURN;

/// Tokens that have at least 32 characters.
pub(crate) const HONEST: [&str; 2] =
    ["the-token-of-the-first-honest-caller", "the-token-of-the-second-honest-caller"];
const ATTACKER: &str = "the-token-of-a-dashboard-that-is-hostile";

/// How long an honest caller may wait for an answer, where the machine does nothing else.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it may wait where the machine does.
const LONGEST: Duration = Duration::from_secs(20);

const SETTINGS: &str = r#"
listen = "127.0.0.1:0"
domain = "school"
audit_log = "audit.log"
upstream_door = true
tls = { certificate = "certificate.pem", key = "key.pem" }

[paas]
config = "paas.json"
plain_http = true
tokens.transcryptor-1.file = "transcryptor-1.token"
tokens.transcryptor-2.file = "transcryptor-2.token"
"#;

/// The folder of the source, and the source in a process of its own.
pub(crate) struct Besieged {
    folder: PathBuf,
    child: Child,
    pub(crate) url: String,
}

impl Besieged {
    pub(crate) async fn new(transcryptors: &Transcryptors) -> Self {
        let folder = std::env::temp_dir().join(format!("nest-siege-{}", Pseudonym::random().to_hex()));
        fs::create_dir(&folder).unwrap();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
        let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        write("certificate.pem", &own.cert.pem());
        write("key.pem", &own.signing_key.serialize_pem());
        #[cfg(unix)]
        fs::set_permissions(folder.join("key.pem"), std::os::unix::fs::PermissionsExt::from_mode(0o600))
            .unwrap();
        write("paas.json", &serde_json::to_string(transcryptors.config()).unwrap());
        for (system, auth) in transcryptors.auths("school").0 {
            write(&format!("{system}.token"), &auth.token().await.unwrap());
        }
        let callers =
            [("first", HONEST[0], ""), ("second", HONEST[1], ""), ("dashboard", ATTACKER, PROGRESS_ONLY)];
        let callers = callers.map(|(name, token, rights)| {
            let hash = hash_of(token);
            format!("[[callers]]\nname = \"{name}\"\ntoken_hashes = [\"{hash}\"]\n{rights}\n")
        });
        write("school.toml", &format!("{SETTINGS}\n{}", callers.concat()));

        let source = std::env::current_exe().unwrap();
        let run =
            format!("ulimit -n 1024 && exec {source:?} --exact siege::a_source_to_be_besieged --nocapture");
        let mut command = Command::new("sh");
        command.arg("-c").arg(run).env("SIEGE_SOURCE", &folder).stdin(Stdio::piped()).stdout(Stdio::null());
        let child = command.spawn().unwrap();
        let url = folder.join("url");
        let begun = Instant::now();
        while !url.exists() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the source does not start");
            thread::sleep(Duration::from_millis(20));
        }
        let url = fs::read_to_string(url).unwrap();
        Self { folder, child, url }
    }

    /// Has the source take all files that are left, or give them back. It has once the file is gone.
    pub(crate) fn tell(&mut self, what: &str) {
        let told = self.folder.join("told");
        fs::write(&told, what).unwrap();
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(format!("{what}\n").as_bytes()).unwrap();
        while told.exists() {
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn root(&self) -> String {
        fs::read_to_string(self.folder.join("certificate.pem")).unwrap()
    }

    /// What the process has in memory, and has had at most, in MiB.
    fn memory(&self) -> (usize, usize) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.map_or(0, |line| line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() / 1024)
        };
        (number("VmRSS:"), number("VmHWM:"))
    }
}

impl Drop for Besieged {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

const PROGRESS_ONLY: &str = "operations = [\"progress\"]";

/// What `printf %s TOKEN | sha256sum` prints.
fn hash_of(token: &str) -> String {
    let mut hashing = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    hashing.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
    let printed = String::from_utf8(hashing.wait_with_output().unwrap().stdout).unwrap();
    printed.split(' ').next().unwrap().to_owned()
}

/// The source of the siege, in the process that is started for it; in any other it does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_to_be_besieged() {
    let Some(folder) = std::env::var_os("SIEGE_SOURCE") else { return };
    let folder = Path::new(&folder);
    let config = nest_api::Config::load(folder.join("school.toml"));
    let api =
        DataSourceApi::configured(School::temporary("school", &excerpt()).await.unwrap(), &config).await;
    let server = api
        .activity::<Assessment>()
        .upstream_door_by_settings()
        .build()
        .unwrap()
        .bind_configured(&config)
        .unwrap();
    let (started, url) = (folder.join("started"), folder.join("url"));
    fs::write(&started, server.url()).unwrap();
    fs::rename(started, url).unwrap();
    // Until the process that started it is gone. It may ask for all files that are left to be taken, or given back.
    let told = folder.join("told");
    let gone = tokio::task::spawn_blocking(move || {
        let mut files: Vec<fs::File> = Vec::new();
        for line in std::io::stdin().lines().map_while(Result::ok) {
            match line.as_str() {
                "take" => files.extend(std::iter::from_fn(|| fs::File::open("/dev/null").ok())),
                _ => files.clear(),
            }
            fs::remove_file(&told).unwrap();
        }
    });
    tokio::select! {
        ended = server.run() => ended.unwrap(),
        _ = gone => {}
    }
}

/// What an attack needs to know.
#[derive(Clone)]
struct Siege {
    address: Address,
    socket: SocketAddr,
    over: Arc<AtomicBool>,
    /// How often anything was done.
    blows: Arc<AtomicUsize>,
}

impl Siege {
    fn goes_on(&self) -> bool {
        !self.over.load(Ordering::SeqCst)
    }

    /// Does this again and again on a thread of its own, each time on a new connection.
    fn strike(&self, mut blow: impl FnMut(&Siege, &mut Line) + Send + 'static) -> JoinHandle<()> {
        let siege = self.clone();
        thread::spawn(move || {
            while siege.goes_on() {
                if let Ok(mut line) = siege.address.connect() {
                    blow(&siege, &mut line);
                    siege.blows.fetch_add(1, Ordering::SeqCst);
                    line.close();
                }
                thread::sleep(Duration::from_millis(20));
            }
        })
    }
}

fn head(path: &str, more: &str, len: usize) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: school\r\nAuthorization: Bearer {ATTACKER}\r\nContent-Type: \
         application/json\r\nContent-Length: {len}\r\n{more}\r\n"
    )
    .into_bytes()
}

/// Asks for the description.
fn description() -> String {
    format!("GET /api/v1/openapi.json HTTP/1.1\r\nHost: school\r\nAuthorization: Bearer {ATTACKER}\r\n\r\n")
}

/// A byte a second, for as long as the other end takes them.
fn drip(siege: &Siege, line: &mut Line) {
    while siege.goes_on() && line.write_all(b" ").is_ok() {
        thread::sleep(Duration::from_secs(1));
    }
}

fn wait(siege: &Siege, seconds: u64) {
    let begun = Instant::now();
    while siege.goes_on() && begun.elapsed() < Duration::from_secs(seconds) {
        thread::sleep(Duration::from_millis(50));
    }
}

/// All that is tried. `batch` is a good request of many records, which the attacker may ask.
fn attacks(siege: &Siege, batch: &[u8]) -> Vec<JoinHandle<()>> {
    let mut all = Vec::new();
    // To look at one kind of attack: `SIEGE_ONLY=slow`.
    let only = std::env::var("SIEGE_ONLY").ok();
    let on = |kind: &str| only.as_ref().is_none_or(|only| only.split(',').any(|one| one == kind));
    // Bodies that come a byte a second.
    for _ in 0..if on("slow") { 40 } else { 0 } {
        all.push(siege.strike(|siege, line| {
            line.write_all(&head(field::PROGRESS, "", 100_000)).ok();
            drip(siege, line);
        }));
    }
    // Heads that come a byte a second, after a request that was answered.
    for _ in 0..if on("slow") { 10 } else { 0 } {
        all.push(siege.strike(|siege, line| {
            line.write_all(b"GET /health HTTP/1.1\r\nHost: school\r\n\r\nGET /health HTTP/1.1\r\nx: ").ok();
            drip(siege, line);
        }));
    }
    // Other protocols.
    for _ in 0..if on("upgrade") { 8 } else { 0 } {
        all.push(siege.strike(|siege, line| {
            line.write_all(&head(field::PROGRESS, "Connection: Upgrade\r\nUpgrade: websocket\r\n", 2)).ok();
            wait(siege, 5);
        }));
    }
    // Batches whose answers are not read.
    for _ in 0..if on("batches") { 6 } else { 0 } {
        let request = [head(field::PROGRESS, "", batch.len()), batch.to_vec()].concat();
        all.push(siege.strike(move |siege, line| {
            line.write_all(&request).ok();
            wait(siege, 30);
        }));
    }
    // Small requests whose answers are not read, more than the network buffers.
    for _ in 0..if on("unread") { 6 } else { 0 } {
        all.push(siege.strike(|siege, line| {
            let asks = description().repeat(100);
            while siege.goes_on() && line.write_all(asks.as_bytes()).is_ok() {}
        }));
    }
    // Bodies as large as may be, of nothing, through either door.
    let large = |record: &str| {
        let records = vec![record; (32 << 20) / (record.len() + 1) - 100].join(",");
        Arc::new(records)
    };
    let (short, null) = (large("\"A\""), large("{\"type\":\"Null\"}"));
    for (path, begin, records, end) in [
        (field::PROGRESS, r#"{"activity":"assessment","batch":{"records":["#, short, "]}}"),
        ("/api/activities/progress_batch", r#"{"record":["#, null, r#"],"activity":"assessment"}"#),
    ] {
        for _ in 0..if on("large") { 2 } else { 0 } {
            let records = Arc::clone(&records);
            all.push(siege.strike(move |siege, line| {
                let len = begin.len() + records.len() + end.len();
                let parts = [&head(path, "", len), begin.as_bytes(), records.as_bytes(), end.as_bytes()];
                if parts.iter().all(|part| line.write_all(part).is_ok()) {
                    let _answered = line.read(&mut [0; 64]).ok();
                }
                wait(siege, 1);
            }));
        }
    }
    // Writes with new keys, which it may not do.
    for thread in 0..if on("keys") { 2 } else { 0 } {
        let mut count = 0;
        all.push(siege.strike(move |siege, line| {
            for _ in 0..50 {
                count += 1;
                let key = format!("Idempotency-Key: {thread}-{count}\r\n");
                let sent = line.write_all(&head(field::CREATE, &key, 2)).and_then(|()| line.write_all(b"{}"));
                if !siege.goes_on() || sent.is_err() || line.read(&mut [0; 1024]).unwrap_or(0) == 0 {
                    return;
                }
                thread::sleep(Duration::from_millis(10));
            }
        }));
    }
    // The description, again and again.
    all.push(siege.strike(|siege, line| {
        while siege.goes_on() && line.write_all(description().as_bytes()).is_ok() {
            if line.read(&mut [0; 16 << 10]).unwrap_or(0) == 0 {
                return;
            }
        }
    }));
    // A thousand connections without a word, some with half a handshake, renewed as they are closed.
    for part in 0..if on("idle") { 4 } else { 0 } {
        let siege = siege.clone();
        let hello = {
            let mut hello = Vec::new();
            siege.address.handshake().write_tls(&mut hello).unwrap();
            hello
        };
        all.push(thread::spawn(move || {
            let mut open: Vec<TcpStream> = Vec::new();
            while siege.goes_on() {
                open.retain(|connection| !matches!(connection.peek(&mut [0]), Ok(0)) && !is_cut(connection));
                while open.len() < 250 && siege.goes_on() {
                    let Ok(mut connection) = TcpStream::connect_timeout(&siege.socket, PATIENCE) else {
                        break;
                    };
                    connection.set_nonblocking(true).unwrap();
                    if part == 0 {
                        connection.write_all(&hello[..hello.len() / 2]).ok();
                    }
                    siege.blows.fetch_add(1, Ordering::SeqCst);
                    open.push(connection);
                }
                thread::sleep(Duration::from_millis(100));
            }
        }));
    }
    all
}

fn is_cut(connection: &TcpStream) -> bool {
    connection.peek(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
}

/// What an honest caller met: how many answers, and the longest time that one took.
#[derive(Debug)]
struct Met {
    answers: usize,
    longest: Duration,
}

/// Asks and writes until the siege is over. Every answer must come, and be right.
async fn honest(
    client: NestClient<Paas>,
    people: Vec<(Pseudonym, PersonInfo)>,
    over: Arc<AtomicBool>,
    rounds: usize,
) -> Met {
    let who: Vec<Pseudonym> = people.iter().map(|(who, _)| *who).collect();
    let mut met = Met { answers: 0, longest: Duration::ZERO };
    while !over.load(Ordering::SeqCst) && met.answers < 2 * rounds {
        let begun = Instant::now();
        let answers = client.activity::<Assessment>().progress_batch(&who).await.unwrap();
        assert!(answers.iter().all(|answer| answer.result().is_ok()));
        met.longest = met.longest.max(begun.elapsed());
        let begun = Instant::now();
        let answers = client.participants().update_batch(people.clone()).await.unwrap();
        assert!(answers.iter().all(|answer| answer.result() == Ok(&())));
        met.longest = met.longest.max(begun.elapsed());
        met.answers += 2;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    met
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn one_caller_with_the_least_rights_stops_nobody() {
    let _turn = TURN.lock().await;
    let seconds = std::env::var("SIEGE_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(10);
    let transcryptors = Transcryptors::builder().party("school").party("nest").start().await.unwrap();
    let besieged = Besieged::new(&transcryptors).await;
    let (nest, school) = (account(&transcryptors, "nest").await, account(&transcryptors, "school").await);
    let root = besieged.root();
    let client = |token: &str| {
        let client = NestClient::builder(&besieged.url, token).domain("nest").transcryption(nest.clone());
        client.root_certificate_pem(root.as_bytes()).build().unwrap()
    };
    let roll = School::temporary("school", &excerpt()).await.unwrap().roll();
    let people = hand_over(&roll[..4], ("school", &school), ("nest", &nest)).await;
    let people = with_info(&people);
    for answer in client(HONEST[0]).participants().create_batch(people.clone()).await.unwrap() {
        assert_eq!(answer.result(), Ok(&()));
    }

    // What is made once, before the first record of each type, takes seconds without optimisation.
    for token in HONEST {
        honest(client(token), people.clone(), Arc::new(AtomicBool::new(false)), 1).await;
    }

    let mut calm = Duration::ZERO;
    for token in HONEST {
        let met = honest(client(token), people.clone(), Arc::new(AtomicBool::new(false)), 10).await;
        calm = calm.max(met.longest);
    }
    let strict = std::env::var_os("SIEGE_STRICT").is_some();
    let patience = if strict { PATIENCE } else { LONGEST };

    let over = Arc::new(AtomicBool::new(false));
    let siege = Siege {
        address: Address::plain(&besieged.url).over_tls(&root),
        socket: besieged.url.trim_start_matches("https://").parse().unwrap(),
        over: Arc::clone(&over),
        blows: Arc::default(),
    };
    let asks = field::asks(Operation::Progress, (0..1_000).map(|_| people[0].0));
    let batch = field::message("assessment", "nest", &nest.session().await.unwrap(), &asks);
    let before = besieged.memory().0;
    let asking: Vec<_> = HONEST
        .map(|token| tokio::spawn(honest(client(token), people.clone(), Arc::clone(&over), usize::MAX / 2)))
        .into_iter()
        .collect();
    let attacking = attacks(&siege, &batch);
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    over.store(true, Ordering::SeqCst);
    let mut met = Vec::new();
    for one in asking {
        met.push(one.await.unwrap());
    }
    let blows = siege.blows.load(Ordering::SeqCst);
    tokio::task::spawn_blocking(|| attacking.into_iter().for_each(|attack| attack.join().unwrap()))
        .await
        .unwrap();
    let (_, most) = besieged.memory();
    println!(
        "{met:?} ({calm:?} in calm) among {blows} blows; memory {before} MiB before, {most} MiB at most"
    );
    assert!(blows > 500 || std::env::var_os("SIEGE_ONLY").is_some(), "{blows}");
    for one in &met {
        assert!(one.longest < patience && one.answers > 1, "{met:?}, {calm:?} in calm");
    }
    // What the settings allow to be under way, several times, and what is there without any request.
    assert!(most < before + 900, "{before} MiB, then {most} MiB");

    // Once it is over, what was taken is given back.
    let begun = Instant::now();
    let who: Vec<Pseudonym> = people.iter().map(|(who, _)| *who).collect();
    let answers = client(HONEST[1]).activity::<Assessment>().progress_batch(&who).await.unwrap();
    assert!(answers.len() == 4 && begun.elapsed() < patience);
    let settled = async {
        while besieged.memory().0 > before + 250 {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let settled = tokio::time::timeout(Duration::from_secs(40), settled).await;
    println!("afterwards {} MiB", besieged.memory().0);
    assert!(settled.is_ok(), "{} MiB stay, of {before} before", besieged.memory().0);
}
