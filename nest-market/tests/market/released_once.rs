//! Workers that are killed while they evaluate: each offer is released once, with one draw, one charge and one payment.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nest_market::level::Level;
use nest_market::money::{Cents, LedgerAccount};
use nest_market::offer::OfferState;
use nest_market::{Faults, Worker};

use crate::place::On;
use crate::world::{World, open_with_faults, terms};

const CHILD: &str = "NEST_MARKET_WORLD";
const ACCESS: &str = "NEST_MARKET_ACCESS";
const STOP_AT: &str = "NEST_MARKET_STOP_AT";

/// How many offers; `NEST_MARKET_OFFERS` says another number.
fn how_many() -> usize {
    std::env::var("NEST_MARKET_OFFERS").ok().and_then(|offers| offers.parse().ok()).unwrap_or(12)
}

/// The worker that is killed. Run as a test of its own, it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker() {
    let Ok(world) = std::env::var(CHILD) else { return };
    let faults = Faults::default();
    let market = open_with_faults(&world, &std::env::var(ACCESS).unwrap(), faults.clone()).await;
    if let Some(point) = std::env::var(STOP_AT).ok().and_then(|point| point.parse().ok()) {
        faults.abort_at(point);
    }
    // The window of the offers is over for this process.
    market.database().pass_time(Duration::from_secs(3601));
    Worker::new(&market).lease(Duration::from_millis(1500)).run_until(std::future::pending()).await;
}

fn start(world: &World, number: usize) -> Child {
    start_until(world, number, None)
}

fn start_until(world: &World, number: usize, stop_at: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "released_once::worker", "--nocapture"])
        .env(CHILD, world.to_text())
        .env(ACCESS, format!("access-{number}.log"));
    if let Some(point) = stop_at {
        command.env(STOP_AT, point.to_string());
    }
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// At how many points a worker is stopped; `NEST_MARKET_POINTS` says another number. There are some sixty.
fn points() -> usize {
    std::env::var("NEST_MARKET_POINTS").ok().and_then(|points| points.parse().ok()).unwrap_or(9)
}

/// A worker that stops as if it were killed at a point of the way from the window's end to the shares; another goes on.
async fn stopped(on: On) {
    let world = World::new(on).await;
    let people = world.people(&[40; 10], Level::HIGH).await;
    let query = world.query("SELECT AVG(Body.age)").await;
    let mut ended_early = 0;
    for number in 0..points() {
        let point = 1 + number * 60 / points();
        let processor = world.processor(&format!("inst-{number}")).await;
        let offer = world.market.offer(&processor, &query, &terms(10, 1_003)).await.unwrap();
        world.market.offers().fund(processor.id, offer.id).await.unwrap();
        for person in &people {
            world.accept(person, &offer).await;
        }
        let paid = async || world.market.offers().get(offer.id).await.unwrap().state == OfferState::Paid;
        let deadline = Instant::now() + Duration::from_secs(90);
        let mut victim = start_until(&world, 2 * number, Some(point));
        while victim.try_wait().unwrap().is_none() && !paid().await {
            assert!(Instant::now() < deadline, "point {point}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        ended_early += usize::from(!paid().await);
        let _ = victim.kill();
        victim.wait().unwrap();
        let mut other = start(&world, 2 * number + 1);
        while !paid().await {
            assert!(Instant::now() < deadline, "point {point}");
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        other.kill().unwrap();
        other.wait().unwrap();
        let count = i64::try_from(number + 1).unwrap();
        let sql = "SELECT COUNT(*) FROM release_question WHERE answer <> ''";
        assert_eq!(world.place.number(sql).await, count, "point {point}");
        assert_eq!(world.place.number("SELECT COUNT(*) FROM release_charge").await, count * 10);
        let outside = world.market.ledger().balance(LedgerAccount::outside()).await;
        assert_eq!(outside, Ok(Cents(-1_003 * count)), "point {point}");
        assert!(world.market.ledger().verify().await.unwrap().is_whole());
    }
    assert!(ended_early * 2 > points(), "few of the points were before the end: {ended_early}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_stopped_at_a_point_is_replaced_on_sqlite() {
    Box::pin(stopped(On::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_stopped_at_a_point_is_replaced_on_postgres() {
    Box::pin(stopped(On::Postgres)).await;
}

async fn killed(on: On) {
    let world = World::new(on).await;
    let people = world.people(&[40; 10], Level::HIGH).await;
    let query = world.query("SELECT AVG(Body.age)").await;
    let mut offers = Vec::new();
    let mut processors = Vec::new();
    for number in 0..how_many() {
        let processor = world.processor(&format!("inst-{number}")).await;
        let offer = world.market.offer(&processor, &query, &terms(10, 1_003)).await.unwrap();
        world.market.offers().fund(processor.id, offer.id).await.unwrap();
        for person in &people {
            world.accept(person, &offer).await;
        }
        offers.push(offer.id);
        processors.push(processor);
    }
    let mut workers: Vec<Child> = (0..4).map(|number| start(&world, number)).collect();
    let deadline = Instant::now() + Duration::from_secs(240 + 3 * how_many() as u64);
    let (mut kills, mut started) = (0, 4);
    let mut results: std::collections::HashMap<_, String> = std::collections::HashMap::new();
    loop {
        tokio::time::sleep(Duration::from_millis(200 + u64::from(rand::random::<u8>()))).await;
        let mut paid = 0;
        for id in &offers {
            let offer = world.market.offers().get(*id).await.unwrap();
            assert_ne!(offer.state, OfferState::Aborted, "{:?}", offer.aborted);
            paid += usize::from(offer.state == OfferState::Paid);
            if !offer.result.is_empty() {
                // Once it is there it stays.
                let first = results.entry(*id).or_insert_with(|| offer.result.clone());
                assert_eq!(*first, offer.result);
            }
        }
        if paid == offers.len() {
            break;
        }
        assert!(Instant::now() < deadline, "{paid} of {}", offers.len());
        if kills < 10 {
            let victim = usize::from(rand::random::<u8>()) % 4;
            workers[victim].kill().unwrap();
            workers[victim].wait().unwrap();
            workers[victim] = start(&world, started);
            (kills, started) = (kills + 1, started + 1);
        }
    }
    for mut worker in workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let count = i64::try_from(offers.len()).unwrap();
    let draws = world.place.number("SELECT COUNT(*) FROM release_question WHERE answer <> ''").await;
    assert_eq!(draws, count, "noise was drawn twice, or a reservation is left");
    let charges = world.place.number("SELECT COUNT(*) FROM release_charge").await;
    assert_eq!(charges, count * 10);
    let ledger = world.market.ledger();
    assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents(-1_003 * count)));
    let mut paid = 0;
    for person in &people {
        paid += ledger.balance(LedgerAccount::person(person.money)).await.unwrap().0;
        for processor in &processors {
            let left = world.market.budget().left(&person.budget, &processor.id.to_string()).await.unwrap();
            assert_eq!(left.processor.to_string(), "2.9");
        }
    }
    assert_eq!(paid, 1_003 * count);
    assert!(ledger.verify().await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_release_each_offer_once_on_sqlite() {
    Box::pin(killed(On::Sqlite)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_workers_release_each_offer_once_on_postgres() {
    Box::pin(killed(On::Postgres)).await;
}
