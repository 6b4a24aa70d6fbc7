//! A platform asks a data source for records about participants, and gets them: with nest-api, and with
//! nest-data-source-api, through the same two transcryptors.
//!
//! All parties are in one process, so they share its cores; each of both has the same servers, values, TLS and trust
//! store. Every answer is checked, outside the time that is taken.

mod compared;
mod field;
mod identity;
mod nest;
mod profile;
mod records;
mod trip;
mod upstream;
mod wire;

use std::time::Duration;

use field::Field;
use identity::{Identity, Trust};
use records::{Score, Survey};
use tokio::runtime::Runtime;

use crate::{Failure, Report, Settings, Table};

const SOURCE: &str = "school";
const PLATFORM: &str = "nest";
const TOKEN: &str = "the-token-of-the-platform";

/// Nothing is to be cut off: on a busy machine ten thousand records take a while.
const LONG: Duration = Duration::from_secs(600);

/// Measures everything: some five minutes. It runs this program again, with the same arguments, once for each trust
/// store, so the program has to call [`handed`] before anything else.
///
/// # Errors
///
/// Where a party cannot be started, and where nest fails or answers wrongly. What upstream refuses is a result.
pub fn measure() -> Result<Report, Failure> {
    let (own, mut report) = (Identity::new()?, Report::default());
    for trust in [Trust::One, Trust::System] {
        report.join(own.run(trust)?);
    }
    Ok(report)
}

/// The part of [`measure`] that this process was started for: its report goes to the standard output as JSON. `None`
/// where it was started by somebody else.
///
/// # Errors
///
/// As [`measure`].
pub fn handed(settings: Settings) -> Result<Option<Report>, Failure> {
    let Some((own, trust)) = Identity::handed() else { return Ok(None) };
    let runtime = Runtime::new()?;
    let report = runtime.block_on(async {
        let field = Field::start(&own).await?;
        let mut report = Report::default();
        field.warm_up().await?;
        match trust {
            Trust::One => everything(&field, settings, &mut report).await?,
            Trust::System => system(&field, settings, &mut report).await?,
        }
        Ok::<_, Failure>(report)
    });
    report.map(Some)
}

const HEAD: [&str; 4] = ["for one", "nest-api", "nest-data-source-api 0.7.1", "times as much"];

async fn everything(field: &Field, settings: Settings, report: &mut Report) -> Result<(), Failure> {
    let mut table = Table::new(HEAD);
    for records in [1000, 5000, 10_000] {
        trip::batches::<Score>(field, records, settings, report, &mut table).await?;
    }
    if trip::batches::<Survey>(field, 1000, settings, report, &mut table).await?.upstream_failed() {
        trip::batches::<Survey>(field, 500, settings, report, &mut table).await?;
    }
    for callers in [1, 8] {
        trip::singles::<Score>(field, callers, Trust::One, settings, report, &mut table).await?;
    }
    wire::measure::<Score>(field, report).await?;
    wire::measure::<Survey>(field, report).await?;
    report.detail(
        "Whole exchanges",
        format!(
            "A platform asks for records and gets them: platform, data source, two real transcryptors and back, over \
             TLS. Everybody runs in one process and shares its cores; core ms are those of all together. Each \
             transcryptor has as many workers as there are cores, which is what paas-server leaves it to. Upstream's \
             single operations send the record in clear and encrypt the pseudonym only; nest encrypts both. Its \
             batches encrypt everything, as nest's do.\n\n{table}"
        ),
    );
    profile::profile(field, settings, report).await
}

async fn system(field: &Field, settings: Settings, report: &mut Report) -> Result<(), Failure> {
    let mut table = Table::new(HEAD);
    for callers in [1, 8] {
        trip::singles::<Score>(field, callers, Trust::System, settings, report, &mut table).await?;
    }
    report.detail(
        "Single operations with a system's trust store",
        format!(
            "As above, where the process trusts the {} authorities that systems come with instead of one. Upstream \
             builds a client for each call, which reads all of them again.\n\n{table}",
            Trust::System.authorities()
        ),
    );
    Ok(())
}
