//! `nest-audit verify FILE`: whether an audit log is whole. For the person who answers for the log. The operator of
//! the data source may be another person.

use std::fs::File;
use std::io::{self, BufReader};
use std::process::ExitCode;

use nest_api::audit::{LineHash, verify};

const HELP: &str = "\
Tells whether an audit log is whole.

Usage: nest-audit verify FILE [--last HASH]

It prints how many lines are whole and the hash of the last one, or the first line
that is not whole and why. Note the hash somewhere else: given later with --last, it
shows whether lines were cut off at the end, which nothing else can.

It exits with 0 if the log is whole, 1 if it is not, and 2 if it could not be read.
";

fn main() -> ExitCode {
    let mut args = Vec::new();
    for arg in std::env::args_os().skip(1) {
        args.push(arg.into_string().unwrap_or_else(|arg| arg.to_string_lossy().into_owned()));
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (file, noted) = match args.as_slice() {
        ["--help" | "-h" | "help"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["verify", file] => (*file, None),
        ["verify", file, "--last", hash] | ["verify", "--last", hash, file] => match LineHash::parse(hash) {
            Some(hash) => (*file, Some(hash)),
            None => return failed("the hash after --last must be 64 hexadecimal digits"),
        },
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match read(file, noted) {
        Ok(code) => code,
        Err(error) => failed(&format!("{file}: {error}")),
    }
}

fn failed(why: &str) -> ExitCode {
    eprintln!("nest-audit: {why}");
    ExitCode::from(2)
}

fn read(file: &str, noted: Option<LineHash>) -> io::Result<ExitCode> {
    match verify(BufReader::new(File::open(file)?), noted)? {
        Ok(whole) => {
            println!("{} lines are whole", whole.lines);
            if whole.torn > 0 {
                println!("{} of them say that a crash has left torn text before them", whole.torn);
            }
            println!("last line: {}", whole.last);
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            println!("not whole: {fault}");
            Ok(ExitCode::FAILURE)
        }
    }
}
