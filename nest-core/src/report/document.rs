//! The parts that a report is made of, before it is Markdown or HTML. All texts are plain: each form escapes them.

use crate::declare::schema::Role;

/// A whole report.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) title: String,
    pub(super) parts: Vec<Part>,
}

/// One part, in the order of reading.
#[derive(Debug)]
pub(super) enum Part {
    /// A heading of the second or third level. Those of the second level are in the table of contents.
    Heading {
        level: u8,
        text: String,
        anchor: String,
    },
    Paragraph(String),
    /// Something to look at, set apart.
    Notice(String),
    List(Vec<String>),
    Table(Table),
    /// A budget: in words, and how much of it is used.
    Budget {
        text: String,
        used: usize,
        max: usize,
    },
    /// The blocks of one item, in their order, each with whom it belongs to.
    Blocks(Vec<Blocks>),
    /// Lines to be filled in by hand.
    Signature(Vec<&'static str>),
}

/// A table. The first cell of each row names it.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<String>>,
    /// Whether the names of the rows are names in a program.
    pub(super) code: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) number: bool,
}

/// So many blocks of one field.
#[derive(Debug)]
pub(super) struct Blocks {
    pub(super) field: String,
    pub(super) role: Role,
    pub(super) count: usize,
}

pub(super) const fn text(name: &'static str) -> Column {
    Column { name, number: false }
}

pub(super) const fn number(name: &'static str) -> Column {
    Column { name, number: true }
}
