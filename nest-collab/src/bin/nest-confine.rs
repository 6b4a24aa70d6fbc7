//! Confines itself, and replaces itself by a program: see `nest_collab::confine`. A node starts it; people need not.

use std::process::ExitCode;

use nest_collab::confine::Launch;

fn main() -> ExitCode {
    match Launch::parse(std::env::args_os().skip(1)).and_then(Launch::run) {
        Ok(never) => match never {},
        Err(error) => {
            eprintln!("nest-confine: {error}");
            ExitCode::from(1)
        }
    }
}
