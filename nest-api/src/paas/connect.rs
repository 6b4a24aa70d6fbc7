//! Why a party could not connect: every transcryptor that cannot be used, with its name.

use std::fmt;

use nest_core::TranscryptionError;

use crate::build_error::NO_ROOTS;

/// Why a party could not connect to the transcryptors: every fault that was found, one sentence each, with the name of
/// the transcryptor. `Debug` is the same text as `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct ConnectError {
    faults: Vec<ConnectFault>,
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ConnectFault {
    /// Two transcryptors have one name, or a name is not valid.
    Names,
    RootCertificate,
    NoRootCertificates,
    PlainHttp(String),
    NoToken(String),
    Denied(String),
    Unreachable(String, String),
    /// Another program, or another version, answers there.
    OtherServer(String, String),
    OtherConfiguration(String),
    Other(String, TranscryptionError),
}

impl ConnectError {
    pub(super) fn new(faults: Vec<ConnectFault>) -> Self {
        Self { faults }
    }

    /// The faults, one line each.
    pub fn faults(&self) -> Vec<String> {
        self.faults.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for ConnectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectFault::Names => f.write_str(
                "the transcryptors of the configuration have no names of their own, 1 to 100 visible ASCII characters \
                 each: take the configuration as a transcryptor gives it at `GET /config`",
            ),
            ConnectFault::RootCertificate => {
                f.write_str("the root certificate for the transcryptors holds no whole certificate in PEM")
            }
            ConnectFault::NoRootCertificates => f.write_str(NO_ROOTS),
            ConnectFault::PlainHttp(name) => write!(
                f,
                "the address of `{name}` is not `https`: ask for plain HTTP by name if it is on this same machine"
            ),
            ConnectFault::NoToken(name) => write!(f, "there is no token for `{name}`: ask its operator for one"),
            ConnectFault::Denied(name) => write!(
                f,
                "`{name}` refuses this party: compare the token with the one that its operator gave you"
            ),
            ConnectFault::Unreachable(name, url) => write!(
                f,
                "`{name}` cannot be reached at {url}, or failed: look at the address, the network, its certificate, and \
                 whether it runs"
            ),
            ConnectFault::OtherServer(name, url) => write!(
                f,
                "what answers at {url} is not `{name}`, or speaks another version: correct the address in the \
                 configuration"
            ),
            ConnectFault::OtherConfiguration(name) => write!(
                f,
                "`{name}` has another configuration than the one given here: take the newest from `GET /config`, the \
                 same for all"
            ),
            ConnectFault::Other(name, error) => write!(f, "`{name}`: {error}"),
        }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.faults().join("\n"))
    }
}

/// The same text as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConnectError {}

/// The first fault, for callers that treat a start as any other use.
impl From<ConnectError> for TranscryptionError {
    fn from(error: ConnectError) -> Self {
        match error.faults.first() {
            Some(ConnectFault::Denied(_)) => TranscryptionError::Denied,
            Some(ConnectFault::Unreachable(..)) => TranscryptionError::Unavailable,
            Some(ConnectFault::Other(_, error)) => *error,
            _ => TranscryptionError::Configuration,
        }
    }
}
