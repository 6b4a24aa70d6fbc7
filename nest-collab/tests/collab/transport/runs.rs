//! Runs: terms that differ, policies that refuse, parties that vanish or are started again, and a relay that serves keys of
//! its own.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use nest_collab::CollabError;
use nest_collab::directory::{Entry, Head};
use nest_collab::envelope::{CollabId, RunId};
use nest_collab::identity::{DeviceName, KeyStatement, Org, RunName};
use nest_collab::relay::{Collaboration, DirectoryPage, HttpRelay, Mail, Outcome, Relay, RunRecord};
use nest_collab::run::{StepTerms, Terms};
use nest_collab::sum::{SumMode, SumRecords, SumTerms, secure_sum};

use super::lies::{numbers, party};
use super::world::{WAIT, World, name, own, plan};

fn run_name() -> RunName {
    RunName::new("patients").unwrap()
}

fn sum(mode: SumMode) -> SumTerms {
    SumTerms { mode, share: true, wait: WAIT }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_run_is_left_and_the_relay_saw_no_value() {
    let world = World::new(&["a", "b", "c"]).await;
    let sum = sum(SumMode::pairwise(3));
    let parties = (0..3).map(|place| {
        let relay: Arc<dyn Relay> = Arc::new(world.relay(world.names[place].as_str()));
        party(&world, place, relay, sum.clone(), WAIT)
    });
    for learned in futures_util::future::join_all(parties).await {
        assert_eq!(learned, Ok(Some((30, 600))));
    }
    for one in &world.names {
        let files = std::fs::read_dir(world.state(one.as_str())).unwrap();
        let names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        assert!(!names.iter().any(|name| name.ends_with(".journal")), "{names:?}");
        let node = world.node(one.as_str()).await;
        assert_eq!(node.runs().unwrap()[0].2, "done");
    }
    world.server.stop().await;
    for file in ["relay.db", "relay.db-wal", "relay-audit.jsonl"] {
        let Ok(bytes) = std::fs::read(world.folder.path(file)) else { continue };
        assert!(!bytes.windows(6).any(|bytes| bytes == b"visits"), "{file}");
    }
}

#[tokio::test]
async fn a_party_that_asks_another_question_is_refused_by_the_name_of_the_term() {
    let world = World::new(&["a", "b", "c"]).await;
    let (a, b, c) = (world.node("a").await, world.node("b").await, world.node("c").await);
    let plan = plan(3);
    let terms = world.terms(&plan, &sum(SumMode::Ring));
    let mut others = terms.clone();
    others.parameters.insert("items".to_owned(), "count".to_owned());
    let collab = world.collaboration();
    let name = run_name();
    let differs = |own: Terms| {
        move |theirs: &Terms| match own.difference(theirs) {
            Some(term) => Err(CollabError::TermsDiffer { party: theirs.starter.clone(), term }),
            None => Ok(()),
        }
    };
    let (started, took, refused) = tokio::join!(
        a.start(&collab, terms.clone(), WAIT),
        b.take_part(&collab, &name, WAIT, differs(terms.clone())),
        c.take_part(&collab, &name, WAIT, differs(others)),
    );
    assert!(
        matches!(&started, Err(CollabError::Refused(what)) if what.contains("`c` refused")),
        "{started:?}"
    );
    assert!(took.is_ok());
    let refused = refused.unwrap_err();
    assert_eq!(refused.to_string(), "`a` has other terms for this run: `parameters.items` differs");
    assert_eq!(refused.exit_code(), 1);
    // `b` learns at its next message that the run ended.
    let ended = took.unwrap().receive(1, 0, WAIT).await.unwrap_err();
    assert!(matches!(&ended, CollabError::Aborted(what) if what.contains("`a` ended the run")), "{ended}");
    world.server.stop().await;
}

#[tokio::test]
async fn a_policy_refuses_on_both_sides_before_anything_is_read() {
    let world = World::new(&["a", "b", "c"]).await;
    let node = world.node("a").await;
    let mut terms = world.terms(&plan(3), &sum(SumMode::Ring));
    terms.minimum_people = 3;
    let error = node.start(&world.collaboration(), terms, WAIT).await.unwrap_err();
    assert!(error.to_string().contains("the policy of `a` asks for 10 people"), "{error}");
    assert!(node.runs().unwrap().is_empty());
    world.server.stop().await;
}

/// Takes part until the process would be killed: the run is dropped where it is.
async fn killed(world: &World, place: usize, sum: SumTerms, after: Duration) {
    let one = world.names[place].clone();
    let relay: Arc<dyn Relay> = Arc::new(world.relay(one.as_str()));
    let _ = tokio::time::timeout(after, party(world, place, relay, sum, WAIT)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_party_that_is_killed_goes_on_where_it_was() {
    for (mode, victim) in
        [(SumMode::Ring, 0), (SumMode::Ring, 2), (SumMode::pairwise(3), 0), (SumMode::pairwise(3), 1)]
    {
        for after in [150, 400, 700] {
            let world = World::new(&["a", "b", "c"]).await;
            let sum = sum(mode.clone());
            let relay =
                |place: usize| -> Arc<dyn Relay> { Arc::new(world.relay(world.names[place].as_str())) };
            let again = async {
                killed(&world, victim, sum.clone(), Duration::from_millis(after)).await;
                party(&world, victim, relay(victim), sum.clone(), WAIT).await
            };
            let others: Vec<usize> = (0..3).filter(|place| *place != victim).collect();
            let (one, other, again) = tokio::join!(
                party(&world, others[0], relay(others[0]), sum.clone(), WAIT),
                party(&world, others[1], relay(others[1]), sum.clone(), WAIT),
                again,
            );
            assert_eq!(one, Ok(Some((30, 600))), "{mode:?} {victim} {after}: {other:?} {again:?}");
            assert_eq!(other, Ok(Some((30, 600))), "{mode:?} {victim} {after}: {again:?}");
            // Where it was done before it was killed, there is no run to take part in any more.
            match again {
                Ok(learned) => assert_eq!(learned, Some((30, 600))),
                Err(error) => {
                    assert!([4, 5].contains(&error.exit_code()), "{mode:?} {victim} {after}: {error}");
                    let node = world.node(world.names[victim].as_str()).await;
                    assert!(node.runs().unwrap().iter().all(|(_, _, state)| state != "begun"));
                }
            }
            world.server.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_starter_vanishes_fails_everywhere_and_is_not_taken_up_again() {
    let world = World::new(&["a", "b", "c"]).await;
    let short = SumTerms { wait: Duration::from_secs(2), ..sum(SumMode::Ring) };
    let (a, b, c) = (world.node("a").await, world.node("b").await, world.node("c").await);
    let collab = world.collaboration();
    let terms = world.terms(&plan(3), &short);
    let name = run_name();
    let (started, first, second) = tokio::join!(
        a.start(&collab, terms.clone(), WAIT),
        b.take_part(&collab, &name, WAIT, |_| Ok(())),
        c.take_part(&collab, &name, WAIT, |_| Ok(())),
    );
    let id = started.unwrap().id();
    drop(a);
    for (node, run, place) in [(&b, first.unwrap(), 1), (&c, second.unwrap(), 2)] {
        let plan = plan(3);
        let mut records = SumRecords::new(&plan, &short.mode);
        own(&plan, &short.mode, place).iter().for_each(|record| records.add_plain(record).unwrap());
        let error = secure_sum(&run, &plan, records, &short).await.map(|raw| raw.map(numbers)).unwrap_err();
        let error = run.failure().unwrap_or_else(|| CollabError::Aborted(error.to_string()));
        node.fail(&run, 1, &error).await.unwrap();
    }
    assert_eq!(world.relay("b").run(id).await.unwrap().state, nest_collab::relay::RunState::Failed);
    // The starter is started again: the run is over, and a new one has another number.
    let a = world.node("a").await;
    let error = a.start(&collab, terms, Duration::from_secs(2)).await.unwrap_err();
    assert!(matches!(error, CollabError::Absent { .. }), "{error}");
    let runs = a.runs().unwrap();
    assert_eq!(runs.len(), 2);
    assert!(runs[0].0 == id && runs.iter().all(|(_, _, state)| state == "failed"), "{runs:?}");
    world.server.stop().await;
}

/// A relay that serves keys of its own for `b`.
struct OwnKeys {
    real: HttpRelay,
    forged: fn(&KeyStatement) -> KeyStatement,
}

#[async_trait]
impl Relay for OwnKeys {
    async fn directory(&self, after: u64) -> Result<DirectoryPage, CollabError> {
        let page = self.real.directory(0).await?;
        let (mut head, mut entries) = (Head::EMPTY, Vec::new());
        for entry in page.entries {
            let forge = entry.statement.org == name("b");
            let statement = if forge { (self.forged)(&entry.statement) } else { entry.statement };
            let entry = Entry::after(head, statement);
            head = entry.head();
            entries.push(entry);
        }
        entries.retain(|entry| entry.number > after);
        Ok(DirectoryPage { head, entries })
    }

    async fn publish(&self, statement: &KeyStatement) -> Result<(), CollabError> {
        self.real.publish(statement).await
    }

    async fn collaborate(&self, _: &Collaboration) -> Result<(), CollabError> {
        panic!("nothing is sent")
    }

    async fn start(&self, _: &RunRecord) -> Result<(), CollabError> {
        panic!("nothing is sent")
    }

    async fn open_runs(
        &self,
        collab: CollabId,
        name: Option<&RunName>,
    ) -> Result<Vec<RunRecord>, CollabError> {
        self.real.open_runs(collab, name).await
    }

    async fn run(&self, run: RunId) -> Result<RunRecord, CollabError> {
        self.real.run(run).await
    }

    async fn end(&self, run: RunId, outcome: Outcome) -> Result<(), CollabError> {
        self.real.end(run, outcome).await
    }

    async fn post(&self, _: RunId, _: &[u8]) -> Result<(), CollabError> {
        panic!("nothing is sent")
    }

    async fn mailbox(&self, run: RunId, wait: Duration) -> Result<Mail, CollabError> {
        self.real.mailbox(run, wait).await
    }

    async fn forget(&self, message: u64) -> Result<(), CollabError> {
        self.real.forget(message).await
    }
}

#[tokio::test]
async fn a_relay_that_serves_its_own_key_is_caught_and_nothing_is_sent() {
    type Forgery = fn(&KeyStatement) -> KeyStatement;
    let forgeries: [(Forgery, &str); 2] = [
        (
            |statement| KeyStatement {
                key: Some(nest_collab::identity::IdentityKey([9; 32])),
                ..statement.clone()
            },
            "unsigned key",
        ),
        (
            |statement| {
                let org = Org::generate(statement.org.clone(), DeviceName::new("node").unwrap()).unwrap();
                org.statement()
            },
            "another identity",
        ),
    ];
    for (forged, word) in forgeries {
        let world = World::new(&["a", "b", "c"]).await;
        for one in ["b", "c"] {
            drop(world.node(one).await);
        }
        let relay = OwnKeys { real: world.relay("a"), forged };
        let error = world.node_over("a", Arc::new(relay)).await.unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(error.exit_code(), 3);
        let audit = std::fs::read_to_string(world.state("a").join("audit.jsonl")).unwrap();
        assert!(audit.contains("directory_refused") && audit.contains(word), "{audit}");
        // The true directory is believed afterwards.
        world.node("a").await;
        world.server.stop().await;
    }
}

#[tokio::test]
async fn what_a_node_saw_of_the_directory_cannot_be_taken_back() {
    let world = World::new(&["a", "b", "c"]).await;
    drop(world.node("b").await);
    drop(world.node("a").await);
    let empty = World::new(&["a", "b", "c"]).await;
    let error = world.node_over("a", Arc::new(empty.relay("a"))).await.unwrap_err();
    assert!(error.to_string().contains("shows less of its directory"), "{error}");
    world.server.stop().await;
    empty.server.stop().await;
}

#[tokio::test]
async fn a_step_at_a_third_organisation_opens_what_it_is_sent() {
    let world = World::new(&["a", "b", "c"]).await;
    let (a, b, c) = (world.node("a").await, world.node("b").await, world.node("c").await);
    let mut terms = world.terms(&plan(3), &sum(SumMode::Ring));
    terms.protocol = "steps".to_owned();
    let class = nest_collab::envelope::SizeClass::SMALLEST;
    terms.steps = vec![StepTerms { number: 1, name: "ask".to_owned(), class }];
    let collab = world.collaboration();
    let wanted = run_name();
    let (a, b, c) = tokio::join!(
        a.start(&collab, terms, WAIT),
        b.take_part(&collab, &wanted, WAIT, |_| Ok(())),
        c.take_part(&collab, &wanted, WAIT, |_| Ok(())),
    );
    let (a, b, c) = (a.unwrap(), b.unwrap(), c.unwrap());
    // `c` coordinates a run that `a` started; a message of many parts arrives whole.
    let (handle, long) = (c.handle(WAIT), vec![7_u32; 2_000]);
    for to in ["a", "b"] {
        handle.send(1, &name(to), &long).await.unwrap();
    }
    for run in [&a, &b] {
        let received: Vec<u32> = run.handle(WAIT).recv(1, &name("c")).await.unwrap();
        assert_eq!(received, long);
        run.handle(WAIT).send(1, &name("c"), &"done").await.unwrap();
        let answer: String = handle.recv(1, run.handle(WAIT).me()).await.unwrap();
        assert_eq!(answer, "done");
    }
    let unknown = a.handle(WAIT).send(2, &name("b"), &1).await.unwrap_err();
    assert!(unknown.to_string().contains("no such step"), "{unknown}");
    let absent = a.handle(Duration::from_millis(300)).recv::<u8>(1, &name("b")).await.unwrap_err();
    assert_eq!(absent, CollabError::Absent { party: name("b"), step: 1 });
    world.server.stop().await;
}
