//! The STAR data, read from the file that lies beside the examples.

use std::fmt;

use crate::records::{ClassType, Grade, SchoolType};

/// One line of the file: a pupil in one school year.
///
/// The numbers of pupil and teacher are the same everywhere. They may not leave the data source: it makes
/// pseudonyms of them.
#[derive(Clone, PartialEq)]
pub struct Row {
    /// The number of the pupil.
    pub pupil: String,
    /// The number of the teacher.
    pub teacher: String,
    /// The school, 1 to 24.
    pub school: u8,
    /// The school year.
    pub grade: Grade,
    /// The kind of class.
    pub class_type: ClassType,
    /// The surroundings of the school.
    pub school_type: SchoolType,
    /// Whether the pupil had a right to free lunch.
    pub free_lunch: Option<bool>,
    /// The reading score.
    pub reading: Option<u16>,
    /// The mathematics score.
    pub math: Option<u16>,
}

/// A line that does not say what the description of the data promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadLine {
    /// The number of the line, from 1.
    pub line: usize,
    /// The column that is wrong.
    pub column: &'static str,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "star.csv, line {}: unexpected value in column `{}`", self.line, self.column)
    }
}

impl std::error::Error for BadLine {}

const FILE: &str = include_str!("../data/star.csv");
const COLUMNS: &str = "id,sch,gr,cltype,read,math,ses,schtype,yrs,tch";

/// Every record of the file.
///
/// # Errors
///
/// A [`BadLine`] for the first that is wrong.
pub fn rows() -> Result<Vec<Row>, BadLine> {
    parse(FILE)
}

fn parse(file: &str) -> Result<Vec<Row>, BadLine> {
    let mut lines = file.lines().zip(1..);
    match lines.next() {
        Some((COLUMNS, _)) => {
            lines.map(|(text, line)| row(text).map_err(|column| BadLine { line, column })).collect()
        }
        _ => Err(BadLine { line: 1, column: COLUMNS }),
    }
}

/// One line, or the name of the column that is wrong.
fn row(text: &str) -> Result<Row, &'static str> {
    let fields: Vec<&str> = text.split(',').collect();
    let &[id, sch, gr, cltype, read, math, ses, schtype, _, tch] = fields.as_slice() else {
        return Err(COLUMNS);
    };
    Ok(Row {
        pupil: number(id).ok_or("id")?,
        teacher: number(tch).ok_or("tch")?,
        school: sch.parse().map_err(|_| "sch")?,
        grade: match gr {
            "K" => Grade::Kindergarten,
            "1" => Grade::First,
            "2" => Grade::Second,
            "3" => Grade::Third,
            _ => return Err("gr"),
        },
        class_type: match cltype {
            "small" => ClassType::Small,
            "reg" => ClassType::Regular,
            "reg+A" => ClassType::RegularWithAide,
            _ => return Err("cltype"),
        },
        school_type: match schtype {
            "inner" => SchoolType::InnerCity,
            "suburb" => SchoolType::Suburban,
            "rural" => SchoolType::Rural,
            "urban" => SchoolType::Urban,
            _ => return Err("schtype"),
        },
        free_lunch: match ses {
            "" => None,
            "F" => Some(true),
            "N" => Some(false),
            _ => return Err("ses"),
        },
        reading: score(read).ok_or("read")?,
        math: score(math).ok_or("math")?,
    })
}

fn number(text: &str) -> Option<String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.to_owned())
}

/// A score, or the empty field of one that is missing; `None` for anything else.
fn score(text: &str) -> Option<Option<u16>> {
    if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_its_description_says() {
        let rows = rows().unwrap();
        assert_eq!(rows.len(), 8024);
        assert_eq!(rows.iter().filter(|row| row.reading.is_none()).count(), 632);
        assert_eq!(rows.iter().filter(|row| row.math.is_none()).count(), 608);
        assert_eq!(rows.iter().filter(|row| row.free_lunch.is_none()).count(), 264);
        let people = |number: fn(&Row) -> &str| {
            rows.iter().map(number).collect::<std::collections::HashSet<_>>().len()
        };
        assert_eq!(people(|row| &row.pupil), 3744);
        assert_eq!(people(|row| &row.teacher), 417);
    }

    #[test]
    fn a_bad_line_is_an_error_that_names_its_column() {
        let line = "100096,22,K,small,418,489,F,inner,0,351";
        let fault = |line: &str| parse(&format!("{COLUMNS}\n{line}\n")).map(|rows| rows.len());
        assert_eq!(fault(line), Ok(1));
        for (bad, column) in [
            (line.replace("100096", "x"), "id"),
            (line.replace(",22,", ",,"), "sch"),
            (line.replace(",K,", ",4,"), "gr"),
            (line.replace("small", "tiny"), "cltype"),
            (line.replace("418", "-1"), "read"),
            (line.replace("489", "4e2"), "math"),
            (line.replace(",F,", ",f,"), "ses"),
            (line.replace("inner", "outer"), "schtype"),
            (line.replace("351", ""), "tch"),
            (format!("{line},"), COLUMNS),
        ] {
            assert_eq!(fault(&bad), Err(BadLine { line: 2, column }), "{bad}");
        }
    }
}
