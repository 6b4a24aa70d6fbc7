//! The report as one HTML page: no script, no network.

use std::fmt::Write;

use nest_rules::Rule;

use super::{Report, words};
use crate::schema::{Role, Schema};

pub(super) fn write(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = page_to(&mut out, report);
    out
}

fn page_to(out: &mut String, report: &Report) -> std::fmt::Result {
    let title = escape(&report.title);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>",
        include_str!("page.css"),
        words::SUMMARY
    )?;
    writeln!(out, "<nav aria-label=\"Sections\"><ul>")?;
    for (i, (heading, _)) in report.headed().enumerate() {
        writeln!(out, "<li><a href=\"#record-{i}\">{}</a></li>", escape(&heading))?;
    }
    writeln!(
        out,
        "<li><a href=\"#observers\">Who sees what</a></li><li><a href=\"#rules\">The rules</a></li></ul></nav>"
    )?;
    overview_to(out, report)?;
    for (i, (heading, schema)) in report.headed().enumerate() {
        record_to(out, i, &escape(&heading), schema)?;
    }
    observers_to(out)?;
    rules_to(out)?;
    writeln!(out, "</main>\n</body>\n</html>")
}

fn overview_to(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "<h2>Overview</h2>")?;
    let rows = report.headed().map(|(heading, schema)| {
        let waivers = schema.waivers().len().to_string();
        [
            escape(&heading),
            escape(schema.activity.unwrap_or("–")),
            words::blocks(schema),
            words::bits(schema),
            waivers,
        ]
    });
    let heads = [
        ("Record", false),
        ("Activity", false),
        ("Blocks", false),
        ("Identifying bits", false),
        ("Waivers", true),
    ];
    table_to(out, "Every kind of record that is exchanged", &heads, rows)?;
    writeln!(out, "<p>{}</p>\n<p>{}</p>", words::BLOCKS, words::BITS)
}

fn record_to(out: &mut String, i: usize, name: &str, schema: &'static Schema) -> std::fmt::Result {
    writeln!(out, "<section aria-labelledby=\"record-{i}\">\n<h2 id=\"record-{i}\">{name}</h2>")?;
    if !schema.doc.is_empty() {
        writeln!(out, "<p>{}</p>", escape(schema.doc))?;
    }
    writeln!(out, "<ul class=\"facts\">")?;
    let activity = schema.activity.map(|activity| format!(" of the activity {}", escape(activity)));
    let (kind, version) = (words::kind(schema), schema.version);
    writeln!(out, "<li>A {kind}{}, version {version}.</li>", activity.unwrap_or_default())?;
    fact_to(out, &words::blocks(schema), schema.blocks(), schema.max_blocks)?;
    let bits = format!("{}: {}", words::bits(schema), words::singles_out(schema.bits()));
    let max_bits = schema.max_bits().map_or(0, |bits| bits as usize);
    fact_to(out, &bits, schema.bits() as usize, max_bits)?;
    writeln!(out, "</ul>")?;
    layout_to(out, schema)?;
    fields_to(out, schema, &format!("Fields of {name}"))?;
    for variant in schema.variants {
        let fields =
            if variant.fields.is_empty() { "no other field".to_owned() } else { variant.fields.join(", ") };
        writeln!(out, "<p>Variant <strong>{}</strong> uses {}.</p>", escape(variant.name), escape(&fields))?;
    }
    for record in words::inner(schema) {
        writeln!(out, "<h3>{} (within {name})</h3>", escape(record.name))?;
        fields_to(out, record, &format!("Fields of {}", escape(record.name)))?;
    }
    writeln!(out, "<h3>Waivers</h3>")?;
    let waivers = schema.waivers();
    if waivers.is_empty() {
        writeln!(out, "<p>No rule is waived.</p>")?;
    }
    for (field, waiver) in waivers {
        writeln!(
            out,
            "<p class=\"waiver\"><strong>{}</strong> on <code>{}</code>: {}</p>",
            waiver.rule.name(),
            escape(&field),
            escape(waiver.reason)
        )?;
    }
    writeln!(out, "</section>")
}

