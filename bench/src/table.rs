//! Rows of Markdown, as they go to the terminal and into a file.

use std::fmt::{self, Display};

/// What a ratio should come to.
#[derive(Debug, Clone, Copy)]
pub enum Aim {
    /// No less than this.
    AtLeast(f64),
    /// No more than this.
    AtMost(f64),
}

impl Aim {
    fn met(self, ratio: f64) -> bool {
        match self {
            Aim::AtLeast(aim) => ratio >= aim,
            Aim::AtMost(aim) => ratio <= aim,
        }
    }
}

impl Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aim::AtLeast(aim) => write!(f, "at least {aim}"),
            Aim::AtMost(aim) => write!(f, "at most {aim}"),
        }
    }
}

/// One measurement of both.
#[derive(Debug, Clone)]
pub struct Row {
    what: String,
    nest: String,
    upstream: String,
    ratio: Option<f64>,
    aim: Option<Aim>,
}

impl Row {
    /// What was measured and what came out. Without a ratio where only one could be measured.
    pub fn new(what: impl Display, nest: impl Display, upstream: impl Display, ratio: Option<f64>) -> Self {
        Self {
            what: what.to_string(),
            nest: nest.to_string(),
            upstream: upstream.to_string(),
            ratio,
            aim: None,
        }
    }

    /// Says what the ratio should come to.
    #[must_use]
    pub fn aim(mut self, aim: Aim) -> Self {
        self.aim = Some(aim);
        self
    }
}

impl Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, nest, upstream, ratio, aim } = self;
        write!(f, "| {what} | {nest} | {upstream} | ")?;
        match ratio {
            Some(ratio) => write!(f, "{ratio:.2} | ")?,
            None => f.write_str("| ")?,
        }
        match (aim, ratio) {
            (Some(aim), Some(ratio)) => {
                write!(f, "{aim}: {} |", if aim.met(*ratio) { "met" } else { "missed" })
            }
            (Some(aim), None) => write!(f, "{aim} |"),
            (None, _) => f.write_str("|"),
        }
    }
}

/// A table with its head.
#[derive(Debug, Clone)]
pub struct Table {
    /// The names of both columns: what is measured, and what it is measured against.
    pub names: [&'static str; 2],
    /// In the order in which they were measured.
    pub rows: Vec<Row>,
}

impl Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [nest, upstream] = self.names;
        writeln!(f, "| | {nest} | {upstream} | ratio | aim |")?;
        writeln!(f, "| --- | ---: | ---: | ---: | --- |")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, Row};

    #[test]
    fn a_row_says_whether_its_aim_is_met() {
        let row = |ratio| Row::new("speed", 1, 2, ratio).aim(Aim::AtLeast(2.5)).to_string();
        assert_eq!(row(Some(2.5)), "| speed | 1 | 2 | 2.50 | at least 2.5: met |");
        assert_eq!(row(Some(2.49)), "| speed | 1 | 2 | 2.49 | at least 2.5: missed |");
        assert_eq!(row(None), "| speed | 1 | 2 | | at least 2.5 |");
        let bytes = Row::new("bytes", 1, 2, Some(0.91)).aim(Aim::AtMost(0.9)).to_string();
        assert_eq!(bytes, "| bytes | 1 | 2 | 0.91 | at most 0.9: missed |");
    }
}
