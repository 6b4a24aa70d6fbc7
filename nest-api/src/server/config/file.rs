//! Files that settings name.

use std::fs;
use std::path::{Path, PathBuf};

use super::section::Section;
use crate::Tls;
use crate::pem::{self, TextFault};

/// The path of a file that must be there and can be read.
pub(super) fn path(
    section: &mut Section,
    key: &str,
    folder: &Path,
    faults: &mut Vec<String>,
) -> Option<PathBuf> {
    let name = section.name(key);
    let text = section.required(key, "the path of a file in quotes", faults, |path| Some(path.to_owned()))?;
    // The content of the file stands in the place of its path. It may be a secret.
    if text.contains('\n') || text.contains("-----BEGIN") || text.trim_start().starts_with('{') {
        faults.push(format!("{name} holds what should be in a file: write it to one, and its path here"));
        return None;
    }
    let path = absolute(&folder.join(text));
    let read = fs::metadata(&path).and_then(|about| {
        if about.is_dir() { Err(std::io::ErrorKind::IsADirectory.into()) } else { fs::File::open(&path) }
    });
    match read {
        Ok(_) => Some(path),
        Err(error) => {
            faults.push(format!(
                "the file that {name} names cannot be read: {}: {}",
                path.display(),
                error.kind()
            ));
            None
        }
    }
}

/// The text of a file. A fault begins with the name of its setting.
pub(super) fn text_of(path: &Path, name: &str, faults: &mut Vec<String>) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    let text = pem::text(&bytes).map(str::to_owned);
    text.map_err(|fault: TextFault| {
        faults.push(format!("the file that {name} names, {}, {}", path.display(), fault.sentence()));
    })
    .ok()
}

/// The path from the root, so that a fault says which file was looked for.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The certificate and the key of `[tls]`.
pub(super) fn tls(mut section: Section, folder: &Path, faults: &mut Vec<String>) -> Option<Tls> {
    let certificate = path(&mut section, "certificate", folder, faults);
    let key = path(&mut section, "key", folder, faults);
    let name = section.name("certificate");
    section.end(faults);
    let tls = Tls::from_files(certificate?, key?);
    tls.map_err(|error| faults.push(format!("{name} and `tls.key`: {error}"))).ok()
}
