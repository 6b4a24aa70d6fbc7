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

    /// The records, each with a heading of its own: instances of a record with parameters share their name.
    fn headed(&self) -> impl Iterator<Item = (String, &'static Schema)> + '_ {
        self.records.iter().enumerate().map(|(i, schema)| {
            let same = |record: &&&'static Schema| record.name == schema.name;
            let heading = if self.records.iter().filter(same).count() > 1 {
                let before = self.records.iter().take(i).filter(same).count();
                format!("{} ({})", schema.name, before + 1)
            } else {
                schema.name.to_owned()
            };
            (heading, *schema)
        })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[derive(PepEnum)]
    #[allow(dead_code)]
    enum Reason {
        NoConsent,
        Ill,
    }

    /// A visit <b>to</b> the school | or the doctor.
    #[derive(PepRecord)]
    #[pep(activity = "visits", max_blocks = 12, max_bits = 500, version = 3)]
    struct Visit {
        #[pep(pseudonym)]
        visitor: Pseudonym,
        /// What was said & done.
        #[pep(max_bytes = 40)]
        remark: String,
        #[pep(range = 0..=9_999_999, allow(global_identifier, reason = "drawn for <this> study"))]
        visit_id: u32,
        outcome: Outcome,
    }

    #[derive(PepRecord)]
    #[pep(max_blocks = 3)]
    #[allow(dead_code)]
    enum Outcome {
        Done { minutes: u8 },
        Refused { reason: Reason },
    }

    fn report() -> Report {
        Report::new("Visits & more").record::<Visit>().record::<Outcome>()
    }

    #[test]
    fn both_forms_name_everything_that_is_declared() {
        let report = report();
        for text in [report.to_markdown(), report.to_html()] {
            for expected in [
                "visitor",
                "remark",
                "outcome",
                "minutes",
                "reason",
                "NoConsent",
                "text, at most 40 bytes",
                "whole number, 0 to 9999999",
                "visits",
                "version 3",
                "8 of 12 blocks used, 4 left",
                "353 of 500 identifying bits used",
                "global-identifier",
                "Variant",
            ] {
                assert!(text.contains(expected), "{expected} is missing");
            }
            // Nobody declared the bounds of `minutes`: they are those of its type.
            assert!(!text.contains("Numbers have declared bounds"));
            for rule in nest_rules::Rule::ALL {
                assert!(text.contains(rule.name()) && text.contains(rule.meaning()));
            }
        }
    }

    #[test]
    fn what_authors_wrote_is_shown_as_text_not_as_markup() {
        let html = report().to_html();
        assert!(html.contains("A visit &lt;b&gt;to&lt;/b&gt; the school | or the doctor."));
        assert!(html.contains("drawn for &lt;this&gt; study") && html.contains("Visits &amp; more"));
        let markdown = report().to_markdown();
        assert!(markdown.contains("A visit \\<b\\>to\\</b\\> the school \\| or the doctor."));
        assert!(markdown.contains("What was said \\& done."));
    }

    #[test]
    fn the_page_needs_no_network_and_no_script() {
        let html = report().to_html();
        for forbidden in ["http:", "https:", "src=", "@import", "url(", "<script", "<link"] {
            assert!(!html.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn a_table_row_of_markdown_has_as_many_cells_as_its_head() {
        let markdown = report().to_markdown();
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut head = None;
        for line in markdown.lines() {
            match (line.starts_with('|'), head) {
                (true, None) => head = Some(cells(line)),
                (true, Some(head)) => assert_eq!(cells(line), head, "{line}"),
                (false, _) => head = None,
            }
        }
    }
}
