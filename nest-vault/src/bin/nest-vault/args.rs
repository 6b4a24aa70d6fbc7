//! What the command line says.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

/// Runs a vault: records of people, sealed under one key per person, and erasure that holds.
#[derive(Debug, Parser)]
#[command(name = "nest-vault", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The database of the records: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL", env = "NEST_VAULT_RECORDS", hide_env_values = true, global = true)]
    pub(crate) records: Option<String>,
    /// The database of the keys, which is another one
    #[arg(long, value_name = "URL", env = "NEST_VAULT_KEYS", hide_env_values = true, global = true)]
    pub(crate) keys: Option<String>,
    /// The file of the master key, of mode 0600; without it the environment variable NEST_VAULT_MASTER_KEY holds the key
    #[arg(long, value_name = "FILE", env = "NEST_VAULT_MASTER", global = true)]
    pub(crate) master: Option<PathBuf>,
    /// The file of the master key before it, while a rotation is not complete
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) previous_master: Option<PathBuf>,
    /// The erasure ledger, which is kept apart from both databases
    #[arg(long, value_name = "FILE", env = "NEST_VAULT_LEDGER", global = true)]
    pub(crate) ledger: Option<PathBuf>,
    /// A head of the ledger that was noted: a ledger without it is refused as an older copy
    #[arg(long, value_name = "HASH", global = true)]
    pub(crate) ledger_head: Option<String>,
    /// Go on without the erasure ledger. A restored backup may then bring erased people back
    #[arg(long, global = true)]
    pub(crate) accept_lost_ledger: bool,
    /// The access log, to which every opening of records is added
    #[arg(
        long,
        value_name = "FILE",
        env = "NEST_VAULT_ACCESS_LOG",
        default_value = "access.log",
        global = true
    )]
    pub(crate) access_log: PathBuf,
    /// Answer in JSON, on one line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  export NEST_VAULT_RECORDS=sqlite:school.db NEST_VAULT_KEYS=sqlite:school-keys.db
  export NEST_VAULT_MASTER=master.key NEST_VAULT_LEDGER=erasures.log
  nest-vault init                       make the master key, both databases and the ledger
  nest-vault status
  nest-vault erase --domain school --pseudonym-file person.txt --reason request
  nest-vault finalise --new-master next.key

Exit codes: 0 done, 1 refused, 2 usage or settings, 3 wrong key or damage, 4 unavailable.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Sets up a new vault. The master key file is made where it is missing
    Init,
    /// Brings the tables up to this version
    Migrate {
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Says how many records, keys and erasures there are, and under which master keys
    Status,
    /// Opens records and compares both databases, the ledger and the files
    Verify {
        /// All records instead of a sample of each kind
        #[arg(long)]
        all: bool,
    },
    /// Erases people: destroys their keys, empties their records
    Erase {
        #[command(flatten)]
        who: Who,
        /// Why, in a word: it stands in the ledger
        #[arg(long, default_value = "request")]
        reason: String,
        /// Also remove the rows, which otherwise stay without content
        #[arg(long)]
        purge: bool,
    },
    /// Keeps a record as it is, also when its person is erased
    Hold {
        #[command(flatten)]
        who: MaybeWho,
        /// In which activity
        #[arg(long)]
        activity: Option<String>,
        /// Which outcome, from 0; without it the record that was given
        #[arg(long)]
        page: Option<u16>,
        /// Why, in a word
        #[arg(long, default_value = "legal-hold")]
        reason: String,
        /// Release the record of this row instead
        #[arg(long, value_name = "ROW")]
        release: Option<String>,
        /// List what is on hold instead
        #[arg(long)]
        list: bool,
    },
    /// Wraps every key with a new master key, while others read and write; stopped, it goes on where it was
    RotateMaster {
        /// The file of the new master key. It is made where it is missing
        #[arg(long, value_name = "FILE")]
        new_master: PathBuf,
    },
    /// Makes erasures final: rotates to the new master key where one is named, and says which old one to destroy
    Finalise {
        /// The file of the new master key. It is made where it is missing
        #[arg(long, value_name = "FILE")]
        new_master: Option<PathBuf>,
    },
    /// Seals every record anew with another suite
    Reseal {
        /// aes-128-ccm or aes-256-gcm-siv
        #[arg(long)]
        suite: String,
        /// Only count
        #[arg(long)]
        dry_run: bool,
    },
    /// Writes all that is kept about a person into a new file of mode 0600
    Export {
        #[command(flatten)]
        who: Who,
        /// For what, in a word: it stands in the access log
        #[arg(long, default_value = "access-request")]
        purpose: String,
        /// The file to write
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Carries out the erasures of another ledger of this vault
    ReplayLedger {
        /// The ledgers
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

/// People. Never as an argument: it would show in the shell's history and in `ps`.
#[derive(Debug, ClapArgs)]
pub(crate) struct Who {
    /// The domain that the pseudonyms are of
    #[arg(long)]
    pub(crate) domain: String,
    /// A file with one pseudonym in 64 hexadecimal digits on each line; - for the standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) pseudonym_file: PathBuf,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct MaybeWho {
    /// The domain that the pseudonyms are of
    #[arg(long)]
    pub(crate) domain: Option<String>,
    /// A file with one pseudonym in 64 hexadecimal digits on each line; - for the standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) pseudonym_file: Option<PathBuf>,
}
