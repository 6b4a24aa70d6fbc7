//! What the command line says.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// Runs a market: people keep data and decide, processors ask and pay, and protected answers leave.
#[derive(Debug, Parser)]
#[command(name = "nest-market", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The database of the market: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL", env = "NEST_MARKET_DATABASE", hide_env_values = true, global = true)]
    pub(crate) database: Option<String>,
    /// The database of the vault's records
    #[arg(long, value_name = "URL", env = "NEST_VAULT_RECORDS", hide_env_values = true, global = true)]
    pub(crate) records: Option<String>,
    /// The database of the vault's keys, which is another one
    #[arg(long, value_name = "URL", env = "NEST_VAULT_KEYS", hide_env_values = true, global = true)]
    pub(crate) keys: Option<String>,
    /// The file of the vault's master key, of mode 0600
    #[arg(long, value_name = "FILE", env = "NEST_VAULT_MASTER", global = true)]
    pub(crate) master: Option<PathBuf>,
    /// The erasure ledger of the vault
    #[arg(long, value_name = "FILE", env = "NEST_VAULT_LEDGER", global = true)]
    pub(crate) ledger: Option<PathBuf>,
    /// The access log of this process, to which every opening of readings is added
    #[arg(
        long,
        value_name = "FILE",
        env = "NEST_VAULT_ACCESS_LOG",
        default_value = "access.log",
        global = true
    )]
    pub(crate) access_log: PathBuf,
    /// The domain of the people's pseudonyms
    #[arg(long, default_value = "market", env = "NEST_MARKET_DOMAIN", global = true)]
    pub(crate) domain: String,
    /// A manifest of a source, in a file; may be given several times
    #[arg(long = "source", value_name = "FILE", global = true)]
    pub(crate) sources: Vec<PathBuf>,
    /// As --source, for a source that keeps one value of each attribute that stays
    #[arg(long = "steady-source", value_name = "FILE", global = true)]
    pub(crate) steady_sources: Vec<PathBuf>,
    /// The numbers of the levels: safe or mynedata-2020
    #[arg(long, default_value = "safe", env = "NEST_MARKET_PROFILE", global = true)]
    pub(crate) profile: String,
    /// How many operators must approve a batch of payouts
    #[arg(long, default_value_t = 2, env = "NEST_MARKET_APPROVALS", global = true)]
    pub(crate) approvals: u32,
    /// Take play money as well, for demonstrations
    #[arg(long, global = true)]
    pub(crate) play_money: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  export NEST_MARKET_DATABASE=sqlite:market.db
  export NEST_VAULT_RECORDS=sqlite:people.db NEST_VAULT_KEYS=sqlite:keys.db
  export NEST_VAULT_MASTER=master.key NEST_VAULT_LEDGER=erasures.log
  nest-vault init                          make the vault
  nest-market migrate                      make the market's tables
  nest-market operator add --name ada      the password is read from the standard input
  nest-market serve --source body.json --listen 127.0.0.1:8480
  nest-market worker --source body.json    as many as you like, on as many machines as reach the databases
  nest-market check-query --source body.json 'SELECT AVG(Body.age)'
  nest-market ledger verify

Exit codes: 0 done, 1 refused, 2 usage or settings, 3 damage found, 4 unavailable.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serves the REST API, and does tasks beside
    Serve(Serve),
    /// Does tasks until it is told to stop
    Worker {
        /// Do what is due now, and end
        #[arg(long)]
        once: bool,
        /// Write approved batches of payouts as files into this folder
        #[arg(long, value_name = "FOLDER")]
        payouts_to: Option<PathBuf>,
    },
    /// Brings the market's tables up to this version
    Migrate,
    /// Accounts of operators
    Operator {
        #[command(subcommand)]
        command: OperatorCommand,
    },
    /// Checks a query against the sources that are named, without a database
    CheckQuery {
        /// The query
        query: String,
        /// Any nesting of AND and OR
        #[arg(long)]
        relaxed: bool,
    },
    /// The books
    Ledger {
        #[command(subcommand)]
        command: LedgerCommand,
    },
    /// The privacy budgets
    Budget {
        #[command(subcommand)]
        command: BudgetCommand,
    },
    /// Says how many accounts, offers and tasks there are, and whether the books add up to zero
    Status,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8480")]
    pub(crate) listen: SocketAddr,
    /// The certificate chain in PEM, for TLS
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The private key in PEM, for TLS
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Serve plain HTTP on any address, where something else adds TLS
    #[arg(long)]
    pub(crate) plain_http_anywhere: bool,
    /// Do no tasks here: other processes do
    #[arg(long)]
    pub(crate) no_worker: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// Makes an operator's account. The password is the first line of the standard input
    Add {
        /// The name to log in with
        #[arg(long)]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Checks every balance against its entries, and every posting against zero
    Verify,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BudgetCommand {
    /// Writes every charge that still counts, as comma-separated lines
    Export,
}
