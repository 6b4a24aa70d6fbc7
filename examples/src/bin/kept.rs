//! A data source that keeps its records on PostgreSQL, and a platform that writes one and reads it back: the README's
//! program. It needs the vault that `nest-vault init` made.

use nest_api::prelude::*;
use nest_core::InProcess;
use nest_vault::{AccessLog, Kept, KeptCounts, Master, SqlKeys, SqlVault};

/// A reading test. Data source and platform share these declarations.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(activity = "reading-test", max_blocks = 2, max_bits = 127)]
struct ReadingTest {
    #[pep(range = 0..=100)]
    points: u8,
    #[pep(max_bytes = 15)]
    remark: String,
}

/// How far a pupil is.
#[derive(Debug, Clone, PepRecord)]
#[pep(activity = "reading-test", kind = "progress", max_blocks = 1)]
struct TestsTaken {
    taken: bool,
}

impl Activity for ReadingTest {
    type Progress = TestsTaken;
    type Outcome = ReadingTest;
}

/// All that the vault has to be told: how progress follows from what is kept.
impl Kept for ReadingTest {
    fn progress(kept: &KeptCounts) -> TestsTaken {
        TestsTaken { taken: kept.given }
    }
}

/// What is said of a pupil who takes part.
#[derive(Debug, Clone, PepRecord)]
#[pep(max_blocks = 1, max_bits = 1)]
struct PupilInfo {
    consent: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The same settings as the command `nest-vault` has.
    let [records, keys, master, ledger] = ["RECORDS", "KEYS", "MASTER", "LEDGER"].map(|name| {
        let name = format!("NEST_VAULT_{name}");
        std::env::var(&name).map_err(|_| format!("{name} is not set: export it, as for `nest-vault`"))
    });
    let keys = SqlKeys::open(&keys?, Master::file(master?)?).await?;
    let vault = SqlVault::<PupilInfo>::builder(records?, keys)
        .activity::<ReadingTest>()
        .ledger(ledger?)
        .audit(AccessLog::open("access.log")?)
        .open()
        .await?;

    let transcryption = InProcess::new(2);
    let api = DataSourceApi::builder(vault.clone())
        .repetitions(vault.clone())
        .domain("school")
        .transcryption(transcryption.party())
        .caller(Caller::new("platform", TokenHash::of("a-random-token")))
        .activity::<ReadingTest>()
        .build()?;
    let server = api.bind_plain_http("127.0.0.1:0")?;
    let url = server.url();
    tokio::spawn(server.run());

    let platform = NestClient::builder(&url, "a-random-token")
        .domain("platform")
        .transcryption(transcryption.party())
        .allow_plain_http()
        .build()?;
    let anna = Pseudonym::random();
    let registered = platform.participants().create_batch(vec![(anna, PupilInfo { consent: true })]).await?;
    println!("registered: {}", registered.iter().all(|answer| answer.result().is_ok()));
    let test = ReadingTest { points: 87, remark: "well done".to_owned() };
    let tests = platform.activity::<ReadingTest>();
    let kept = tests.create_batch(vec![(anna, test)]).await?;
    println!("kept: {}", kept.iter().all(|answer| answer.result().is_ok()));
    for answer in tests.read_batch(&[anna]).await? {
        println!("read back: {:?}", answer.into_result()?);
    }
    vault.close().await;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_readme_has_this_program() {
        let (program, _) = include_str!("kept.rs").split_once("\n#[cfg(test)]").unwrap_or_default();
        let (_, program) = program.split_once("\n\n").unwrap_or_default();
        assert!(include_str!("../../../README.md").contains(program), "the README has another program");
    }
}
