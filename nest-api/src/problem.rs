//! What a request is told that failed as a whole: one of a few fixed answers, never a word of what was sent.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use crate::RequestId;

/// Why a request failed as a whole: the `code` of its problem details, which stays the same in all versions.
///
/// What fails for one participant only is a [`RecordError`](crate::RecordError) instead, inside an answer
/// like every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// 401 `unauthorized`: no token, or an unknown one.
    Unauthorized,
    /// 403 `forbidden`: the transcryptors do not let the data source receive from this domain.
    Forbidden,
    /// 404 `not-found`: no such path or activity.
    NotFound,
    /// 405 `method-not-allowed`: everything here is a POST.
    MethodNotAllowed,
    /// 413 `body-too-large`: more bytes than the data source reads.
    BodyTooLarge,
    /// 413 `too-many-records`: more records than the data source takes at once.
    TooManyRecords,
    /// 415 `unsupported-media-type`: the body is not declared to be `application/json`.
    UnsupportedMediaType,
    /// 400 `incomplete-body`: the body ended early.
    IncompleteBody,
    /// 400 `invalid-json`: the body is no JSON.
    InvalidJson,
    /// 422 `wrong-shape`: the body is no message, or its records are of another type.
    WrongShape,
    /// 422 `wrong-activity`: the message names another activity than the path.
    WrongActivity,
    /// 422 `unknown-session`: the batch names no session at one of the transcryptors.
    UnknownSession,
    /// 422 `transcryption-refused`: a transcryptor refused the batch.
    TranscryptionRefused,
    /// 422 `item-unreadable`: at least one record did not open. Nothing is said about which, or why.
    ItemUnreadable,
    /// 503 `transcryption-unavailable`: a transcryptor cannot be reached. Try again later.
    TranscryptionUnavailable,
    /// 500 `internal`: a fault of the data source.
    Internal,
}

impl Code {
    const ALL: [Code; 16] = [
        Code::Unauthorized,
        Code::Forbidden,
        Code::NotFound,
        Code::MethodNotAllowed,
        Code::BodyTooLarge,
        Code::TooManyRecords,
        Code::UnsupportedMediaType,
        Code::IncompleteBody,
        Code::InvalidJson,
        Code::WrongShape,
        Code::WrongActivity,
        Code::UnknownSession,
        Code::TranscryptionRefused,
        Code::ItemUnreadable,
        Code::TranscryptionUnavailable,
        Code::Internal,
    ];

    /// Status, name and title.
    const fn entry(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Code::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized", "Unauthorized"),
            Code::Forbidden => (StatusCode::FORBIDDEN, "forbidden", "Forbidden"),
            Code::NotFound => (StatusCode::NOT_FOUND, "not-found", "Not found"),
            Code::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed")
            }
            Code::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large"),
            Code::TooManyRecords => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too-many-records", "The batch has too many records")
            }
            Code::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The content type must be application/json",
            ),
            Code::IncompleteBody => (StatusCode::BAD_REQUEST, "incomplete-body", "The body ended early"),
            Code::InvalidJson => (StatusCode::BAD_REQUEST, "invalid-json", "The body is not valid JSON"),
            Code::WrongShape => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "wrong-shape",
                "The body is no message with records of this type",
            ),
            Code::WrongActivity => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "wrong-activity",
                "The message names another activity than the path",
            ),
            Code::UnknownSession => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "unknown-session",
                "The batch lacks a session at one of the transcryptors",
            ),
            Code::TranscryptionRefused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "transcryption-refused",
                "The transcryptors refused the batch",
            ),
            Code::ItemUnreadable => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "item-unreadable",
                "The batch could not be read under its session",
            ),
            Code::TranscryptionUnavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "transcryption-unavailable",
                "The transcryptors cannot be reached",
            ),
            Code::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error"),
        }
    }

    /// The code of this name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// The name that is on the wire.
    pub const fn as_str(self) -> &'static str {
        self.entry().1
    }

    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        self.entry().0.as_u16()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long to wait before asking again, in seconds.
const RETRY_AFTER_SECONDS: &str = "5";

/// Problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with a code and the id of the
/// request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    pub(crate) request_id: RequestId,
}

#[derive(Serialize)]
struct Details {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    request_id: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in request {}", self.code, self.request_id)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.entry().0
    }

    fn error_response(&self) -> HttpResponse {
        let (status, code, title) = self.code.entry();
        let mut response = HttpResponse::build(status);
        response.insert_header((CACHE_CONTROL, "no-store"));
        match self.code {
            Code::Unauthorized => response.insert_header((WWW_AUTHENTICATE, "Bearer")),
            Code::TranscryptionUnavailable => response.insert_header((RETRY_AFTER, RETRY_AFTER_SECONDS)),
            _ => &mut response,
        };
        let details = Details {
            r#type: "about:blank",
            title,
            status: status.as_u16(),
            code,
            request_id: self.request_id.to_string(),
        };
        // In this order: `json` keeps a content type that is already there.
        response.content_type("application/problem+json").json(details)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_is_an_error() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.as_str()), Some(code));
            assert!((400..=599).contains(&code.status()), "{code}");
        }
        assert_eq!(Code::parse("ok"), None);
    }
}
