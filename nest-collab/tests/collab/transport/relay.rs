//! The relay: what it takes, what it holds, and what it forgets.

use nest_collab::envelope::{RunId, Sealing, SizeClass, TermsHash, seal};
use nest_collab::identity::KeyStatement;
use nest_collab::relay::server::RelayLimits;
use nest_collab::relay::{Mailbox, Relay, RunRecord, RunState};
use nest_testbed_postgres::Postgres;
use std::sync::LazyLock;
use std::time::Duration;

use super::world::{World, name};

static SERVER: LazyLock<Postgres> = LazyLock::new(|| Postgres::start().unwrap());

/// A run of all organisations, started by the first.
pub(crate) async fn begin(world: &World) -> RunRecord {
    let first = world.relay(world.names[0].as_str());
    for one in &world.names {
        world.relay(one.as_str()).publish(&world.org(one.as_str()).statement()).await.unwrap();
    }
    first.collaborate(&world.collaboration()).await.unwrap();
    let run = RunRecord {
        id: RunId(rand::random()),
        collab: world.collaboration().id,
        name: nest_collab::identity::RunName::new("patients").unwrap(),
        starter: world.names[0].clone(),
        parties: world.names.clone(),
        state: RunState::Open,
        ended_by: None,
        ended_at: None,
        expires: 4_000_000_000,
    };
    first.start(&run).await.unwrap();
    run
}

pub(crate) fn envelope(
    world: &World,
    run: &RunRecord,
    from: &str,
    to: &str,
    seq: u64,
    text: &[u8],
) -> Vec<u8> {
    let (from, to) = (world.org(from), world.org(to));
    let header = nest_collab::envelope::Header {
        collab: run.collab,
        run: run.id,
        terms: TermsHash([0; 32]),
        step: 1,
        sender: from.id(),
        receiver: to.id(),
        seq,
        class: SizeClass::SMALLEST,
        keys: 1,
    };
    let keys = [*to.keys().newest().unwrap().public()];
    seal(&Sealing { header, identity: from.identity(), keys: &keys }, text).unwrap().remove(0)
}

async fn passes_and_forgets(database: Option<String>) {
    let world = World::with(&["a", "b", "c"], database, RelayLimits::default()).await;
    let run = begin(&world).await;
    let (a, b, c) = (world.relay("a"), world.relay("b"), world.relay("c"));
    // Ten envelopes, of which three are for `b`: it is given those three, and opens them all.
    for seq in 0..10 {
        let to = if seq % 4 == 1 { "b" } else { "c" };
        a.post(run.id, &envelope(&world, &run, "a", to, seq, b"hello")).await.unwrap();
    }
    let mail = b.mailbox(run.id, Duration::ZERO).await.unwrap();
    assert_eq!(mail.messages.len(), 3);
    let (sender, receiver) = (world.org("a"), world.org("b"));
    for (id, bytes) in &mail.messages {
        let (_, envelope) = nest_collab::envelope::Envelope::read(bytes).unwrap();
        envelope.open(&sender.identity().key(), receiver.keys()).unwrap();
        // Another party cannot make the relay forget it.
        c.forget(*id).await.unwrap();
        assert_eq!(
            b.mailbox(run.id, Duration::ZERO).await.unwrap().messages.first().map(|(id, _)| *id),
            Some(*id)
        );
        b.forget(*id).await.unwrap();
    }
    assert!(b.mailbox(run.id, Duration::ZERO).await.unwrap().messages.is_empty());
    assert_eq!(c.mailbox(run.id, Duration::ZERO).await.unwrap().messages.len(), 7);
    // One that waits is woken by the next message.
    let waiting = b.mailbox(run.id, Duration::from_secs(20));
    let sent = envelope(&world, &run, "a", "b", 11, b"x");
    let (mail, posted) = tokio::join!(waiting, a.post(run.id, &sent));
    posted.unwrap();
    assert_eq!(mail.unwrap().messages, [(mail_id(&b, &run).await, sent.clone())]);
    // The same again is taken once.
    a.post(run.id, &sent).await.unwrap();
    assert_eq!(b.mailbox(run.id, Duration::ZERO).await.unwrap().messages.len(), 1);
    // A run that failed is over for all, and nothing of it is held.
    b.end(run.id, nest_collab::relay::Outcome { state: RunState::Failed, step: 1 }).await.unwrap();
    let mail = c.mailbox(run.id, Duration::from_secs(20)).await.unwrap();
    assert!(mail.messages.is_empty());
    assert_eq!(
        (mail.run.state, mail.run.ended_by, mail.run.ended_at),
        (RunState::Failed, Some(name("b")), Some(1))
    );
    let late = a.post(run.id, &envelope(&world, &run, "a", "b", 12, b"x")).await.unwrap_err();
    assert_eq!(late.exit_code(), 5, "{late}");
    world.server.stop().await;
}

