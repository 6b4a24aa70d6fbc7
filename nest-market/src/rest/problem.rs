//! What a request is told that failed: problem details (RFC 9457) with a code that stays the same.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value as Json, json};

use crate::account::AccountError;
use crate::database::DatabaseError;
use crate::money::{LedgerError, PayoutError};
use crate::offer::OfferError;
use crate::people::PeopleError;
use crate::query::QueryError;

/// Why a request failed. It says nothing of what was sent, and nothing of others.
#[derive(Debug, Clone)]
pub struct Problem {
    status: u16,
    code: &'static str,
    detail: String,
    more: Map<String, Json>,
    retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), more: Map::new(), retry_after: None }
    }

    pub(super) fn invalid(detail: impl Into<String>) -> Self {
        Self::new(422, "invalid", detail)
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, "not-found", "there is no such thing")
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "unauthorized", "log in, and send the session's token as a bearer token")
    }

    pub(super) fn forbidden() -> Self {
        Self::new(403, "forbidden", "accounts of this kind may not do this")
    }

    fn unavailable() -> Self {
        Self { retry_after: Some(2), ..Self::new(503, "unavailable", "try again later") }
    }

    pub(super) fn internal() -> Self {
        Self::new(500, "internal", "a fault of the market")
    }

    /// Every code with its status, for the description.
    pub(super) const CODES: &'static [(&'static str, u16)] = &[
        ("unauthorized", 401),
        ("forbidden", 403),
        ("not-found", 404),
        ("conflict", 409),
        ("too-late", 409),
        ("other-terms", 409),
        ("not-enough-money", 409),
        ("taken", 409),
        ("unsupported-media-type", 415),
        ("invalid", 422),
        ("invalid-query", 422),
        ("key-reused", 422),
        ("too-many-tries", 429),
        ("internal", 500),
        ("unavailable", 503),
    ];

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(super) fn answer(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        response.insert_header((CACHE_CONTROL, "no-store"));
        if self.status == 401 {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        let mut body = json!({
            "type": "about:blank",
            "title": self.status().canonical_reason().unwrap_or("Error"),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        });
        if let Some(body) = body.as_object_mut() {
            body.extend(self.more.clone());
        }
        response.content_type("application/problem+json").json(body)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.answer()
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        tracing::error!(%error, "the database refused");
        if error.is_temporary() { Self::unavailable() } else { Self::internal() }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let detail = error.to_string();
        match error {
            AccountError::Denied => Self::new(401, "unauthorized", detail),
            AccountError::NotFound => Self::not_found(),
            AccountError::Taken => Self::new(409, "taken", detail),
            AccountError::TooMany { seconds } => {
                Self { retry_after: Some(seconds), ..Self::new(429, "too-many-tries", detail) }
            }
            AccountError::MoneyLeft => Self::new(409, "conflict", detail),
            AccountError::Busy => Self::unavailable(),
            AccountError::Database(error) => error.into(),
            AccountError::Invalid(_) => Self::invalid(detail),
        }
    }
}

impl From<LedgerError> for Problem {
    fn from(error: LedgerError) -> Self {
        let detail = error.to_string();
        match error {
            LedgerError::NotEnough { .. } => Self::new(409, "not-enough-money", detail),
            LedgerError::KeyReused => Self::new(422, "key-reused", detail),
            LedgerError::Database(error) => error.into(),
            _ => Self::invalid(detail),
        }
    }
}

impl From<PayoutError> for Problem {
    fn from(error: PayoutError) -> Self {
        let detail = error.to_string();
        match error {
            PayoutError::NotFound => Self::not_found(),
            PayoutError::Ledger(error) => error.into(),
            PayoutError::Unavailable => Self::unavailable(),
            _ => Self::new(409, "conflict", detail),
        }
    }
}

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        let detail = error.to_string();
        match error {
            PeopleError::NotFound => Self::not_found(),
            PeopleError::Denied => Self::new(401, "unauthorized", detail),
            PeopleError::KeyReused => Self::new(422, "key-reused", detail),
            PeopleError::Erased => Self::new(409, "conflict", detail),
            PeopleError::Busy => Self::unavailable(),
            PeopleError::Account(error) => error.into(),
            PeopleError::Database(error) => error.into(),
            PeopleError::Vault(error) => {
                tracing::error!(%error, "the vault refused");
                Self::unavailable()
            }
            PeopleError::Reading { record, .. } => {
                let mut problem = Self::invalid(detail);
                problem.more.insert("record".to_owned(), record.into());
                problem
            }
            PeopleError::Senml(error) => {
                let mut problem = Self::invalid(detail);
                if let Some(record) = error.record {
                    problem.more.insert("record".to_owned(), record.into());
                }
                problem
            }
            _ => Self::invalid(detail),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let mut problem = Self::new(422, "invalid-query", error.message.clone());
        problem.more.insert("at".to_owned(), json!([error.at.start, error.at.end]));
        problem.more.insert("fault".to_owned(), error.code.code().into());
        problem.more.insert("repair".to_owned(), error.repair.into());
        problem
    }
}

impl From<OfferError> for Problem {
    fn from(error: OfferError) -> Self {
        let detail = error.to_string();
        match error {
            OfferError::NotFound => Self::not_found(),
            OfferError::OtherTerms => Self::new(409, "other-terms", detail),
            OfferError::Closed | OfferError::TooLate => Self::new(409, "too-late", detail),
            OfferError::State(_) | OfferError::AwaitingReceipt => Self::new(409, "conflict", detail),
            OfferError::KeyReused => Self::new(422, "key-reused", detail),
            OfferError::Query(error) => error.into(),
            OfferError::Account(error) => error.into(),
            OfferError::Ledger(error) => error.into(),
            OfferError::People(error) => error.into(),
            OfferError::Database(error) => error.into(),
            OfferError::Budget(error) => {
                tracing::error!(%error, "the budget refused");
                Self::unavailable()
            }
            OfferError::Payment | OfferError::Plan(_) | OfferError::Invalid(_) => Self::invalid(detail),
        }
    }
}
