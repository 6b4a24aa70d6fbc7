//! Several processes on one vault: what one of them erases, the others stop reading.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use nest_core::Pseudonym;
use nest_source::{DataSource as _, Operation};
use nest_vault::{KeyStore as _, Lookup, SqlKeys};

use crate::place::{On, Place, on_both, reason};
use crate::records::info;

const CHILD: &str = "NEST_VAULT_READER";
const PERSON: &str = "NEST_VAULT_READER_PERSON";
const CACHE: &str = "NEST_VAULT_READER_CACHE_MS";

/// The other process: it reads a person for each line that it is given.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reader() {
    let Ok(place) = std::env::var(CHILD) else { return };
    let place = Place::from_text(&place);
    let who = Pseudonym::from_hex(&std::env::var(PERSON).unwrap()).unwrap();
    let cache = Duration::from_millis(std::env::var(CACHE).unwrap().parse().unwrap());
    let vault = place.open_with_cache(cache).await.unwrap();
    let ctx = place.context(Operation::Read);
    for _ in std::io::stdin().lines() {
        println!("\nread {}", vault.read_participant(&ctx, who).await.is_ok());
    }
}

/// Whether the other process reads the person.
fn reads(input: &mut impl std::io::Write, output: &mut impl Iterator<Item = String>) -> bool {
    writeln!(input).unwrap();
    input.flush().unwrap();
    output.find_map(|line| Some(line.strip_prefix("read ")? == "true")).unwrap()
}

on_both! {
    /// Only the key is destroyed: the records still hold the sealed row, so the other process depends on its memory of
    /// keys alone.
    async fn another_process_stops_reading_when_a_key_is_destroyed(on: On) {
        let (place, vault) = Place::with_vault(on).await;
        let who = Pseudonym::random();
        vault.register(place.who(who), &info(1)).await.unwrap();
        vault.close().await;
        // PostgreSQL tells the other process. With SQLite the key leaves its memory in time.
        let cache = if on == On::Postgres { "3600000" } else { "300" };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "instances::reader", "--nocapture"])
            .envs([(CHILD, place.to_text().as_str()), (PERSON, who.to_hex().as_str()), (CACHE, cache)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(reads(&mut input, &mut output));

        let keys = SqlKeys::open(&place.keys, place.master.clone()).await.unwrap();
        let person: Vec<Lookup> = keys.page(None, 10).await.unwrap().into_iter().map(|(_, who)| who).collect();
        let mark = keys.mark(person[0], &reason(), 20_000).await.unwrap();
        keys.destroy(&mark).await.unwrap();
        let mut still = true;
        for _ in 0..200 {
            still = reads(&mut input, &mut output);
            if !still {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(!still, "the other process still reads the person");
        drop(input);
        child.wait().unwrap();
    }
}
