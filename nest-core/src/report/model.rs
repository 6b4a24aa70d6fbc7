//! What the report says, part by part, made from the requests that are served and the schemas that travel in them.

use std::collections::BTreeSet;

use nest_rules::Rule;

use super::document::{Blocks, Document, Part, Table, number, text};
use super::{Exchange, Report, words};
use crate::declare::schema::{AtRest, Field, RecordKind, Role, Schema};

/// The record within an item, where there is one: what is around it is the envelope.
pub(super) fn record_of(item: &'static Schema) -> Option<&'static Schema> {
    item.field(RECORD).and_then(|field| field.ty.record())
}

/// The field of an item that holds its record.
const RECORD: &str = "record";

pub(super) fn of(report: &Report) -> Document {
    let mut parts = Parts { parts: Vec::new(), anchors: BTreeSet::new() };
    parts.paragraph(if report.exchanges.is_empty() { words::RECORDS_ALONE } else { words::SUMMARY });
    for note in &report.notes {
        parts.parts.push(Part::Notice(note.clone()));
    }
    if !report.facts.is_empty() {
        let rows = report.facts.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
        let columns = vec![text("What"), text("Value")];
        parts.table("What this report is about", columns, rows, false);
    }
    if !report.exchanges.is_empty() {
        requests(&mut parts, report);
        envelope(&mut parts, report);
    }
    records(&mut parts, report);
    storage(&mut parts, report);
    observers(&mut parts);
    rules(&mut parts);
    parts.heading(2, "Signature", "signature");
    parts.paragraph(words::SIGNING);
    parts.parts.push(Part::Signature(words::SIGNATURE.to_vec()));
    Document { title: report.title.clone(), parts: parts.parts }
}

/// The parts so far.
struct Parts {
    parts: Vec<Part>,
    anchors: BTreeSet<String>,
}

impl Parts {
    /// A heading, whose anchor no other has.
    fn heading(&mut self, level: u8, text: &str, anchor: &str) {
        let wanted: String =
            anchor.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).collect();
        let mut anchor = wanted.clone();
        let mut next = 2;
        while !self.anchors.insert(anchor.clone()) {
            anchor = format!("{wanted}-{next}");
            next += 1;
        }
        self.parts.push(Part::Heading { level, text: text.to_owned(), anchor });
    }

    fn paragraph(&mut self, text: &str) {
        self.parts.push(Part::Paragraph(text.to_owned()));
    }

    fn table(
        &mut self,
        caption: &str,
        columns: Vec<super::document::Column>,
        rows: Vec<Vec<String>>,
        code: bool,
    ) {
        self.parts.push(Part::Table(Table { caption: caption.to_owned(), columns, rows, code }));
    }
}

/// What can be asked, and what travels then.
fn requests(parts: &mut Parts, report: &Report) {
    parts.heading(2, "Requests", "requests");
    parts.paragraph(words::REQUESTS);
    let rows = report.exchanges.iter().map(|Exchange { path, does, request, answer }| {
        let item = |item: &'static Schema| {
            let record = record_of(item).map_or("no record", |record| record.name);
            format!("{record}: {}", words::count(item.blocks()))
        };
        vec![path.clone(), does.clone(), item(request), item(answer)]
    });
    let columns = vec![
        text("Address"),
        text("What it does"),
        text("Sent for each participant"),
        text("Answered for each participant"),
    ];
    parts.table("Every request that is answered", columns, rows.collect(), true);
}

