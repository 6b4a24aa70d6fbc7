//! The answer to a request that failed as a whole. It is one of a few fixed answers, and never quotes what was sent.

use std::fmt;

#[cfg(feature = "server")]
use actix_web::http::StatusCode;
#[cfg(feature = "server")]
use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
#[cfg(feature = "server")]
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::{Operation, RequestId};

/// The HTTP statuses of [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110) that have codes. They stand here so that a
/// client needs no HTTP server.
mod status {
    pub(super) const BAD_REQUEST: u16 = 400;
    pub(super) const UNAUTHORIZED: u16 = 401;
    pub(super) const FORBIDDEN: u16 = 403;
    pub(super) const NOT_FOUND: u16 = 404;
    pub(super) const METHOD_NOT_ALLOWED: u16 = 405;
    pub(super) const REQUEST_TIMEOUT: u16 = 408;
    pub(super) const CONFLICT: u16 = 409;
    pub(super) const PAYLOAD_TOO_LARGE: u16 = 413;
    pub(super) const UNSUPPORTED_MEDIA_TYPE: u16 = 415;
    pub(super) const UNPROCESSABLE_ENTITY: u16 = 422;
    pub(super) const INTERNAL_SERVER_ERROR: u16 = 500;
    pub(super) const NOT_IMPLEMENTED: u16 = 501;
    pub(super) const SERVICE_UNAVAILABLE: u16 = 503;
}

/// Each code: its variant, its HTTP status, its name on the wire and its title.
macro_rules! codes {
    ($($(#[$doc:meta])+ $code:ident = $status:ident, $name:literal, $title:literal;)+) => {
        /// Why a request failed as a whole: the `code` of its problem details, which stays the same in all
        /// versions.
        ///
        /// A failure for one participant is a [`RecordError`](crate::RecordError) instead, inside an answer like all
        /// others.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])+ $code,)+
        }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Code] = &[$(Code::$code),+];

            /// Status, name and title.
            const fn entry(self) -> (u16, &'static str, &'static str) {
                match self {
                    $(Code::$code => (status::$status, $name, $title),)+
                }
            }
        }
    };
}

codes! {
    /// 401 `unauthorized`: no token, or an unknown one.
    Unauthorized = UNAUTHORIZED, "unauthorized", "Unauthorized";
    /// 403 `forbidden`: the caller may not do this, or the transcryptors do not let the data source receive
    /// from this domain.
    Forbidden = FORBIDDEN, "forbidden", "Forbidden";
    /// 404 `not-found`: no such path or activity.
    NotFound = NOT_FOUND, "not-found", "Not found";
    /// 405 `method-not-allowed`: the header `Allow` names the methods that the path has. Every operation is a POST.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed";
    /// 501 `not-supported`: the data source does not do this; `detail` names the operation.
    NotSupported = NOT_IMPLEMENTED, "not-supported", "The data source does not do this";
    /// 413 `body-too-large`: more bytes than the data source reads.
    BodyTooLarge = PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large";
    /// 413 `too-many-records`: more records than the data source takes at once.
    TooManyRecords = PAYLOAD_TOO_LARGE, "too-many-records", "The batch has too many records";
    /// 415 `unsupported-media-type`: the body is not declared to be `application/json` or
    /// `application/vnd.nest.message`.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "The content type must be application/json or application/vnd.nest.message";
    /// 400 `duplicate-header`: a header field came twice that must be there once.
    DuplicateHeader = BAD_REQUEST, "duplicate-header", "A header field came twice that must be there once";
    /// 400 `upgrade-refused`: the request asks for another protocol, which would leave its body without an end.
    UpgradeRefused = BAD_REQUEST, "upgrade-refused", "The data source speaks no other protocol: send the request without Upgrade";
    /// 400 `incomplete-body`: the body ended early.
    IncompleteBody = BAD_REQUEST, "incomplete-body", "The body ended early";
    /// 400 `invalid-json`: the body is no JSON.
    InvalidJson = BAD_REQUEST, "invalid-json", "The body is not valid JSON";
    /// 400 `nested-too-deeply`: values lie within more others than the data source reads.
    NestedTooDeeply = BAD_REQUEST, "nested-too-deeply", "The body is nested too deeply";
    /// 408 `request-timeout`: the body took longer to arrive than the data source waits, or came too slowly.
    RequestTimeout = REQUEST_TIMEOUT, "request-timeout", "The body took too long";
    /// 422 `wrong-shape`: the body is no message, or its records are of another type.
    WrongShape = UNPROCESSABLE_ENTITY, "wrong-shape", "The body is no message with records of this type";
    /// 422 `wrong-activity`: the message names another activity than the path.
    WrongActivity = UNPROCESSABLE_ENTITY, "wrong-activity", "The message names another activity than the path";
    /// 422 `wrong-meaning`: the two ends declare the record of the activity differently: other ranges, labels, units or
    /// another version. They would misread each other.
    WrongMeaning = UNPROCESSABLE_ENTITY, "wrong-meaning", "The data source declares the records of this activity differently";
    /// 422 `not-single`: not exactly one record, where the path takes one.
    NotSingle = UNPROCESSABLE_ENTITY, "not-single", "This path takes exactly one record";
    /// 422 `unknown-domain`: the message is meant for a domain that the data source does not
    /// have.
    UnknownDomain = UNPROCESSABLE_ENTITY, "unknown-domain", "The data source has no such domain";
    /// 422 `unknown-session`: the batch names no session at one of the transcryptors.
    UnknownSession = UNPROCESSABLE_ENTITY, "unknown-session", "The batch lacks a session at one of the transcryptors";
    /// 422 `transcryption-refused`: a transcryptor refused the batch.
    TranscryptionRefused = UNPROCESSABLE_ENTITY, "transcryption-refused", "The transcryptors refused the batch";
    /// 422 `item-unreadable`: at least one record did not open, or was sealed for another operation.
    /// Nothing is said about which, or why.
    ItemUnreadable = UNPROCESSABLE_ENTITY, "item-unreadable", "The batch could not be read under its session";
    /// 400 `invalid-idempotency-key`: the `Idempotency-Key` is no key.
    InvalidIdempotencyKey = BAD_REQUEST, "invalid-idempotency-key", "The Idempotency-Key is not 1 to 255 visible ASCII characters";
    /// 422 `idempotency-key-reused`: the `Idempotency-Key` was used for another body or
    /// operation.
    IdempotencyKeyReused = UNPROCESSABLE_ENTITY, "idempotency-key-reused", "The Idempotency-Key belongs to another request";
    /// 409 `in-progress`: the first request with this `Idempotency-Key` is not finished. Ask again for its answer.
    InProgress = CONFLICT, "in-progress", "The first request with this Idempotency-Key is not finished";
    /// 503 `overloaded`: too many requests at once, of this caller or of all, or no room for their bytes, or no way to
    /// remember the answer. Nothing was done. Try again later.
    Overloaded = SERVICE_UNAVAILABLE, "overloaded", "The data source has too much to do";
    /// 503 `audit-unavailable`: the audit log cannot be written. Where there was no room for the line nothing was
    /// done; where writing it failed, what the data source has written stays: read before you write again.
    AuditUnavailable = SERVICE_UNAVAILABLE, "audit-unavailable", "The data source cannot keep its audit log";
    /// 503 `repetitions-unavailable`: what is known of idempotency keys cannot be read or written. Nothing was done. Try
    /// again later.
    RepetitionsUnavailable = SERVICE_UNAVAILABLE, "repetitions-unavailable", "The data source cannot look up the Idempotency-Key";
    /// 503 `transcryption-unavailable`: a transcryptor cannot be reached. Try again later.
    TranscryptionUnavailable = SERVICE_UNAVAILABLE, "transcryption-unavailable", "The transcryptors cannot be reached";
    /// 503 `timed-out`: the request took longer than the data source allows.
    TimedOut = SERVICE_UNAVAILABLE, "timed-out", "The request took too long";
    /// 503 `shutting-down`: the data source finishes what it has begun, and takes nothing new.
    ShuttingDown = SERVICE_UNAVAILABLE, "shutting-down", "The data source is shutting down";
    /// 500 `internal`: a fault of the data source.
    Internal = INTERNAL_SERVER_ERROR, "internal", "Internal error";
}

