//! The faults that keep a data source from starting, all at once and in sentences.

use std::fmt;
use std::io;
use std::net::SocketAddr;

use crate::BuildError;

/// Why a data source does not start: all faults, one sentence each.
///
/// A sentence names the setting, the file, the address, the transcryptor or the caller, and what to do. It never
/// holds a secret. `Debug` is the same text as `Display`, because a `main` that returns the error prints `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct StartError {
    faults: Vec<String>,
}

impl StartError {
    pub(crate) fn new(faults: Vec<String>) -> Self {
        Self { faults }
    }

    pub(crate) fn one(fault: impl Into<String>) -> Self {
        Self { faults: vec![fault.into()] }
    }

    /// The faults, one line each.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

/// The fault of an address that the server cannot listen on.
pub(crate) fn cannot_listen(addresses: &[SocketAddr], error: &io::Error) -> String {
    let names: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => "another program listens there: stop it, or choose another port",
        io::ErrorKind::AddrNotAvailable => "it is no address of this machine: correct it",
        io::ErrorKind::PermissionDenied => {
            "this user may not listen there: choose a port from 1024, or let the service manager give the right"
        }
        _ => return format!("{} cannot be listened on: {error}", names.join(", ")),
    };
    format!("{} cannot be listened on: {why}", names.join(", "))
}

impl From<BuildError> for StartError {
    fn from(error: BuildError) -> Self {
        Self::one(error.to_string())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.as_slice() {
            [fault] => f.write_str(fault),
            faults => {
                write!(f, "the data source does not start, for {} reasons:", faults.len())?;
                faults.iter().try_for_each(|fault| write!(f, "\n- {fault}"))
            }
        }
    }
}

/// The same text as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for StartError {}
