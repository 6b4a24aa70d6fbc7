//! The report for the person who signs: what a set of records holds, and who can see what of it.
//!
//! ```
//! use nest_core::prelude::*;
//! use nest_core::report::Report;
//!
//! #[derive(PepRecord)]
//! #[pep(activity = "assessment", max_blocks = 2)]
//! struct Score {
//!     /// Who took the test.
//!     #[pep(pseudonym)]
//!     pupil: Pseudonym,
//!     /// Points out of a hundred.
//!     #[pep(range = 0..=100)]
//!     points: u8,
//! }
//!
//! let report = Report::new("Reading study").record::<Score>();
//! assert!(report.to_markdown().contains("Points out of a hundred."));
//! assert!(report.to_html().starts_with("<!doctype html>"));
//! ```

mod html;
mod markdown;
mod words;

use crate::PepRecord;
use crate::schema::Schema;

/// A document about a set of record types, for a data protection officer who prepares an assessment (DPIA, article
/// 35 of the GDPR): Markdown with [`to_markdown`](Self::to_markdown), or one HTML page that needs no network with
/// [`to_html`](Self::to_html).
///
/// It holds declarations only, never a value or a pseudonym. It says what the declarations guarantee, and what
/// they do not: it does not know who may call a data source, nor how long anything is kept.
#[derive(Debug, Clone)]
pub struct Report {
    title: String,
    records: Vec<&'static Schema>,
}

impl Report {
    /// A report without records yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), records: Vec::new() }
    }

    /// Adds a record type.
    #[must_use]
    pub fn record<R: PepRecord>(self) -> Self {
        self.schema(R::SCHEMA)
    }

    /// Adds a record type by its schema.
    #[must_use]
    pub fn schema(mut self, schema: &'static Schema) -> Self {
        self.records.push(schema);
        self
    }

    /// The report as Markdown (CommonMark with tables).
    pub fn to_markdown(&self) -> String {
        markdown::write(self)
    }

    /// The report as one HTML page: no script, no network, readable on a phone and on paper.
    pub fn to_html(&self) -> String {
        html::write(self)
    }
}