async fn mail_id(relay: &impl Relay, run: &RunRecord) -> u64 {
    relay.mailbox(run.id, Duration::ZERO).await.unwrap().messages[0].0
}

#[tokio::test]
async fn sqlite_passes_envelopes_on_and_forgets_them() {
    passes_and_forgets(None).await;
}

#[tokio::test]
async fn postgresql_passes_envelopes_on_and_forgets_them() {
    let url = SERVER.fresh_database().unwrap();
    passes_and_forgets(Some(url)).await;
}

#[tokio::test]
async fn what_is_no_envelope_is_refused_before_it_is_kept() {
    let world = World::new(&["a", "b", "c"]).await;
    let run = begin(&world).await;
    let good = envelope(&world, &run, "a", "b", 0, b"MARKED-4711");
    let mut flipped = good.clone();
    flipped[300] ^= 1;
    let other_run = RunRecord { id: RunId([9; 16]), ..run.clone() };
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("a plain text", b"MARKED-4711: 12 patients".to_vec()),
        ("nothing", Vec::new()),
        ("a shorter one", good[..good.len() - 1].to_vec()),
        ("a changed one", flipped),
        ("another sender's", envelope(&world, &run, "c", "b", 0, b"")),
        ("another run's", envelope(&world, &other_run, "a", "b", 0, b"")),
    ];
    let http = reqwest::Client::new();
    let url = format!("{}/relay/v1/runs/{}/messages", world.url(), run.id);
    for (what, body) in bodies {
        let answer =
            http.post(&url).header("authorization", world.bearer("a")).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 422, "{what}");
        assert!(!answer.text().await.unwrap().contains("MARKED"), "{what}");
    }
    assert!(world.relay("b").mailbox(run.id, Duration::ZERO).await.unwrap().messages.is_empty());
    let audit = std::fs::read_to_string(world.folder.path("relay-audit.jsonl")).unwrap();
    assert!(
        audit.contains("no_envelope") && audit.contains("not_signed") && !audit.contains("MARKED"),
        "{audit}"
    );
    // Without a token, or with one that nobody has.
    for token in [None, Some("Bearer x")] {
        let mut request = http.post(&url).body(good.clone());
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), 401);
    }
    // A body that is too large is not read to its end.
    let large = vec![0; 5 << 20];
    let answer = http.post(&url).header("authorization", world.bearer("a")).body(large).send().await;
    assert!(answer.map_or(true, |answer| answer.status().as_u16() == 413));
    world.server.stop().await;
}

#[tokio::test]
async fn a_stranger_sees_no_run_and_a_full_mailbox_is_told() {
    let limits = RelayLimits { mailbox_bytes: 1_500, open_runs: 1, ..RelayLimits::default() };
    let world = World::with(&["a", "b", "c", "d"], None, limits).await;
    let of_three = nest_collab::relay::Collaboration {
        id: world.collaboration().id,
        parties: world.names[..3].to_vec(),
    };
    world.relay("a").collaborate(&of_three).await.unwrap();
    let mut run = RunRecord { parties: of_three.parties.clone(), ..sample(&world) };
    world.relay("a").start(&run).await.unwrap();
    assert_eq!(world.relay("d").run(run.id).await.unwrap_err().exit_code(), 1);
    assert!(world.relay("d").open_runs(run.collab, Some(&run.name)).await.unwrap().is_empty());
    assert_eq!(world.relay("c").open_runs(run.collab, Some(&run.name)).await.unwrap().len(), 1);
    let to_stranger = envelope(&world, &run, "a", "d", 0, b"");
    assert_eq!(world.relay("a").post(run.id, &to_stranger).await.unwrap_err().exit_code(), 1);
    world.relay("a").post(run.id, &envelope(&world, &run, "a", "b", 0, b"")).await.unwrap();
    world.relay("a").post(run.id, &envelope(&world, &run, "a", "b", 1, b"")).await.unwrap();
    let full = world.relay("a").post(run.id, &envelope(&world, &run, "a", "b", 2, b"")).await.unwrap_err();
    assert_eq!(full.exit_code(), 4, "{full}");
    run.id = RunId([3; 16]);
    assert_eq!(world.relay("a").start(&run).await.unwrap_err().exit_code(), 4);
    world.server.stop().await;
}

