//! Where PostgreSQL's programs are: Debian keeps the server's out of the search path.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian's packages put each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The directory that has `postgres` and `initdb`.
pub(crate) fn find() -> Result<PathBuf> {
    let mut places = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    places.extend(versions(Path::new(DEBIAN)));
    places.into_iter().find(|place| has_server(place)).ok_or_else(|| {
        Error::new(ErrorKind::NotFound, "PostgreSQL is not installed: run `apt-get install postgresql`")
    })
}

/// The directories of all versions, the newest first.
fn versions(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    found.sort();
    found.into_iter().rev().map(|(_, path)| path).collect()
}

/// `pg_config` may be there without the server: `libpq-dev` brings it too.
fn has_server(place: &Path) -> bool {
    place.is_absolute() && place.join("postgres").is_file() && place.join("initdb").is_file()
}
