//! A report as one HTML page: no script, no network.

use super::document::{Blocks, Column, Document, Part, Table};
use super::words;
use crate::declare::schema::Role;

pub(super) fn write(document: &Document) -> String {
    let title = escape(&document.title);
    let contents: String = document
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Heading { level: 2, text, anchor } => {
                Some(format!("<li><a href=\"#{}\">{}</a></li>\n", escape(anchor), escape(text)))
            }
            _ => None,
        })
        .collect();
    let mut body = String::new();
    for part in &document.parts {
        part_to(&mut body, part);
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <nav aria-label=\"Sections\"><ul>\n{contents}</ul></nav>\n{body}</main>\n</body>\n</html>\n",
        include_str!("page.css"),
    )
}

fn part_to(out: &mut String, part: &Part) {
    let html = match part {
        Part::Heading { level, text, anchor } => {
            format!("<h{level} id=\"{}\">{}</h{level}>\n", escape(anchor), escape(text))
        }
        Part::Paragraph(text) => format!("<p>{}</p>\n", escape(text)),
        Part::Notice(text) => format!("<p class=\"notice\">{}</p>\n", escape(text)),
        Part::List(items) => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>\n", escape(item))).collect();
            format!("<ul>\n{items}</ul>\n")
        }
        Part::Budget { text, used, max } => budget(text, *used, *max),
        Part::Blocks(blocks) => {
            let boxes: String = blocks.iter().map(block).collect();
            format!("<ul class=\"layout\">\n{boxes}</ul>\n")
        }
        Part::Signature(lines) => {
            let lines: String =
                lines.iter().map(|line| format!("<div><dt>{line}</dt><dd></dd></div>\n")).collect();
            format!("<dl class=\"signature\">\n{lines}</dl>\n")
        }
        Part::Table(table) => table_of(table),
    };
    out.push_str(&html);
}

/// A line about a budget, with a bar where there is a bound.
fn budget(text: &str, used: usize, max: usize) -> String {
    let bar = match used.saturating_mul(100).checked_div(max) {
        Some(percent) => {
            let percent = percent.min(100);
            format!(
                "<span class=\"meter\" aria-hidden=\"true\"><span style=\"width:{percent}%\"></span></span>"
            )
        }
        None => String::new(),
    };
    format!("<div class=\"budget\">{}.{bar}</div>\n", escape(text))
}

/// One box, as wide as its blocks.
fn block(part: &Blocks) -> String {
    let class = if part.role == Role::Pseudonym { " class=\"is-pseudonym\"" } else { "" };
    format!(
        "<li{class} style=\"flex-grow:{}\">{}<span class=\"count\">{}, {}</span></li>\n",
        part.count,
        escape(&part.field),
        words::count(part.count),
        words::role(part.role)
    )
}

fn table_of(table: &Table) -> String {
    let class = |column: &Column| if column.number { " class=\"number\"" } else { "" };
    let heads: String = table
        .columns
        .iter()
        .map(|column| format!("<th scope=\"col\"{}>{}</th>", class(column), column.name))
        .collect();
    let rows: String = table
        .rows
        .iter()
        .map(|cells| {
            let cells = cells.iter().zip(&table.columns).enumerate().map(|(i, (cell, column))| {
                let cell = escape(cell);
                match (i, table.code) {
                    (0, true) => {
                        format!("<th scope=\"row\"><code>{}</code></th>", cell.replace('/', "/<wbr>"))
                    }
                    (0, false) => format!("<th scope=\"row\">{cell}</th>"),
                    _ => format!("<td{} data-label=\"{}\">{cell}</td>", class(column), column.name),
                }
            });
            format!("<tr>{}</tr>\n", cells.collect::<String>())
        })
        .collect();
    format!(
        "<table>\n<caption>{}</caption>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n",
        escape(&table.caption)
    )
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
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}
