//! The report for the person who signs: what a data source exchanges about people, and who can see what of it.
//!
//! A data source makes it from its own routes: `DataSourceApi::report` of nest-api. Records that travel another way are
//! added by their type:
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

mod document;
mod html;
mod markdown;
mod model;
#[cfg(test)]
mod tests;
mod words;

use crate::PepRecord;
use crate::declare::schema::Schema;

/// A document about what is exchanged, for a data protection officer who prepares an assessment (DPIA, article 35 of the
/// GDPR): Markdown with [`to_markdown`](Self::to_markdown), or one HTML page that needs no network with
/// [`to_html`](Self::to_html). Both are written from one model, so neither says more than the other.
///
/// It holds declarations only, never a value, a pseudonym, a caller or a token. It says what the declarations guarantee,
/// and what they do not: it does not know who may call a data source, nor how long anything is kept.
#[derive(Debug, Clone)]
pub struct Report {
    title: String,
    facts: Vec<(String, String)>,
    notes: Vec<String>,
    exchanges: Vec<Exchange>,
    records: Vec<&'static Schema>,
}

/// One request that is answered: what travels in it, and in its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Its address, as in `/api/v1/activities/assessment/results`.
    pub path: String,
    /// What it does, in a sentence without a full stop.
    pub does: String,
    /// One item of the request: everything that is sealed for one participant.
    pub request: &'static Schema,
    /// One item of the answer.
    pub answer: &'static Schema,
}

impl Report {
    /// A report of nothing yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            facts: Vec::new(),
            notes: Vec::new(),
            exchanges: Vec::new(),
            records: Vec::new(),
        }
    }

    /// Adds what identifies the report, to the table at its beginning: `("Data source", "school")`.
    #[must_use]
    pub fn fact(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((name.into(), value.into()));
        self
    }

    /// Adds a paragraph before everything else that the reader has to know.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds a request that is answered, with all records that travel in it.
    #[must_use]
    pub fn exchange(mut self, exchange: Exchange) -> Self {
        for item in [exchange.request, exchange.answer] {
            if let Some(record) = model::record_of(item) {
                self = self.schema(record);
            }
        }
        self.exchanges.push(exchange);
        self
    }

    /// Adds a record type that travels another way than in the requests.
    #[must_use]
    pub fn record<R: PepRecord>(self) -> Self {
        self.schema(R::SCHEMA)
    }

    /// Adds a record type by its schema. One that is there already is not added again.
    #[must_use]
    pub fn schema(mut self, schema: &'static Schema) -> Self {
        if !self.records.contains(&schema) {
            self.records.push(schema);
        }
        self
    }

    /// The report as Markdown (CommonMark with tables).
    pub fn to_markdown(&self) -> String {
        markdown::write(&model::of(self))
    }

    /// The report as one HTML page: no script, no network, readable on a phone and on paper.
    pub fn to_html(&self) -> String {
        html::write(&model::of(self))
    }
}
