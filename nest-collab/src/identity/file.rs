//! Files of secrets: readable by their owner alone, and never overwritten.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::error::CollabError;

/// Writes a new file that its owner alone can read.
///
/// # Errors
///
/// [`CollabError::Refused`] where the file is there already, and [`CollabError::Settings`] where it cannot be written.
pub fn write_private(path: &Path, text: &[u8]) -> Result<(), CollabError> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            CollabError::Refused(format!("{} is there already and is not overwritten", path.display()))
        }
        kind => CollabError::Settings(format!("{} cannot be written: {kind}", path.display())),
    })?;
    file.write_all(text).and_then(|()| file.sync_all()).map_err(|error| {
        CollabError::Settings(format!("{} cannot be written: {}", path.display(), error.kind()))
    })
}

/// Reads a file of secrets.
///
/// # Errors
///
/// [`CollabError::Settings`] where it cannot be read, and [`CollabError::Refused`] where others can read it too.
pub fn read_private(path: &Path) -> Result<Zeroizing<String>, CollabError> {
    let failed = |error: std::io::Error| {
        CollabError::Settings(format!("{} cannot be read: {}", path.display(), error.kind()))
    };
    let mode = fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(CollabError::Refused(format!(
            "{} can be read by others: `chmod 600` it, and think about whether somebody did",
            path.display()
        )));
    }
    fs::read_to_string(path).map(Zeroizing::new).map_err(failed)
}
