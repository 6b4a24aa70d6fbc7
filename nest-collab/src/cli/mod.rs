//! The command `nest-collab`: keys, pins, a relay, a node, and sums over a file without a line of Rust.

mod args;
mod data;
mod demo;
mod keys;
mod serve;
mod status;
mod sum;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use crate::error::CollabError;
use args::{Args, Command};

/// Runs the command with the arguments of the process.
pub fn main() -> ExitCode {
    main_of(std::env::args_os())
}

/// Runs the command with these arguments. The first is its name. Results alone go to the standard output, the
/// reason of a failure to the standard error.
pub fn main_of(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => {
            // Help and the version are no errors, and go to the standard output.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(args.command)),
        Err(_) => Err(CollabError::Unavailable("no threads can be started on this machine".to_owned())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nest-collab: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn run(command: Command) -> Result<(), CollabError> {
    match command {
        Command::Keygen(args) => keys::keygen(&args),
        Command::Fingerprint(args) => keys::fingerprint(&args),
        Command::Pin(args) => keys::pin(&args),
        Command::Relay(args) => serve::relay(&args).await,
        Command::Node(args) => Box::pin(serve::node(args)).await,
        Command::Status(args) => status::status(&args).await,
        Command::Sum(args) => Box::pin(sum::sum(args)).await,
        Command::Manifest(args) => data::propose(&args),
        Command::DemoConfig(args) => demo::write(&args),
    }
}