fn sample(world: &World) -> RunRecord {
    RunRecord {
        id: RunId([2; 16]),
        collab: world.collaboration().id,
        name: nest_collab::identity::RunName::new("patients").unwrap(),
        starter: world.names[0].clone(),
        parties: world.names.clone(),
        state: RunState::Open,
        ended_by: None,
        ended_at: None,
        expires: 4_000_000_000,
    }
}

#[tokio::test]
async fn a_key_is_published_by_its_own_identity_in_growing_epochs() {
    let world = World::new(&["a", "b"]).await;
    let (a, b) = (world.org("a"), world.org("b"));
    let relay = world.relay("a");
    relay.publish(&a.statement()).await.unwrap();
    relay.publish(&a.statement()).await.unwrap();
    let forged = KeyStatement::sign(b.identity(), a.name(), a.device(), 2, Some([1; 32]));
    assert!(relay.publish(&forged).await.is_err());
    assert!(relay.publish(&b.statement()).await.is_err());
    let older = KeyStatement::sign(a.identity(), a.name(), a.device(), 1, Some([1; 32]));
    assert!(relay.publish(&older).await.is_err());
    let page = relay.directory(0).await.unwrap();
    assert_eq!((page.entries.len(), page.head.number), (1, 1));
    world.server.stop().await;
}

#[tokio::test]
async fn the_description_names_every_route_and_the_counters_count() {
    let world = World::new(&["a", "b", "c"]).await;
    let run = begin(&world).await;
    world.relay("a").post(run.id, &envelope(&world, &run, "a", "b", 0, b"")).await.unwrap();
    let http = reqwest::Client::new();
    let get = |path: &str| http.get(format!("{}{path}", world.url())).send();
    let description: serde_json::Value = get("/openapi.json").await.unwrap().json().await.unwrap();
    let routes = include_str!("../../../src/relay/server/routes.rs");
    let mut named = 0;
    for line in routes.lines().filter(|line| line.contains(".route(\"")) {
        let path = line.split('"').nth(1).unwrap();
        let method = line.split("web::").nth(1).unwrap().split('(').next().unwrap();
        assert!(description["paths"][path][method].is_object(), "{method} {path}");
        named += 1;
    }
    let described = description["paths"].as_object().unwrap().values();
    assert_eq!(described.map(|path| path.as_object().unwrap().len()).sum::<usize>(), named);
    let metrics = get("/metrics").await.unwrap().text().await.unwrap();
    assert!(metrics.contains("nest_relay_messages_total 1\n"), "{metrics}");
    assert_eq!(get("/health").await.unwrap().status().as_u16(), 200);
    assert_eq!(get("/ready").await.unwrap().status().as_u16(), 200);
    assert_eq!(get("/relay/v1/directory").await.unwrap().status().as_u16(), 401);
    // The operator admits an organisation; others may not.
    let org = serde_json::json!({"name": "d", "identity": "00".repeat(32), "token_sha256": "01".repeat(32)});
    for (token, status) in [("Bearer operator".to_owned(), 201), (world.bearer("a"), 403)] {
        let url = format!("{}/relay/v1/organizations", world.url());
        let answer = http.post(url).header("authorization", token).json(&org).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    let mailbox: Mailbox = http
        .get(format!("{}/relay/v1/mailbox", world.url()))
        .header("authorization", world.bearer("b"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!((mailbox.messages.len(), mailbox.run), (1, None));
    world.server.stop().await;
}
