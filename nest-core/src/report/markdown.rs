//! The report as Markdown.

use std::fmt::Write;

use nest_rules::Rule;

use super::{Report, words};
use crate::schema::{Field, Schema};

pub(super) fn write(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a `String` cannot fail.
    let _ = report_to(&mut out, report);
    out
}

fn report_to(out: &mut String, report: &Report) -> std::fmt::Result {
    writeln!(out, "# {}\n\n{}\n", escape(&report.title), words::SUMMARY)?;
    writeln!(out, "## Overview\n")?;
    writeln!(out, "| record | activity | version | blocks | identifying bits | waivers |")?;
    writeln!(out, "| --- | --- | ---: | --- | --- | ---: |")?;
    for (heading, schema) in report.headed() {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            escape(&heading),
            escape(schema.activity.unwrap_or("–")),
            schema.version,
            words::blocks(schema),
            words::bits(schema),
            schema.waivers().len()
        )?;
    }
    writeln!(out, "\n{}\n\n{}\n", words::BLOCKS, words::BITS)?;
    for (heading, schema) in report.headed() {
        record_to(out, &escape(&heading), schema)?;
    }
    writeln!(out, "## Who sees what\n")?;
    writeln!(out, "| party | can see | cannot see |\n| --- | --- | --- |")?;
    for (party, sees, not) in words::OBSERVERS {
        writeln!(out, "| {party} | {sees} | {not} |")?;
    }
    writeln!(out, "\n## The rules\n\nNo declaration that breaks one of these is built into software.\n")?;
    writeln!(out, "| rule | meaning | can be waived |\n| --- | --- | --- |")?;
    for rule in Rule::ALL {
        let waivable = if rule.waivable() { "with a reason" } else { "no" };
        writeln!(out, "| {} | {} | {waivable} |", rule.name(), rule.meaning())?;
    }
    Ok(())
}

fn record_to(out: &mut String, heading: &str, schema: &'static Schema) -> std::fmt::Result {
    writeln!(out, "## {heading}\n")?;
    if !schema.doc.is_empty() {
        writeln!(out, "{}\n", escape(schema.doc))?;
    }
    writeln!(out, "- A {}, version {}.", words::kind(schema), schema.version)?;
    writeln!(out, "- {}.", words::blocks(schema))?;
    writeln!(out, "- {}: {}.\n", words::bits(schema), words::singles_out(schema.bits()))?;
    fields_to(out, schema)?;
    let layout: Vec<_> = words::layout(schema)
        .into_iter()
        .map(|(name, role, blocks)| {
            let mark = if words::role(role) == "pseudonym" { "P" } else { "A" };
            // Code shows everything as it is, but for the end of its own block.
            format!("[{}] {}", mark.repeat(blocks), name.replace(['\n', '\r'], " ").replace('`', "'"))
        })
        .collect();
    writeln!(out, "Blocks (P pseudonym, A attribute):\n\n```text\n{}\n```\n", layout.join("\n"))?;
    for variant in schema.variants {
        writeln!(out, "- Variant {}: uses {}.", escape(variant.name), escape(&list(variant.fields)))?;
    }
    waivers_to(out, schema)?;
    for record in words::inner(schema) {
        writeln!(out, "### {} (within {heading})\n", escape(record.name))?;
        fields_to(out, record)?;
    }
    Ok(())
}

fn list(names: &[&str]) -> String {
    if names.is_empty() { "no other field".to_owned() } else { names.join(", ") }
}

fn fields_to(out: &mut String, schema: &Schema) -> std::fmt::Result {
    writeln!(out, "| field | role | holds | blocks | bits | description | rules kept |")?;
    writeln!(out, "| --- | --- | --- | ---: | ---: | --- | --- |")?;
    for field in schema.fields {
        let Field { name, doc, ty, .. } = field;
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            escape(name),
            words::role(field.role()),
            escape(&ty.describe()),
            field.blocks(),
            field.bits(),
            escape(doc),
            words::rules(field)
        )?;
    }
    writeln!(out)
}

fn waivers_to(out: &mut String, schema: &Schema) -> std::fmt::Result {
    let waivers = schema.waivers();
    if waivers.is_empty() {
        return writeln!(out, "No rule is waived.\n");
    }
    writeln!(out, "Rules waived:\n")?;
    for (field, waiver) in waivers {
        writeln!(out, "- **{}** on {}: {}", waiver.rule.name(), escape(&field), escape(waiver.reason))?;
    }
    writeln!(out)
}

/// Text of a declaration as Markdown that shows it as it is, in one line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' => out.push(' '),
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '&' => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    out
}
