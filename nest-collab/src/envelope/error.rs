//! Why an envelope was refused.

use std::fmt;

/// Why an envelope was refused. Nothing of its content was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// The bytes are no envelope of this version.
    NoEnvelope,
    /// The signature is not that of the sender that the header names, or something was changed.
    Signature,
    /// It is for another receiver.
    OtherReceiver,
    /// It is of another collaboration or run.
    OtherRun,
    /// The sender is not a party of the run, or its identity is not known.
    UnknownSender,
    /// The sender has other terms for this run.
    OtherTerms,
    /// The content key is not sealed to a key of this node or user.
    OtherKey,
    /// It does not open, although it is signed.
    Content,
    /// Its size is not the one that the terms declare for its step.
    Size,
    /// It was received before.
    Repeated,
    /// One that was sent before it is missing.
    OutOfOrder,
    /// The step is none of the run.
    UnknownStep,
    /// The receiver has no key, or too many.
    Keys,
    /// The message is too large to be sent.
    TooLarge,
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EnvelopeError::NoEnvelope => "the bytes are no envelope of this version",
            EnvelopeError::Signature => "the sender did not sign it so: it was changed or forged",
            EnvelopeError::OtherReceiver => "it is for another organisation",
            EnvelopeError::OtherRun => "it is of another run",
            EnvelopeError::UnknownSender => "the sender is no party of the run, or has no pin",
            EnvelopeError::OtherTerms => "the sender has other terms for this run",
            EnvelopeError::OtherKey => "it is sealed to another key of this organisation",
            EnvelopeError::Content => "its content does not open",
            EnvelopeError::Size => "its size is not the one that the terms declare for the step",
            EnvelopeError::Repeated => "it was received before",
            EnvelopeError::OutOfOrder => "one that was sent before it is missing",
            EnvelopeError::UnknownStep => "the run has no such step",
            EnvelopeError::Keys => "the receiver has no key in the directory, or more than 16",
            EnvelopeError::TooLarge => "the message has more than 65,535 parts of the size of its step",
        })
    }
}

impl std::error::Error for EnvelopeError {}