impl Code {
    /// The code of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// The name that is on the wire.
    pub const fn as_str(self) -> &'static str {
        self.entry().1
    }

    /// What it means, in a few words.
    pub const fn title(self) -> &'static str {
        self.entry().2
    }

    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        self.entry().0
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_temporary(self) -> bool {
        self.entry().0 == status::SERVICE_UNAVAILABLE
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long to wait before asking again, in seconds.
const RETRY_AFTER_SECONDS: &str = "2";

/// Problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with a code and the id of the
/// request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem {
    code: Code,
    request_id: RequestId,
    operation: Option<Operation>,
    /// The methods of the path, where the request used another one.
    allow: Option<&'static str>,
}

impl Problem {
    pub(crate) fn new(code: Code, request_id: RequestId) -> Self {
        Self { code, request_id, operation: None, allow: None }
    }

    /// The problem of a method that the path does not have.
    pub(crate) fn method(allow: &'static str, request_id: RequestId) -> Self {
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed, request_id) }
    }

    /// The problem of an operation that the source does not have.
    pub(crate) fn not_supported(operation: Operation, request_id: RequestId) -> Self {
        Self { operation: Some(operation), ..Self::new(Code::NotSupported, request_id) }
    }
}

#[derive(Serialize)]
struct Details {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
    request_id: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in request {}", self.code, self.request_id)
    }
}

#[cfg(feature = "server")]
impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let (status, code, title) = self.code.entry();
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((CACHE_CONTROL, "no-store"));
        if self.code == Code::Unauthorized {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(allow) = self.allow {
            response.insert_header((ALLOW, allow));
        }
        if self.code.is_temporary() || self.code == Code::InProgress {
            response.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        let details = Details {
            r#type: "about:blank",
            title,
            status,
            code,
            detail: self.operation.map(Operation::as_str),
            request_id: self.request_id.to_string(),
        };
        // The content type is set first, because `json` keeps one that is there.
        response.content_type("application/problem+json").json(details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_is_an_error() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(*code));
            assert!((400..=599).contains(&code.status()), "{code}");
        }
        assert_eq!(Code::parse("ok"), None);
    }
}
