//! The fixture of the tests of the Data Source API: two transcryptors, a source that serves, its audit log and its
//! metrics.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use nest_api::prelude::*;
use nest_api::{AuditLog, DataSourceApiBuilder, Route, Server, ServerStop};
use nest_core::Transcryption;
use nest_examples::certificate::PrivateAuthority;
use nest_testbed::{Builder, Party, Transcryptors};
use serde_json::Value;

use crate::field::{self, Answered, REPEAT_FOR, TOKEN, account, message, send, tag_of};
use crate::in_memory_source::{FINE, InMemorySource, Inside, Member, Walk};
use crate::line::Address;

/// The token of the caller who reads the metrics.
const METRICS_TOKEN: &str = "the-token-of-whoever-reads-the-numbers";

/// A source behind its API, with an audit log, and a platform that may call it.
pub(crate) struct ServerFixture {
    pub(crate) transcryptors: Transcryptors,
    /// The platform's account at the transcryptors.
    pub(crate) nest: Paas,
    /// The source's account, as its API uses it.
    pub(crate) account: Paas,
    pub(crate) inside: Arc<Inside>,
    pub(crate) api: DataSourceApi<InMemorySource, Paas>,
    pub(crate) stop: ServerStop,
    pub(crate) url: String,
    /// The authority to trust, in PEM, where the source serves over TLS.
    authority: Option<String>,
    pub(crate) log: TempFile,
}

impl ServerFixture {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// With settings of the API other than the defaults.
    pub(crate) async fn with(
        set: impl FnOnce(DataSourceApiBuilder<InMemorySource, Paas>) -> DataSourceApiBuilder<InMemorySource, Paas>,
    ) -> Self {
        Self::built(|transcryptors| transcryptors, set).await
    }

    /// As [`with`](Self::with), over TLS.
    pub(crate) async fn over_tls(
        set: impl FnOnce(DataSourceApiBuilder<InMemorySource, Paas>) -> DataSourceApiBuilder<InMemorySource, Paas>,
    ) -> Self {
        Self::raised(|transcryptors| transcryptors, set, Some(PrivateAuthority::new().unwrap())).await
    }

    /// With settings of the transcryptors, too.
    pub(crate) async fn built(
        transcryptors: impl FnOnce(Builder) -> Builder,
        set: impl FnOnce(DataSourceApiBuilder<InMemorySource, Paas>) -> DataSourceApiBuilder<InMemorySource, Paas>,
    ) -> Self {
        Self::raised(transcryptors, set, None).await
    }

    async fn raised(
        transcryptors: impl FnOnce(Builder) -> Builder,
        set: impl FnOnce(DataSourceApiBuilder<InMemorySource, Paas>) -> DataSourceApiBuilder<InMemorySource, Paas>,
        authority: Option<PrivateAuthority>,
    ) -> Self {
        let parties = Transcryptors::builder()
            .party(Party::new("sports").domain("sports").domain("youth"))
            .party("nest")
            .party("other");
        let transcryptors = transcryptors(parties).start().await.unwrap();
        let (nest, account) =
            (account(&transcryptors, "nest").await, account(&transcryptors, "sports").await);
        let (source, inside) = InMemorySource::new();
        let log = TempFile::new();
        let builder = DataSourceApi::builder(source)
            .domain("sports")
            .domain("youth")
            .transcryption(account.clone())
            .caller(caller(TOKEN))
            .caller(Caller::metrics("numbers", TokenHash::of(METRICS_TOKEN)))
            .audit_log(AuditLog::open(&log.0).unwrap().sync_each_line(false))
            .activity::<Walk>();
        let api = set(builder).build().unwrap();
        let server = match &authority {
            Some(authority) => api.bind("127.0.0.1:0", authority.loopback().unwrap()),
            None => api.bind_plain_http("127.0.0.1:0"),
        };
        let (url, stop) = run(server.unwrap());
        let authority = authority.map(|authority| authority.root_pem());
        Self { transcryptors, nest, account, inside, api, stop, url, authority, log }
    }

    /// The platform's client.
    pub(crate) fn client(&self) -> NestClient<Paas> {
        let client = NestClient::builder(&self.url, TOKEN).domain("nest").transcryption(self.nest.clone());
        let client = client.repeat_for(REPEAT_FOR);
        let client = match &self.authority {
            Some(authority) => client.root_certificate_pem(authority.as_bytes()),
            None => client.allow_plain_http(),
        };
        client.build().unwrap()
    }

    /// Where to speak to it by hand, as it expects to be spoken to.
    pub(crate) fn address(&self) -> Address {
        let plain = Address::plain(&self.url);
        self.authority.iter().fold(plain, |address, authority| address.over_tls(authority))
    }

    /// New members, as the platform knows them.
    pub(crate) async fn members(&self, count: usize) -> Vec<Pseudonym> {
        self.in_mood(FINE, count).await
    }

    /// New members towards whom the source behaves so.
    pub(crate) async fn in_mood(&self, mood: u8, count: usize) -> Vec<Pseudonym> {
        let people: Vec<_> = (0..count).map(|_| Pseudonym::random()).collect();
        let records = people.iter().map(|who| (*who, member(mood))).collect();
        for answer in self.client().participants().create_batch(records).await.unwrap() {
            assert_eq!(answer.result(), Ok(&()));
        }
        people
    }

