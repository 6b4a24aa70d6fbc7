//! What the report says of declarations that were made to break it.

use super::*;
use crate::prelude::*;

#[derive(PepEnum)]
#[allow(dead_code)]
enum Reason {
    #[pep(rename = "<missing>")]
    NoConsent,
    /// 1. At home | in bed.
    Ill,
}

/// A visit <b>to</b> the school | or the doctor.
#[derive(PepRecord)]
#[pep(activity = "visits", max_blocks = 12, max_bits = 500, version = 3)]
struct Visit {
    #[pep(pseudonym)]
    visitor: Pseudonym,
    /// What was said & done.
    #[pep(max_bytes = 40, at_rest = "alone")]
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

mod other {
    use crate::prelude::*;

    /// Another record of that name.
    #[derive(PepRecord)]
    #[pep(activity = "walks", max_blocks = 1)]
    pub(super) struct Visit {
        #[pep(at_rest = "plain")]
        pub(super) long: bool,
    }
}

/// An item as the API has them.
#[derive(PepRecord)]
#[pep(max_blocks = 12)]
struct Given {
    /// About whom.
    #[pep(pseudonym)]
    who: Pseudonym,
    /// The ticket.
    #[pep(range = 0..=65_535)]
    tag: u64,
    record: other::Visit,
}

/// A question.
#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Ask {
    #[pep(pseudonym)]
    who: Pseudonym,
}

fn report() -> Report {
    let exchange = Exchange {
        path: "/api/v1/activities/walks/create".to_owned(),
        does: "Gives a record".to_owned(),
        request: Given::SCHEMA,
        answer: Ask::SCHEMA,
    };
    Report::new("Visits & more")
        .fact("Data source", "the <school>")
        .exchange(exchange)
        .record::<Visit>()
        .record::<Outcome>()
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
            "text, at most 40 bytes",
            "whole number, 0 to 9999999",
            "visits",
            "version 3",
            "8 of 12 blocks used, 4 left",
            &format!("{} of 500 identifying bits used", Visit::SCHEMA.bits()),
            "global-identifier",
            "Variant",
            "Function",
            "Place and date",
            &Visit::SCHEMA.shape_fingerprint().to_string(),
            &Visit::SCHEMA.meaning_fingerprint().to_string(),
            &Visit::SCHEMA.content_fingerprint().to_string(),
        ] {
            assert!(text.replace("\\_", "_").contains(expected), "{expected} is missing");
        }
        for rule in nest_rules::Rule::ALL {
            assert!(text.contains(rule.name()));
        }
    }
}

#[test]
fn the_envelope_of_every_item_is_counted() {
    for text in [report().to_markdown(), report().to_html()] {
        // The participant and the tag travel with the record of one block.
        assert!(text.contains("Visit: 3 blocks") && text.contains("no record: 1 block"), "{text}");
        assert!(text.contains("About whom.") && text.contains("The ticket."));
    }
}

#[test]
fn what_is_readable_in_storage_is_said_of_every_record() {
    let markdown = report().to_markdown().replace("\\_", "_");
    for row in [
        // The record within the other has a row of its own.
        "| Visit | none | remark | visitor, visit_id |",
        "| Outcome | none | none | variant, minutes, reason |",
        "| Visit | long | none | none |",
        "| long | attribute | yes or no | readable | 1 |",
    ] {
        assert!(markdown.contains(row), "{row} is missing in {markdown}");
    }
    assert!(report().to_html().contains("older backups still hold it"));
}

#[test]
fn what_authors_wrote_is_shown_as_text_not_as_markup() {
    let html = report().to_html();
    assert!(html.contains("A visit &lt;b&gt;to&lt;/b&gt; the school | or the doctor."));
    assert!(html.contains("drawn for &lt;this&gt; study") && html.contains("Visits &amp; more"));
    assert!(html.contains("&lt;missing&gt;") && !html.contains("<missing>"));
    let markdown = report().to_markdown();
    assert!(markdown.contains("A visit \\<b\\>to\\</b\\> the school \\| or the doctor."));
    assert!(markdown.contains("What was said \\& done.") && markdown.contains("\\<missing\\>"));
    assert!(!markdown.contains("<missing>"));
}

#[test]
fn every_anchor_is_there_once_and_every_link_leads_somewhere() {
    let html = report().to_html();
    let after = |mark: &'static str| -> Vec<String> {
        html.split(mark).skip(1).map(|rest| rest.split('"').next().unwrap_or("").to_owned()).collect()
    };
    let (anchors, links) = (after(" id=\""), after("href=\"#"));
    let unique: std::collections::BTreeSet<_> = anchors.iter().collect();
    assert_eq!(unique.len(), anchors.len(), "{anchors:?}");
    assert!(anchors.contains(&"record-Visit".to_owned()) && anchors.contains(&"record-Visit-2".to_owned()));
    assert!(links.iter().all(|link| anchors.contains(link)) && !links.is_empty());
}

#[test]
fn parties_and_limits_are_those_of_security() {
    let security: String =
        include_str!("../../../SECURITY.md").split_whitespace().collect::<Vec<_>>().join(" ");
    for [who, sees, not, by] in words::OBSERVERS {
        assert!(security.contains(&format!("| {who} | {sees} | {not} | {by} |")), "{who}");
    }
    for limit in words::LIMITS {
        assert!(security.contains(&format!("- {limit}")), "{limit}");
    }
    let (_, limits) = security.split_once("## What nothing here protects against").unwrap_or_default();
    let (limits, _) = limits.split_once("## ").unwrap_or_default();
    assert_eq!(limits.matches(" - ").count(), words::LIMITS.len());
    let (_, table) = security.split_once("| who | sees | does not see | by |").unwrap_or_default();
    let (table, _) = table.split_once("## ").unwrap_or_default();
    assert_eq!(table.matches("| |").count(), words::OBSERVERS.len());
}

#[test]
fn a_report_without_requests_does_not_say_that_nothing_else_is_exchanged() {
    let text = Report::new("Visits").record::<Visit>().to_markdown();
    assert!(!text.contains("nothing else is exchanged") && text.contains("which other kinds of records"));
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
