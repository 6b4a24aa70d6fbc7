//! The records of a vault, opened for a purpose.

use nest_collab::data::{DataProvider, VaultData};
use nest_core::Domain;
use nest_source::Purpose;
use nest_source::prelude::*;
use nest_vault::{AccessLog, Kept, KeptCounts, Master, Reason, SqlKeys, SqlVault, Who};

use super::{Folder, texts};

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Info {
    #[pep(range = 0..=120)]
    age: u8,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 1)]
struct Walk {
    #[pep(range = 0..=100_000, uses(sum))]
    steps: u32,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", kind = "progress", max_blocks = 1)]
struct Progress {
    given: bool,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "walk", max_blocks = 2)]
struct Walked {
    #[pep(pseudonym, subject)]
    pupil: Pseudonym,
    #[pep(range = 0..=100_000)]
    metres: u32,
}

impl Activity for Walk {
    type Progress = Progress;
    type Outcome = Walked;
}

impl Kept for Walk {
    fn progress(kept: &KeptCounts) -> Progress {
        Progress { given: kept.given }
    }
}

#[tokio::test]
async fn a_vault_gives_its_records_and_notes_the_purpose() {
    let folder = Folder::new();
    let url = |name: &str| format!("sqlite:{}", folder.path(name).display());
    let master = Master::create(folder.path("master.key")).unwrap();
    let ledger = folder.path("erasures.log");
    nest_vault::init(&url("records.db"), &url("keys.db"), &master, ledger.clone()).await.unwrap();
    let keys = SqlKeys::open(&url("keys.db"), master).await.unwrap();
    let vault = SqlVault::<Info>::builder(url("records.db"), keys)
        .activity::<Walk>()
        .ledger(ledger)
        .audit(AccessLog::open(folder.path("access.log")).unwrap())
        .open()
        .await
        .unwrap();
    let domain = Domain::new("school").unwrap();
    let people: Vec<Pseudonym> = (0..5).map(|_| Pseudonym::random()).collect();
    let who = |person: usize| Who { domain: &domain, pseudonym: people[person] };
    let walks: Vec<Walk> = (0..5).map(|person| Walk { steps: person * 100 }).collect();
    let batch: Vec<_> = people.iter().copied().zip(&walks).collect();
    vault.put_batch::<Walk>(&domain, &batch).await.unwrap();
    vault.erase(who(2), &Reason::new("request").unwrap()).await.unwrap();
    let data = VaultData::<Info, Walk>::new(vault.clone(), Purpose::new("sum:patients").unwrap());
    let mut steps: Vec<String> = texts(&data).await.unwrap().concat();
    steps.sort();
    assert_eq!(steps, ["0", "100", "300", "400"]);
    assert_eq!(data.schema().name, "Walk");
    vault.close().await;
    let log = std::fs::read_to_string(folder.path("access.log")).unwrap();
    assert!(log.contains("sum:patients"), "{log}");
}
