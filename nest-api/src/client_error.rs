//! Why a call of a client failed as a whole.

use std::fmt;

use nest_core::{EncodeError, TranscryptionError};

#[cfg(feature = "client")]
use crate::Again;
use crate::cpu_pool::{SealError, Stopped};
use crate::{Code, RecordError, RequestId};

/// Why a call failed as a whole. It holds nothing that was sent or received, so it may be logged.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientError {
    /// A record that was to be sent does not fit its declaration.
    Encode(EncodeError),
    /// The transcryptors.
    Transcryption(TranscryptionError),
    /// More than 65,536 records at once.
    TooManyRecords,
    /// The name is not that of an activity: 1 to 64 small letters, digits, `-` and `_`.
    ActivityName,
    /// There is no record, in a call about one participant.
    Record(RecordError),
    /// The data source cannot be reached, took too long, or broke off.
    Unreachable,
    /// The data source refused the request.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code of the problem; `None` where the answer is not of this API.
        code: Option<Code>,
        /// The id of the request in the data source's log.
        request_id: Option<RequestId>,
    },
    /// A write was sent, and it is not known whether it was carried out.
    ///
    /// Do not make the same call again, since it could write a second time. Give `again` to
    /// [`NestClient::ask_again`](crate::NestClient::ask_again).
    #[cfg(feature = "client")]
    Perhaps {
        /// What to ask again with.
        again: Again,
        /// What happened last.
        because: Box<ClientError>,
    },
    /// The answer has more bytes than this client reads.
    AnswerTooLarge,
    /// The answer does not fit the question: it is unreadable, of another shape, or about another participant.
    Answer,
    /// The work was stopped: the process is ending.
    Stopped,
}

impl From<EncodeError> for ClientError {
    fn from(error: EncodeError) -> Self {
        ClientError::Encode(error)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClientError::Encode(error) => error.fmt(f),
            ClientError::Transcryption(error) => error.fmt(f),
            ClientError::TooManyRecords => f.write_str("more than 65,536 records at once"),
            ClientError::ActivityName => {
                f.write_str("the name of an activity is 1 to 64 small letters, digits, `-` or `_`")
            }
            ClientError::Record(error) => error.fmt(f),
            ClientError::Unreachable => f.write_str("the data source cannot be reached, or broke off"),
            ClientError::Refused { status, code, request_id } => {
                write!(f, "the data source refused the request with {status}")?;
                if let Some(code) = code {
                    write!(f, " `{code}`")?;
                }
                if let Some(request_id) = request_id {
                    write!(f, ", request {request_id}")?;
                }
                Ok(())
            }
            #[cfg(feature = "client")]
            ClientError::Perhaps { again, because } => {
                let key = again.key();
                write!(f, "perhaps it was written: {because}; ask again with the key {key} (`ask_again`)")
            }
            ClientError::AnswerTooLarge => f.write_str("the answer has more bytes than this client reads"),
            ClientError::Answer => f.write_str("the answer is not the answer to what was asked"),
            ClientError::Stopped => f.write_str("the work was stopped"),
        }
    }
}

impl From<TranscryptionError> for ClientError {
    fn from(error: TranscryptionError) -> Self {
        ClientError::Transcryption(error)
    }
}

impl From<SealError> for ClientError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Encode(error) => error.into(),
            SealError::Stopped => ClientError::Stopped,
        }
    }
}

impl From<Stopped> for ClientError {
    fn from(_: Stopped) -> Self {
        ClientError::Stopped
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ClientError {}
