//! Why an API or a client cannot be built.

use std::fmt;

/// Why an API or a client cannot be built. `Debug` is the same sentence as `Display`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// No domain was given, or its name is not valid.
    Domain,
    /// A domain was given twice.
    DuplicateDomain(String),
    /// No transcryption was given.
    Transcryption,
    /// There is no caller.
    NoCaller,
    /// A caller's name is not 1 to 100 visible ASCII characters.
    CallerName,
    /// A caller is restricted to an activity that is not served.
    CallerActivity {
        /// The caller.
        caller: String,
        /// The activity that it is restricted to.
        activity: String,
        /// What is served.
        served: Vec<&'static str>,
    },
    /// Two callers have this name.
    DuplicateCaller(String),
    /// These two callers have one token. A caller that has one token twice is named twice.
    SharedToken(String, String),
    /// This caller's token is the empty text.
    EmptyToken(String),
    /// An activity's name is not 1 to 64 small letters, digits, `-` and `_`, or is `participants`.
    ActivityName(&'static str),
    /// Two activities have this one name.
    DuplicateActivity(&'static str),
    /// These two activities have one mark by chance, and could not be told apart in sealed items. Rename one.
    IndistinctActivities(&'static str, &'static str),
    /// A limit is 0, or more than 65,536 records or requests, or the bytes in flight are less than three times those of
    /// the largest request.
    Limits,
    /// The repetitions that are kept cannot be read.
    Repetitions(String),
    /// The address is not a URL, has a query, or is not `https` although plain HTTP was not asked for.
    Url,
    /// The token cannot be sent in a header.
    Token,
    /// There is no certificate in the PEM of the authorities to trust.
    RootCertificate,
    /// This machine has no certificates of authorities to trust, and none were given.
    NoRootCertificates,
    /// The HTTP client could not be made.
    HttpClient,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BuildError::Domain => "a domain of 1 to 100 visible ASCII characters is needed: call `domain`",
            BuildError::DuplicateDomain(name) => {
                return write!(f, "the domain `{name}` is given twice: remove one");
            }
            BuildError::Transcryption => "no transcryption was given: call `transcryption`",
            BuildError::NoCaller => "there is no caller: add a `caller`",
            BuildError::CallerName => "the name of a caller is 1 to 100 visible ASCII characters",
            BuildError::CallerActivity { caller, activity, served } => {
                let served = served.join("`, `");
                return write!(
                    f,
                    "the caller `{caller}` is restricted to the activity `{activity}`, which is not served: write one of \
                     `{served}`"
                );
            }
            BuildError::DuplicateCaller(name) => {
                return write!(f, "two callers are called `{name}`: rename one");
            }
            BuildError::SharedToken(one, other) if one == other => {
                return write!(f, "the caller `{one}` has one token twice: remove one");
            }
            BuildError::SharedToken(one, other) => {
                return write!(f, "the callers `{one}` and `{other}` have one token: give each its own");
            }
            BuildError::EmptyToken(name) => {
                return write!(
                    f,
                    "the caller `{name}` has the hash of an empty token: hash its token, as in `printf %s \"$TOKEN\" | \
                     sha256sum`, and see that TOKEN is set"
                );
            }
            BuildError::DuplicateActivity(name) => {
                return write!(f, "two activities are called `{name}`: rename one");
            }
            BuildError::ActivityName(name) => {
                return write!(
                    f,
                    "an activity cannot be called `{name}`: write 1 to 64 small letters, digits, `-` or `_`, and not \
                     `participants`"
                );
            }
            BuildError::IndistinctActivities(one, other) => {
                return write!(
                    f,
                    "the activities `{one}` and `{other}` have one mark by chance and are not told apart: rename one"
                );
            }
            BuildError::Limits => {
                "a limit is 0, or more than 65,536 records or requests, or `bytes_in_flight` is less than three times \
                 `max_body_bytes`"
            }
            BuildError::Repetitions(why) => {
                return write!(f, "what is kept for repetitions cannot be read: {why}");
            }
            BuildError::Url => {
                "the address must be an `https` URL without a query, unless `allow_plain_http` is called"
            }
            BuildError::Token => "the token must be visible ASCII characters",
            BuildError::RootCertificate => {
                "there is no whole certificate of an authority in the PEM, in ASCII or UTF-8"
            }
            BuildError::NoRootCertificates => NO_ROOTS,
            BuildError::HttpClient => "the HTTP client could not be made",
        })
    }
}

/// The message for a machine that trusts no authority, where `https` is needed.
pub(crate) const NO_ROOTS: &str = "this machine has no certificates of authorities to trust, as some container images do: \
    install the package `ca-certificates`, or name the authority as root certificate";

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {}
