//! A data source and its platform in one program: what they agree on, what each writes, and an answered batch.

use nest_api::prelude::*;
use nest_core::InProcess;

/// What a pupil achieved. Data source and platform share these declarations.
#[derive(Debug, Clone, PepRecord)]
#[pep(activity = "reading-test", max_blocks = 2, max_bits = 7)]
struct Score {
    #[pep(pseudonym)]
    pupil: Pseudonym,
    #[pep(range = 0..=100)]
    points: u8,
}

/// How far a pupil is.
#[derive(Debug, Clone, PepRecord)]
#[pep(activity = "reading-test", kind = "progress", max_blocks = 1)]
struct TestsTaken {
    #[pep(range = 0..=255)]
    tests: u8,
}

impl Activity for Score {
    type Progress = TestsTaken;
    type Outcome = Score;
}

/// What the data source wants to know of somebody who takes part.
#[derive(Debug, Clone, PepRecord)]
#[pep(max_blocks = 1, max_bits = 1)]
struct PupilInfo {
    consent: bool,
}

/// The data source. A real one has a database here.
struct School;

impl DataSource for School {
    type Participant = PupilInfo;
    const PARTICIPANTS: &[Operation] = &[Operation::Create];

    async fn create_participant(
        &self,
        _: &Context,
        _: Pseudonym,
        info: PupilInfo,
    ) -> Result<(), RecordError> {
        if info.consent { Ok(()) } else { Err(RecordError::Forbidden) }
    }
}

impl Serves<Score> for School {
    const OPERATIONS: &[Operation] = &[Operation::Progress, Operation::Results];

    async fn progress(&self, _: &Context, _: Pseudonym) -> Result<TestsTaken, RecordError> {
        Ok(TestsTaken { tests: 1 })
    }

    async fn results(&self, _: &Context, who: Pseudonym, page: u16) -> Result<Score, RecordError> {
        if page == 0 { Ok(Score { pupil: who, points: 87 }) } else { Err(RecordError::NotFound) }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Both ends in one process, so transcryption is as well. In production each end has `Paas::connect(…)`.
    let transcryption = InProcess::new(2);

    // The data source: transcryption first, then each activity.
    let api = DataSourceApi::builder(School)
        .domain("school")
        .transcryption(transcryption.party())
        .caller(Caller::new("platform", TokenHash::of("a-random-token")))
        .activity::<Score>()
        .build()?;
    let server = api.bind_plain_http("127.0.0.1:0")?; // a free port; `serve_plain_http` waits for a signal to stop
    let url = server.url();
    tokio::spawn(server.run());

    // The platform.
    let platform = NestClient::builder(&url, "a-random-token")
        .domain("platform")
        .transcryption(transcryption.party())
        .allow_plain_http() // without it the address must be `https`
        .build()?;
    let anna = Pseudonym::random();
    let registered = platform.participants().create_batch(vec![(anna, PupilInfo { consent: true })]).await?;
    println!("registered: {}", registered.iter().all(|answer| answer.result().is_ok()));
    for answer in platform.activity::<Score>().results_batch(&[(anna, 0)]).await? {
        let who = answer.who;
        println!("{who:?}: {} points", answer.into_result()?.points);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_readme_shows_this_program_whole() {
        let (program, _) = include_str!("first.rs").split_once("\n#[cfg(test)]").unwrap_or_default();
        let (_, program) = program.split_once("\n\n").unwrap_or_default();
        assert!(program.contains("impl DataSource") && include_str!("../../../README.md").contains(program));
    }
}