    /// New members with a walk.
    pub(crate) async fn walkers(&self, count: usize) -> Vec<Pseudonym> {
        let people = self.members(count).await;
        let walks = people.iter().map(|who| (*who, walk(*who))).collect();
        for answer in self.client().activity::<Walk>().create_batch(walks).await.unwrap() {
            assert_eq!(answer.result(), Ok(&()));
        }
        people
    }

    /// The bytes of a request that the platform could make.
    pub(crate) async fn request<R: PepRecord>(&self, subject: &str, items: &[R]) -> Vec<u8> {
        message(subject, "nest", &self.nest.session().await.unwrap(), items)
    }

    /// The lines of the audit log.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The metrics, as their caller gets them.
    pub(crate) async fn metrics(&self) -> Answered {
        let request = reqwest::Client::new().get(format!("{}/api/v1/metrics", self.url));
        send(request.bearer_auth(METRICS_TOKEN)).await
    }

    /// One number; 0 where it does not stand there.
    pub(crate) async fn number(&self, name: &str) -> u64 {
        let numbers = self.metrics().await;
        assert_eq!(numbers.status, 200);
        let line = numbers.body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0, |number| number.parse().unwrap())
    }

    /// How many requests of an operation ended so.
    pub(crate) async fn requests(&self, operation: Operation, subject: &str, outcome: &str) -> u64 {
        let labels = format!("operation=\"{operation}\",activity=\"{subject}\",outcome=\"{outcome}\"");
        self.number(&format!("nest_requests_total{{{labels}}}")).await
    }

    /// How many records of an operation were answered so: `ok` or `failed`.
    pub(crate) async fn records(&self, operation: Operation, subject: &str, result: &str) -> u64 {
        let labels = format!("operation=\"{operation}\",activity=\"{subject}\",result=\"{result}\"");
        self.number(&format!("nest_records_total{{{labels}}}")).await
    }

    /// Whether a good request is answered well.
    pub(crate) async fn works(&self) {
        let who = self.members(1).await[0];
        assert_eq!(self.client().participants::<Member>().read(who).await, Ok(member(FINE)));
    }
}

/// The platform, with this token.
pub(crate) fn caller(token: &str) -> Caller {
    Caller::new("nest", TokenHash::of(token))
}

pub(crate) fn member(mood: u8) -> Member {
    Member { mood, remark: "well met".to_owned() }
}

pub(crate) fn walk(who: Pseudonym) -> Walk {
    Walk { walker: who, with: Pseudonym::random(), steps: 4000, remark: "along the water".to_owned() }
}

/// Serves until the test ends or says stop.
pub(crate) fn run(server: Server) -> (String, ServerStop) {
    let (url, stop) = (server.url(), server.handle());
    tokio::spawn(server.run());
    (url, stop)
}

/// A record to be kept about somebody, declared by who knows the wire but not this implementation.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS, max_bits = 64 + R::BITS)]
pub(crate) struct Given<R: PepRecord> {
    #[pep(pseudonym)]
    pub(crate) who: Pseudonym,
    /// Ticket, operation, subject and meaning.
    #[pep(range = 0..=0x3fff_ffff_ffff)]
    pub(crate) tag: u64,
    pub(crate) record: R,
}

/// Questions to a route.
pub(crate) fn asks(subject: &str, operation: Operation, who: &[Pseudonym]) -> Vec<field::Ask> {
    let ask = |(ticket, who): (u64, &Pseudonym)| field::Ask {
        who: *who,
        tag: tag_of(subject, operation, ticket, 0),
    };
    (0..).zip(who).map(ask).collect()
}

/// Records for a route.
pub(crate) fn given<R: PepRecord>(
    subject: &str,
    operation: Operation,
    who: &[Pseudonym],
    record: impl Fn(Pseudonym) -> R,
) -> Vec<Given<R>> {
    let given = |(ticket, who): (u64, &Pseudonym)| Given {
        who: *who,
        tag: tag_of(subject, operation, ticket, 0),
        record: record(*who),
    };
    (0..).zip(who).map(given).collect()
}

/// The path of a route.
pub(crate) fn path(subject: &str, operation: Operation, mode: nest_api::Mode) -> String {
    let batch = if mode == nest_api::Mode::Batch { "_batch" } else { "" };
    match subject {
        "participants" => format!("/api/v1/participants/{operation}{batch}"),
        activity => format!("/api/v1/activities/{activity}/{operation}{batch}"),
    }
}

/// The path of an operation about participants, in batches.
pub(crate) fn batch(operation: Operation) -> String {
    path("participants", operation, nest_api::Mode::Batch)
}

/// The bytes of a request to register people.
pub(crate) async fn registration(fixture: &ServerFixture, who: &[Pseudonym]) -> Vec<u8> {
    fixture.request("participants", &given("participants", Operation::Create, who, |_| member(FINE))).await
}

/// People that the source does not know.
pub(crate) fn strangers(count: usize) -> Vec<Pseudonym> {
    (0..count).map(|_| Pseudonym::random()).collect()
}

/// What a route is known by in a table.
pub(crate) fn key(route: &Route) -> (&'static str, Operation) {
    (route.subject(), route.operation())
}

/// A file that is gone when the test is.
pub(crate) struct TempFile(pub(crate) PathBuf);

impl TempFile {
    pub(crate) fn new() -> Self {
        let name = format!("nest-tests-{}.log", Pseudonym::random().to_hex());
        Self(std::env::temp_dir().join(name))
    }

    /// What stands in it, without the room after its end.
    pub(crate) fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap().trim_end_matches(' ').to_owned()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}