/// A line about a budget, with a bar where there is a bound.
fn fact_to(out: &mut String, text: &str, used: usize, max: usize) -> std::fmt::Result {
    write!(out, "<li>{}.", escape(text))?;
    if let Some(percent) = (used.saturating_mul(100)).checked_div(max) {
        let percent = percent.min(100);
        write!(
            out,
            "<span class=\"meter\" aria-hidden=\"true\"><span style=\"width:{percent}%\"></span></span>"
        )?;
    }
    writeln!(out, "</li>")
}

/// A picture of the blocks: one box for each field, as wide as its blocks.
fn layout_to(out: &mut String, schema: &Schema) -> std::fmt::Result {
    writeln!(out, "<h3>Blocks</h3>\n<ul class=\"layout\">")?;
    for (name, role, blocks) in words::layout(schema) {
        let class = if role == Role::Pseudonym { " class=\"is-pseudonym\"" } else { "" };
        let noun = if blocks == 1 { "block" } else { "blocks" };
        writeln!(
            out,
            "<li{class} style=\"flex-grow:{blocks}\">{}<span class=\"count\">{blocks} {noun}, {}</span></li>",
            escape(name),
            words::role(role)
        )?;
    }
    writeln!(out, "</ul>")
}

fn fields_to(out: &mut String, schema: &Schema, caption: &str) -> std::fmt::Result {
    let rows = schema.fields.iter().map(|field| {
        let role = words::role(field.role());
        [
            format!("<code>{}</code>", escape(field.name)),
            format!("<span class=\"{role}\">{role}</span>"),
            escape(&field.ty.describe()),
            field.blocks().to_string(),
            field.bits().to_string(),
            escape(field.doc),
            words::rules(field),
        ]
    });
    let heads = [
        ("Field", false),
        ("Role", false),
        ("Holds", false),
        ("Blocks", true),
        ("Bits", true),
        ("Description", false),
        ("Rules kept", false),
    ];
    table_to(out, caption, &heads, rows)
}

fn observers_to(out: &mut String) -> std::fmt::Result {
    writeln!(out, "<h2 id=\"observers\">Who sees what</h2>")?;
    let heads = [("Party", false), ("Can see", false), ("Cannot see", false)];
    let rows = words::OBSERVERS.map(|(party, sees, not)| [party.to_owned(), sees.to_owned(), not.to_owned()]);
    table_to(out, "For every kind of record on this page", &heads, rows)
}

fn rules_to(out: &mut String) -> std::fmt::Result {
    writeln!(out, "<h2 id=\"rules\">The rules</h2>")?;
    let heads = [("Rule", false), ("Meaning", false), ("Can be waived", false)];
    let rows = Rule::ALL.map(|rule| {
        let waivable = if rule.waivable() { "with a reason" } else { "no" };
        [rule.name().to_owned(), rule.meaning().to_owned(), waivable.to_owned()]
    });
    table_to(out, "No declaration that breaks one of these is built into software", &heads, rows)
}

/// A table whose cells hold HTML; the first cell of each row names it.
fn table_to<const N: usize>(
    out: &mut String,
    caption: &str,
    heads: &[(&str, bool); N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> std::fmt::Result {
    let class = |number: bool| if number { " class=\"number\"" } else { "" };
    writeln!(out, "<table>\n<caption>{caption}</caption>\n<thead><tr>")?;
    for (head, number) in heads {
        writeln!(out, "<th scope=\"col\"{}>{head}</th>", class(*number))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in rows {
        write!(out, "<tr>")?;
        for (i, (cell, (head, number))) in row.iter().zip(heads).enumerate() {
            if i == 0 {
                write!(out, "<th scope=\"row\">{cell}</th>")?;
            } else {
                write!(out, "<td{} data-label=\"{head}\">{cell}</td>", class(*number))?;
            }
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody>\n</table>")
}

/// Text of a declaration as HTML that shows it as it is.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}