/// What is around each record.
fn envelope(parts: &mut Parts, report: &Report) {
    parts.heading(2, "Around every record", "envelope");
    parts.paragraph(words::ENVELOPE);
    let mut known: Vec<&'static str> = Vec::new();
    let items = report.exchanges.iter().flat_map(|exchange| [exchange.request, exchange.answer]);
    for item in items {
        if known.contains(&item.name) {
            continue;
        }
        known.push(item.name);
        let own = item.fields.iter().filter(|field| field.name != RECORD);
        let rows = own
            .map(|field| {
                vec![
                    field.name.to_owned(),
                    field.ty.describe(),
                    field.blocks().to_string(),
                    words::line(field.doc),
                ]
            })
            .collect();
        let columns = vec![text("Field"), text("Holds"), number("Blocks"), text("Description")];
        let caption = format!("{} ({})", words::line(item.doc), item.name);
        parts.table(&caption, columns, rows, true);
    }
    parts.heading(3, "Not encrypted", "in-clear");
    parts.parts.push(Part::List(words::IN_CLEAR.map(str::to_owned).to_vec()));
}

fn records(parts: &mut Parts, report: &Report) {
    parts.heading(2, "Records", "records");
    let rows = report.records.iter().map(|schema| {
        vec![
            schema.name.to_owned(),
            schema.activity.unwrap_or("–").to_owned(),
            schema.version.to_string(),
            words::blocks(schema),
            words::bits(schema),
            schema.waivers().len().to_string(),
        ]
    });
    let columns = vec![
        text("Record"),
        text("Activity"),
        number("Version"),
        text("Blocks"),
        text("Identifying bits"),
        number("Waivers"),
    ];
    parts.table("Every kind of record that is exchanged", columns, rows.collect(), true);
    parts.paragraph(words::BLOCKS);
    parts.paragraph(words::BITS);
    for schema in &report.records {
        record(parts, schema);
    }
}

fn record(parts: &mut Parts, schema: &'static Schema) {
    let of_activity =
        schema.activity.map(|activity| format!(" of the activity {activity}")).unwrap_or_default();
    parts.heading(2, &format!("{}{of_activity}", schema.name), &format!("record-{}", schema.name));
    if !schema.doc.is_empty() {
        parts.paragraph(&words::line(schema.doc));
    }
    parts.paragraph(&format!("A {}, version {}.", words::kind(schema), schema.version));
    parts.parts.push(Part::Budget {
        text: words::blocks(schema),
        used: schema.blocks(),
        max: schema.max_blocks,
    });
    parts.parts.push(Part::Budget {
        text: format!("{}: {}", words::bits(schema), words::singles_out(schema.bits())),
        used: schema.bits() as usize,
        max: schema.max_bits().map_or(0, |bits| bits as usize),
    });
    parts.paragraph("The blocks of the record, in the order in which they travel:");
    let blocks = schema.fields.iter().map(|field| Blocks {
        field: field.name.to_owned(),
        role: field.role(),
        count: field.blocks(),
    });
    parts.parts.push(Part::Blocks(blocks.collect()));
    fields(parts, schema);
    for inner in words::inner(schema) {
        let heading = format!("{} (within {})", inner.name, schema.name);
        parts.heading(3, &heading, &format!("record-{}-{}", schema.name, inner.name));
        if !inner.doc.is_empty() {
            parts.paragraph(&words::line(inner.doc));
        }
        fields(parts, inner);
    }
    parts.heading(3, "Rules set aside", &format!("waivers-{}", schema.name));
    let waivers = schema.waivers();
    if waivers.is_empty() {
        parts.paragraph("None. The record keeps every rule of the table of rules.");
    } else {
        let rows = waivers
            .into_iter()
            .map(|(field, waiver)| vec![field, waiver.rule.name().to_owned(), words::line(waiver.reason)]);
        let columns = vec![text("Field"), text("Rule"), text("Reason, in the words of who declared it")];
        parts.table("Rules that the record sets aside", columns, rows.collect(), true);
    }
    let fingerprints = [
        ("shape", schema.shape_fingerprint(), "what can be seen of a record from outside"),
        ("meaning", schema.meaning_fingerprint(), "how its values are read"),
        ("content", schema.content_fingerprint(), "all that was declared, but documentation and budgets"),
    ];
    let rows = fingerprints.map(|(name, print, of)| vec![name.to_owned(), print.to_string(), of.to_owned()]);
    let columns = vec![text("Fingerprint of"), text("Value"), text("Changes with")];
    parts.table("By these a later declaration can be compared with this one", columns, rows.to_vec(), false);
}

