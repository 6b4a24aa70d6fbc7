//! What the command line says.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::envelope::RunId;
use crate::identity::{DeviceName, OrgName, RunName};

/// Computes with other organisations: sealed messages through a relay, and sums that no party can look into.
#[derive(Debug, Parser)]
#[command(name = "nest-collab", version, max_term_width = 100, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Try it on one machine:
  nest-collab demo-config --orgs a,b,c --dir demo
  nest-collab relay --config demo/relay.toml &
  nest-collab sum --config demo/b/node.toml --run patients --data b.csv --manifest patients.json --sum visits --count &
  nest-collab sum --config demo/c/node.toml --run patients --data c.csv --manifest patients.json --sum visits --count &
  nest-collab sum --config demo/a/node.toml --run patients --data a.csv --manifest patients.json --sum visits --count --json

Exit codes: 0 done, 1 refused, 2 usage or settings, 3 wrong key or damage, 4 unavailable, 5 run aborted.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make the keys of an organisation, in a new file that its owner alone can read
    Keygen(Keygen),
    /// Say the fingerprint of the own organisation, to read to others by telephone
    Fingerprint(Fingerprint),
    /// Pin another organisation to the fingerprint that its people told
    Pin(Pin),
    /// Run a relay
    Relay(ConfigArg),
    /// Take part in the sums that other organisations start, as far as the policy allows, until stopped
    Node(NodeArgs),
    /// Say the keys, epochs and fingerprints that are known, and the runs; or cancel a run
    Status(StatusArgs),
    /// Compute a sum with the other organisations
    Sum(SumArgs),
    /// Propose a manifest from the columns of a CSV file, for a person to narrow
    Manifest(ManifestArgs),
    /// Write keys, pins, policies and the settings of a relay, to try it on one machine
    DemoConfig(DemoArgs),
}

#[derive(Debug, ClapArgs)]
pub(super) struct ConfigArg {
    /// The settings
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Keygen {
    /// The name of the organisation
    #[arg(long, value_name = "NAME")]
    pub(super) org: OrgName,
    /// The name of this node or user
    #[arg(long, value_name = "NAME", default_value = "node")]
    pub(super) device: DeviceName,
    /// The new file
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Fingerprint {
    /// The file of keys
    #[arg(long, value_name = "FILE")]
    pub(super) keys: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Pin {
    /// The file of pins, which is made where there is none
    #[arg(long, value_name = "FILE")]
    pub(super) pins: PathBuf,
    /// The name of the organisation
    pub(super) org: OrgName,
    /// Its fingerprint, with or without spaces
    #[arg(required = true, num_args = 1..)]
    pub(super) fingerprint: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct DataArgs {
    /// The records, a CSV file with a line of names
    #[arg(long, value_name = "FILE")]
    pub(super) data: PathBuf,
    /// What the columns are and may be
    #[arg(long, value_name = "FILE")]
    pub(super) manifest: PathBuf,
    /// The character between columns
    #[arg(long, value_name = "CHARACTER", default_value = ",")]
    pub(super) delimiter: char,
}

#[derive(Debug, ClapArgs)]
pub(super) struct WaitArgs {
    /// Seconds to wait for the other organisations to begin
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub(super) wait: u64,
    /// Seconds to wait for the messages of a step
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(super) step_wait: u64,
}

#[derive(Debug, ClapArgs)]
pub(super) struct NodeArgs {
    #[command(flatten)]
    pub(super) config: ConfigArg,
    #[command(flatten)]
    pub(super) data: DataArgs,
    #[command(flatten)]
    pub(super) wait: WaitArgs,
    /// End after so many runs
    #[arg(long, value_name = "NUMBER")]
    pub(super) runs: Option<u64>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    pub(super) config: ConfigArg,
    /// Cancel a run for all its parties
    #[arg(long, value_name = "RUN")]
    pub(super) cancel: Option<RunId>,
    /// Answer in JSON, on one line
    #[arg(long)]
    pub(super) json: bool,
}

/// The way in which a sum is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// A masked total goes round: a party's two neighbours together learn what it adds
    Ring,
    /// Masks that cancel: goes on where parties drop out
    Pairwise,
    /// Every record is proved to be within its range, to two or more aggregators
    Prio3,
}

/// What has to be behind a number that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Release {
    /// The minima of the policy
    Minimum,
    /// Nothing: for made-up data only, where every policy says `synthetic`
    None,
}

#[derive(Debug, ClapArgs)]
pub(super) struct SumArgs {
    #[command(flatten)]
    pub(super) config: ConfigArg,
    #[command(flatten)]
    pub(super) data: DataArgs,
    #[command(flatten)]
    pub(super) wait: WaitArgs,
    /// The name of the run, the same at all organisations
    #[arg(long, value_name = "NAME")]
    pub(super) run: RunName,
    /// Sum a field; may be repeated
    #[arg(long, value_name = "FIELD")]
    pub(super) sum: Vec<String>,
    /// Sum the squares of a field; may be repeated
    #[arg(long, value_name = "FIELD")]
    pub(super) squares: Vec<String>,
    /// Count the people for each value of a field; may be repeated
    #[arg(long, value_name = "FIELD")]
    pub(super) histogram: Vec<String>,
    /// Count the people, and say exactly how many they are
    #[arg(long)]
    pub(super) count: bool,
    /// The way; the first organisation of the settings chooses it [default: pairwise]
    #[arg(long, value_enum)]
    pub(super) mode: Option<Mode>,
    /// How many parties open anything, with `pairwise`
    #[arg(long, value_name = "NUMBER")]
    pub(super) threshold: Option<usize>,
    /// Who aggregates, with `prio3` [default: the first two]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(super) aggregators: Vec<OrgName>,
    /// Let all organisations learn the results, and not the first one alone
    #[arg(long)]
    pub(super) share: bool,
    /// What has to be behind a number
    #[arg(long, value_enum, default_value_t = Release::Minimum)]
    pub(super) policy: Release,
    /// The most records of one organisation, the same at all of them
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000_000)]
    pub(super) max_records: u64,
    /// Compute with two organisations, although each learns the other's numbers
    #[arg(long)]
    pub(super) allow_two: bool,
    /// Answer in JSON, on one line
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct ManifestArgs {
    /// The CSV file
    #[arg(long, value_name = "FILE")]
    pub(super) from_csv: PathBuf,
    /// The name of the declaration
    #[arg(long, value_name = "NAME", default_value = "Record")]
    pub(super) name: String,
    /// The character between columns
    #[arg(long, value_name = "CHARACTER", default_value = ",")]
    pub(super) delimiter: char,
}

#[derive(Debug, ClapArgs)]
pub(super) struct DemoArgs {
    /// The organisations, in order: the first one starts runs
    #[arg(long, value_name = "NAMES", value_delimiter = ',', required = true)]
    pub(super) orgs: Vec<OrgName>,
    /// One more organisation, which links what the others have and is no party of their sums
    #[arg(long, value_name = "NAME")]
    pub(super) linker: Option<OrgName>,
    /// Allow runs without minima: for made-up data only
    #[arg(long)]
    pub(super) synthetic: bool,
    /// The new folder
    #[arg(long, value_name = "DIR")]
    pub(super) dir: PathBuf,
}
