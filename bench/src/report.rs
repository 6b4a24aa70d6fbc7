//! What was measured: first one table of what it was to show, then the details.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use crate::machine::cores;
use crate::{Spread, Table};

/// What is to be shown, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Part {
    Seal,
    SealOne,
    Open,
    Cores,
    RoundTrip,
    Single,
    Wire,
    Floor,
    Growth,
}

impl Part {
    /// What is measured, and against what.
    fn words(self) -> [&'static str; 2] {
        match self {
            Self::Seal => [
                "seal a batch of 1,000 `assessment` records, one core, all work counted",
                "libpep 0.12 `encrypt_batch` + serialise, same values",
            ],
            Self::SealOne => {
                ["seal one record, time waited with a warm pool", "libpep `encrypt` + serialise"]
            }
            Self::Open => ["open it, one core", "libpep deserialise + `decrypt_batch` + `to_value`"],
            Self::Cores if cores() == 2 => ["seal and open, two cores", "one core"],
            Self::Cores => ["seal and open, all cores", "one core"],
            Self::RoundTrip => [
                "a whole round trip: platform → source → two `paas-server` → back",
                "`nest-data-source-api` 0.7.1 on the same transcryptors, values and TLS",
            ],
            Self::Single => ["requests per second, single operations", "the same crate, over TLS"],
            Self::Wire => ["wire bytes per record", "the same crate"],
            Self::Floor => ["seal and open", "the floor computed from primitives measured in the same run"],
            Self::Growth => ["growth", "records 10 to 100,000, blocks 1 to 64"],
        }
    }
}

/// What a ratio should come to.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum Aim {
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

/// One line of the first table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) part: Part,
    /// Which of several of the part, and in what unit.
    pub(crate) what: String,
    pub(crate) nest: Spread,
    /// What the other came to, or why it came to nothing.
    pub(crate) other: Result<Spread, String>,
    /// How many times better nest is, or how many times as much it takes: none where the other came to nothing.
    pub(crate) ratio: Option<Spread>,
    pub(crate) aim: Aim,
}

impl Row {
    fn cells(&self) -> [String; 7] {
        let [what, against] = self.part.words();
        let other = self.other.as_ref().map_or_else(Clone::clone, Spread::to_string);
        let said = match self.ratio {
            Some(ratio) if self.aim.met(ratio.median) => "met",
            Some(ratio) if ratio.median.is_nan() => "unknown",
            Some(_) => "**missed**",
            None => "alone",
        };
        let what = format!("{what}: {}", self.what);
        let ratio = self.ratio.map(|ratio| ratio.to_string()).unwrap_or_default();
        let aim = self.ratio.map(|_| self.aim.to_string()).unwrap_or_default();
        [what, against.to_owned(), self.nest.to_string(), other, ratio, aim, said.to_owned()]
    }
}

/// The rows of the first table and the sections below it, in any order of the former.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    rows: Vec<Row>,
    details: Vec<Detail>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Detail {
    heading: String,
    text: String,
}

impl Report {
    pub(crate) fn row(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn detail(&mut self, heading: &str, text: impl Display) {
        self.details.push(Detail { heading: heading.to_owned(), text: text.to_string() });
    }

    /// Adds what another part of the run has measured.
    pub fn join(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.details.extend(other.details);
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::of_text(["what", "against", "nest", "the other", "ratio", "aim", ""]);
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.part);
        rows.into_iter().for_each(|row| table.row(row.cells()));
        write!(f, "{table}")?;
        self.details
            .iter()
            .try_for_each(|Detail { heading, text }| write!(f, "\n## {heading}\n\n{}\n", text.trim_end()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Aim, Part, Report, Row};
    use crate::Spread;

    #[test]
    fn rows_stand_in_the_order_of_their_parts_and_say_whether_their_aim_is_met() {
        let row = |part, ratio: Option<f64>, aim| Row {
            part,
            what: "x".to_owned(),
            nest: Spread::of([1.0]),
            other: ratio.map(|_| Spread::of([2.0])).ok_or("fails".to_owned()),
            ratio: ratio.map(|ratio| Spread::of([ratio])),
            aim,
        };
        let mut report = Report::default();
        report.row(row(Part::Wire, Some(0.91), Aim::AtMost(0.9)));
        report.row(row(Part::Open, Some(2.0), Aim::AtLeast(2.0)));
        report.row(row(Part::RoundTrip, None, Aim::AtLeast(2.5)));
        let text = report.to_string();
        let ends: Vec<_> = text.lines().skip(2).filter_map(|line| line.split("| 1.00 | ").nth(1)).collect();
        assert_eq!(
            ends,
            [
                "2.00 | 2.00 | at least 2 | met |",
                "fails |  |  | alone |",
                "2.00 | 0.91 | at most 0.9 | **missed** |"
            ]
        );
    }
}
