//! A report as Markdown.

use super::document::{Document, Part, Table};
use super::words;

pub(super) fn write(document: &Document) -> String {
    let mut out = format!("# {}\n", escape(&document.title));
    for part in &document.parts {
        out.push('\n');
        part_to(&mut out, part);
    }
    out
}

fn part_to(out: &mut String, part: &Part) {
    let text = match part {
        Part::Heading { level, text, .. } => format!("{} {}\n", "#".repeat((*level).into()), escape(text)),
        Part::Paragraph(text) => format!("{}\n", paragraph(text)),
        Part::Notice(text) => format!("> {}\n", paragraph(text)),
        Part::List(items) => items.iter().map(|item| format!("- {}\n", paragraph(item))).collect(),
        Part::Budget { text, .. } => format!("- {}.\n", paragraph(text)),
        Part::Blocks(blocks) => {
            let lines = blocks.iter().map(|part| {
                format!(
                    "- {}: {}, {}\n",
                    escape(&part.field),
                    words::count(part.count),
                    words::role(part.role)
                )
            });
            lines.collect()
        }
        Part::Signature(lines) => {
            lines.iter().map(|line| format!("{line}: ______________________________\n\n")).collect()
        }
        Part::Table(table) => table_of(table),
    };
    out.push_str(&text);
}

fn table_of(table: &Table) -> String {
    let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut out = format!("{}:\n\n", escape(&table.caption));
    out += &row(table.columns.iter().map(|column| column.name.to_owned()).collect());
    let rule = |number: bool| if number { "---:" } else { "---" }.to_owned();
    out += &row(table.columns.iter().map(|column| rule(column.number)).collect());
    for cells in &table.rows {
        out += &row(cells.iter().map(|cell| escape(cell)).collect());
    }
    out
}

/// A text that begins a line: what would begin a list or underline a heading there does not.
fn paragraph(text: &str) -> String {
    let text = escape(text.trim_start());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.as_bytes().get(digits);
    if text.starts_with(['-', '+', '=']) {
        format!("\\{text}")
    } else if digits > 0 && matches!(after, Some(b'.' | b')')) {
        let (number, rest) = text.split_at(digits);
        format!("{number}\\{rest}")
    } else {
        text
    }
}

/// Text of a declaration as Markdown that shows it as it is, in one line.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' | '\r' | '\t' => out.push(' '),
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' | '&' | '~' => {
                out.push('\\');
                out.push(letter);
            }
            letter => out.push(letter),
        }
    }
    out
}
