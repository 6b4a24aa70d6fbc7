//! The command of whoever runs a market: serve it, work for it, and look after its books.

mod args;
mod commands;
mod failure;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and the version are no errors, and go to the standard output.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match Box::pin(commands::run(&args)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("nest-market: {failure}");
            ExitCode::from(failure.code())
        }
    }
}