fn fields(parts: &mut Parts, schema: &'static Schema) {
    let rows = schema.fields.iter().map(|field: &Field| {
        vec![
            field.name.to_owned(),
            words::role(field.role()).to_owned(),
            words::holds(field),
            words::at_rest(field).to_owned(),
            field.blocks().to_string(),
            field.bits().to_string(),
            words::line(field.doc),
        ]
    });
    let columns = vec![
        text("Field"),
        text("Role"),
        text("Holds"),
        text("In storage"),
        number("Blocks"),
        number("Bits"),
        text("Description"),
    ];
    parts.table(&format!("Fields of {}", schema.name), columns, rows.collect(), true);
    let labels = schema.fields.iter().flat_map(words::labels);
    let rows: Vec<_> = labels.collect();
    if !rows.is_empty() {
        let columns = vec![text("Field"), text("Label"), number("Code"), text("Description")];
        parts.table(&format!("Labels in {}", schema.name), columns, rows, true);
    }
    for variant in schema.variants {
        let used =
            if variant.fields.is_empty() { "no other field".to_owned() } else { variant.fields.join(", ") };
        parts.paragraph(&format!("Variant {} uses {used}; the other fields hold filler.", variant.name));
    }
}

/// What can be read of each record where it is kept. The records are listed even where every field is sealed, so that
/// no reader has to conclude it from what is missing.
fn storage(parts: &mut Parts, report: &Report) {
    parts.heading(2, "In storage", "storage");
    parts.paragraph(words::STORAGE);
    let mut known: Vec<&'static Schema> = Vec::new();
    let mut rows = Vec::new();
    for schema in
        report.records.iter().flat_map(|record| std::iter::once(*record).chain(words::inner(record)))
    {
        if known.contains(&schema) {
            continue;
        }
        known.push(schema);
        let of = |at_rest: AtRest| {
            let kept = |field: &&Field| field.role() != Role::Record && field.at_rest == at_rest;
            let names: Vec<_> = schema.fields.iter().filter(kept).map(|field| field.name).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        rows.push(vec![schema.name.to_owned(), of(AtRest::Plain), of(AtRest::Alone), of(AtRest::Sealed)]);
    }
    let columns = vec![text("Record"), text("Readable"), text("Each sealed alone"), text("Sealed together")];
    parts.table("How the fields of each record are kept", columns, rows, true);
}

fn observers(parts: &mut Parts) {
    parts.heading(2, "Who sees what", "observers");
    let rows = words::OBSERVERS.map(|row| row.map(str::to_owned).to_vec()).to_vec();
    let columns = vec![text("Who"), text("Sees"), text("Does not see"), text("By")];
    parts.table("For every kind of record on this page", columns, rows, false);
    parts.heading(3, "Who may match records together", "matching");
    parts.paragraph(words::MATCHING);
    parts.heading(3, "What nothing here protects against", "limits");
    parts.parts.push(Part::List(words::LIMITS.map(str::to_owned).to_vec()));
}

fn rules(parts: &mut Parts) {
    parts.heading(2, "The rules", "rules");
    let rows = Rule::ALL.iter().map(|rule| {
        let waivable = if rule.waivable() { "with a reason" } else { "no" };
        vec![rule.name().to_owned(), rule.meaning().to_owned(), waivable.to_owned()]
    });
    let columns = vec![text("Rule"), text("Meaning"), text("Can be set aside")];
    let caption = "The compiler refuses a declaration that breaks one of these without saying why. It judges types, \
                   bounds and names, and not what is written into a field";
    parts.table(caption, columns, rows.collect(), false);
}

/// Linking variables never travel, so a report has none; were one added by hand, it says so.
pub(super) const fn travels(kind: RecordKind) -> bool {
    !matches!(kind, RecordKind::Linkage)
}
