//! A data source that serves alone over TLS, as its operator sees it: the callers, what it says of itself, and what
//! it keeps of each request. `cargo run --bin standalone`

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use nest_api::prelude::*;
use nest_api::{AuditLog, ClientError, audit};
use nest_examples::Failure;
use nest_examples::certificate::PrivateAuthority;
use nest_examples::field::{Field, random_token};
use nest_examples::party::Party;
use nest_examples::records::{Assessment, PersonInfo, ReadingPractice};
use nest_examples::running::Running;
use nest_examples::school::School;
use nest_examples::star;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    // The transcryptors are run by others. A certificate would be two files: `Tls::from_files`.
    let field = Field::start(&["school", "nest"]).await?;
    let (school, nest) = (field.join("school").await?, field.join("nest").await?);
    let authority = PrivateAuthority::new()?;

    // Each caller has a token, and no more rights than it needs. Only the hash of the token is kept here.
    let (platform, dashboard, monitor) = (random_token(), random_token(), random_token());
    let callers = [
        Caller::new("platform", TokenHash::of(&platform)).only_domains(["nest"]),
        Caller::new("dashboard", TokenHash::of(&dashboard)).only_operations([Operation::Progress]),
        Caller::metrics("monitor", TokenHash::of(&monitor)),
    ];

    let folder = Folder::new()?;
    let log = folder.0.join("audit.log");
    let source = School::temporary("school", &star::rows()?).await?;
    let pupils: Vec<_> = source.roll().into_iter().take(5).collect();
    let api = callers
        .into_iter()
        .fold(DataSourceApi::builder(source.clone()).domain("school"), |builder, caller| {
            builder.caller(caller)
        })
        .audit_log(AuditLog::open(&log)?)
        // What was written once is not written twice, also after a restart.
        .repetitions(source.vault().clone())
        .transcryption(school.paas.clone())
        .activity::<Assessment>()
        .activity::<ReadingPractice>()
        .build()?;
    // A program of its own ends here, and is stopped by SIGTERM: `api.serve("0.0.0.0:8443", tls).await`. With
    // settings in a file and the environment: `DataSourceApi::configured` and `serve_configured`.
    let server = api.bind("127.0.0.1:0", authority.loopback()?)?;
    let operator = Operator::new(server.url(), &authority)?;
    let running = Running::start(server);
    println!("1  Data source `school` at {}", operator.url);
    for path in ["/health", "/ready"] {
        println!("     GET {path:<16} {}", operator.get(path, None).await?);
    }
    let path = "/api/v1/metrics";
    println!("     GET {path:<16} {}", status(operator.get(path, None).await.err())?);

    println!("2  What callers may do");
    let client = |token: &str| client(&operator.url, token, &authority, &nest);
    let people = school.hand_over(&pupils, &nest).await?;
    let mut given: Vec<_> = people.iter().map(|line| (line.person, PersonInfo { role: line.role })).collect();
    given.extend(given.first().map(|(_, info)| (Pseudonym::random(), info.clone())));
    let registered = client(&platform)?.participants().create_batch(given).await?;
    let ok = registered.iter().filter(|answer| answer.result().is_ok()).count();
    println!("     platform   registers {} people: {ok} are registered", registered.len());
    let who: Vec<_> = people.iter().map(|line| line.person).collect();
    let progress = client(&dashboard)?.activity::<Assessment>().progress_batch(&who).await?;
    println!("     dashboard  asks how far {} are, and is told", progress.len());
    let pages: Vec<_> = who.iter().map(|who| (*who, 0)).collect();
    match client(&dashboard)?.activity::<Assessment>().results_batch(&pages).await {
        Err(ClientError::Refused { status, code: Some(code), .. }) => {
            println!("     dashboard  asks for their results: {status} {code}");
        }
        _ => return Err("the dashboard could do more than it may".into()),
    }

    println!("3  What was counted, for the caller `monitor`");
    let metrics = operator.get(path, Some(&monitor)).await?;
    for name in ["nest_requests_total", "nest_records_total", "nest_transcryptor_up"] {
        let mut lines: Vec<_> = metrics.lines().filter(|line| line.starts_with(name)).collect();
        lines.sort_unstable();
        lines.iter().filter(|line| !line.ends_with(" 0")).for_each(|line| println!("     {line}"));
    }

    // Nothing new is taken, what has begun is finished, and the session at the transcryptors is ended. The log
    // is closed with the last that holds it.
    running.stop().await?;
    drop(api);
    println!("4  Stopped. The audit log, one line for each operation that was begun");
    let text = fs::read_to_string(&log)?;
    for line in text.lines() {
        println!("     {}", shortened(line));
    }
    println!("   Verified, as by `cargo run -p nest-api --bin nest-audit verify FILE`");
    println!("     as it is             {}", verified(&log)?);
    let changed = folder.0.join("changed.log");
    fs::write(&changed, text.replacen("dashboard", "nobody", 1))?;
    println!("     with a name changed  {}", verified(&changed)?);

    field.stop().await;
    Ok(())
}

/// The status of a request that was refused.
fn status(error: Option<reqwest::Error>) -> Result<reqwest::StatusCode, Failure> {
    error.and_then(|error| error.status()).ok_or_else(|| "the metrics are open to everybody".into())
}

/// A line of the log, with no more than the beginning of each long number.
fn shortened(line: &str) -> String {
    let long = |part: &str| part.len() >= 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts = line.split('"').map(|part| match part.get(..8) {
        Some(beginning) if long(part) => format!("{beginning}…"),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("\"")
}

/// Whether a log is whole, in a few words.
fn verified(log: &Path) -> Result<String, Failure> {
    Ok(match audit::verify(BufReader::new(File::open(log)?), None)? {
        Ok(whole) => format!("{} lines are whole", whole.lines),
        Err(fault) => format!("not whole: {fault}"),
    })
}

/// Somebody who calls, with this token.
fn client(
    url: &str,
    token: &str,
    authority: &PrivateAuthority,
    party: &Party,
) -> Result<NestClient<Paas>, Failure> {
    Ok(NestClient::builder(url, token)
        .domain(party.domain.as_str())
        .transcryption(party.paas.clone())
        .root_certificate_pem(authority.root_pem().as_bytes())
        .build()?)
}

/// What `curl --cacert` would show the operator.
struct Operator {
    url: String,
    http: reqwest::Client,
}

impl Operator {
    fn new(url: String, authority: &PrivateAuthority) -> Result<Self, Failure> {
        let root = reqwest::Certificate::from_pem(authority.root_pem().as_bytes())?;
        Ok(Self { url, http: reqwest::Client::builder().tls_certs_only([root]).build()? })
    }

    /// The body at a path, with a token where one is needed.
    async fn get(&self, path: &str, token: Option<&str>) -> Result<String, reqwest::Error> {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        request.send().await?.error_for_status()?.text().await
    }
}

/// A folder that is gone when the example ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Failure> {
        let path = std::env::temp_dir().join(format!("nest-standalone-{:016x}", rand::random::<u64>()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Files that cannot be removed here are left for the system to clean up.
        let _ = fs::remove_dir_all(&self.0);
    }
}
