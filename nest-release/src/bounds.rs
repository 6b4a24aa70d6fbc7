//! What a release may take for granted, read from the schema: the only file that knows the schema's types.
//!
//! Bounds from the data would themselves tell something about the data.

use std::fmt;

use nest_schema::{FieldOf, SchemaOf, TimeUnit, TypeOf};

/// The widest range of a number, in steps: sums of four thousand million people stay far below 128 bits.
const MAX_RANGE: i128 = 1 << 62;

/// The most values of an axis of a histogram or a table.
pub const MAX_CELLS: usize = 1024;

/// A field that has no bounds for this use.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BoundsError {
    /// The record has no field of that name.
    NoField {
        /// The name that was asked for.
        field: String,
    },
    /// The type of the field cannot be used so.
    Type {
        /// The field.
        field: String,
        /// What the field should be.
        expected: &'static str,
    },
}

impl fmt::Display for BoundsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BoundsError::NoField { field } => write!(f, "the record has no field `{field}`"),
            BoundsError::Type { field, expected } => write!(f, "field `{field}`: expected {expected}"),
        }
    }
}

impl std::error::Error for BoundsError {}

/// A field of numbers that can be added up, with its declared bounds.
///
/// Values are whole numbers of steps: of 1 for whole numbers and counts of a time, of `10^-decimals` for decimals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    name: String,
    min: i128,
    max: i128,
    decimals: u8,
}

/// A field that divides people into cells: a label, yes or no, or a small range of numbers or times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    name: String,
    /// In the order of the declaration: the value that travels and its label.
    cells: Vec<(i128, String)>,
}

/// A field of a data set: how values are ordered, written and made coarser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scale {
    pub(crate) name: String,
    pub(crate) min: i128,
    pub(crate) max: i128,
    /// Whether a value may be absent.
    pub(crate) optional: bool,
    pub(crate) kind: ScaleKind,
}

/// The order and the writing of a field of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScaleKind {
    /// A number with this many decimals.
    Number(u8),
    /// A count of a unit of time.
    Time(TimeUnit),
    /// The place of a label in the order of the declaration, with the code that travels.
    Labels(Vec<(i128, String)>),
}

impl Column {
    /// Reads the bounds of a field of numbers. A field that may be absent is read as the type that it has when it is
    /// there: people without a value contribute nothing.
    ///
    /// # Errors
    /// The record has no such field, or its values are not one bounded number (whole number, decimal, coarse time,
    /// yes or no), or its range has more than 2^62 steps.
    ///
    /// ```
    /// use nest_core::prelude::*;
    /// use nest_release::Column;
    ///
    /// #[derive(PepRecord)]
    /// #[pep(max_blocks = 3, max_bits = 127)]
    /// struct Visit {
    ///     #[pep(pseudonym)]
    ///     patient: Pseudonym,
    ///     #[pep(range = 0..=120, absent = 121)]
    ///     age: Option<u8>,
    ///     #[pep(max_bytes = 15)]
    ///     remark: String,
    /// }
    ///
    /// let age = Column::of(Visit::SCHEMA, "age")?;
    /// assert_eq!((age.min(), age.max()), (0, 120));
    /// let error = Column::of(Visit::SCHEMA, "remark").unwrap_err();
    /// assert_eq!(error.to_string(), "field `remark`: expected a bounded number");
    /// # Ok::<(), nest_release::BoundsError>(())
    /// ```
    pub fn of(schema: &SchemaOf<'_>, field: &str) -> Result<Self, BoundsError> {
        let (name, ty, _) = look_up(schema, field)?;
        let (min, max, decimals) = match *ty {
            TypeOf::Bool => (0, 1, 0),
            TypeOf::Integer { min, max } => (min, max, 0),
            TypeOf::Decimal { min, max, decimals } => (min.into(), max.into(), decimals),
            TypeOf::Time { min, max, .. } => (min.into(), max.into(), 0),
            _ => return Err(BoundsError::Type { field: name, expected: "a bounded number" }),
        };
        if min > max || min < -MAX_RANGE || max > MAX_RANGE || max - min > MAX_RANGE {
            return Err(BoundsError::Type { field: name, expected: "a range of at most 2^62 steps" });
        }
        Ok(Self { name, min, max, decimals })
    }

    /// The squares of the field's values as a column of their own, in squared steps: for sums of squares, from which a
    /// variance follows.
    ///
    /// # Errors
    /// The squares have more than 2^62 steps.
    pub fn squared(&self) -> Result<Self, BoundsError> {
        let (low, high) = (self.min * self.min, self.max * self.max);
        let min = if self.min <= 0 && self.max >= 0 { 0 } else { low.min(high) };
        let (name, max) = (format!("{}^2", self.name), low.max(high));
        if max > MAX_RANGE {
            return Err(BoundsError::Type { field: name, expected: "a range of at most 2^62 steps" });
        }
        Ok(Self { name, min, max, decimals: self.decimals.saturating_mul(2) })
    }

    /// The field's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The smallest value, in steps.
    pub fn min(&self) -> i128 {
        self.min
    }

    /// The largest value, in steps.
    pub fn max(&self) -> i128 {
        self.max
    }

    /// The number of decimals: a step is `10^-decimals`.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    /// How much one person can change a sum that is centred on the middle of the range, in half steps.
    pub(crate) fn range(&self) -> u128 {
        self.max.abs_diff(self.min)
    }

    /// The smallest and the largest value together: twice the middle of the range, exactly.
    pub(crate) fn twice_middle(&self) -> i128 {
        self.min + self.max
    }

    pub(crate) fn describe(&self) -> String {
        format!("{}:{}..={}/{}", self.name, self.min, self.max, self.decimals)
    }
}

impl Axis {
    /// Reads the cells of a field: every declared value, whether anybody has it or not.
    ///
    /// # Errors
    /// The record has no such field, or it is not a label, yes or no, or a range of at most [`MAX_CELLS`] whole
    /// numbers or times.
    pub fn of(schema: &SchemaOf<'_>, field: &str) -> Result<Self, BoundsError> {
        let scale = Scale::of(schema, field)?;
        let expected = "a label, yes or no, or at most 1024 whole numbers or times";
        let few = scale.max.abs_diff(scale.min) < MAX_CELLS as u128;
        let cells = match &scale.kind {
            ScaleKind::Labels(labels) => labels.clone(),
            ScaleKind::Number(0) | ScaleKind::Time(_) if few => {
                (scale.min..=scale.max).map(|value| (value, scale.write(value))).collect()
            }
            _ => return Err(BoundsError::Type { field: scale.name, expected }),
        };
        if cells.is_empty() || cells.len() > MAX_CELLS {
            return Err(BoundsError::Type { field: scale.name, expected });
        }
        Ok(Self { name: scale.name, cells })
    }

    /// The field's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The labels of the cells, in their order.
    pub fn labels(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|(_, label)| label.as_str())
    }

    /// The number of cells.
    pub fn cells(&self) -> usize {
        self.cells.len()
    }

    /// The place of a value that travels: a label's code, 0 or 1, a whole number or the count of a time.
    pub fn place(&self, value: i128) -> Option<usize> {
        self.cells.iter().position(|(code, _)| *code == value)
    }

    pub(crate) fn describe(&self) -> String {
        let labels: Vec<_> = self.cells.iter().map(|(code, label)| format!("{code}={label:?}")).collect();
        format!("{}:{}", self.name, labels.join(","))
    }
}

impl Scale {
    pub(crate) fn of(schema: &SchemaOf<'_>, field: &str) -> Result<Self, BoundsError> {
        let (name, ty, optional) = look_up(schema, field)?;
        let (min, max, kind) = match *ty {
            TypeOf::Bool => (0, 1, ScaleKind::Labels(vec![(0, "no".to_owned()), (1, "yes".to_owned())])),
            TypeOf::Enum(schema) => {
                let labels: Vec<_> =
                    schema.labels.iter().map(|label| (label.code.into(), label.name.to_owned())).collect();
                (0, labels.len().saturating_sub(1) as i128, ScaleKind::Labels(labels))
            }
            TypeOf::Time { unit, min, max } => (min.into(), max.into(), ScaleKind::Time(unit)),
            _ => {
                let expected = "a label, a bounded number, a coarse time, or yes or no";
                let column =
                    Column::of(schema, field).map_err(|_| BoundsError::Type { field: name, expected })?;
                return Ok(Self {
                    name: column.name,
                    min: column.min,
                    max: column.max,
                    optional,
                    kind: ScaleKind::Number(column.decimals),
                });
            }
        };
        Ok(Self { name, min, max, optional, kind })
    }

    /// The place in the order of a value that travels; `None` for a value that was not declared.
    pub(crate) fn place(&self, value: i128) -> Option<i128> {
        match &self.kind {
            ScaleKind::Labels(labels) => {
                labels.iter().position(|(code, _)| *code == value).map(|place| place as i128)
            }
            _ => (self.min..=self.max).contains(&value).then_some(value),
        }
    }

    /// A place as a text for people: a number, a time of ISO 8601, a label.
    pub(crate) fn write(&self, place: i128) -> String {
        match &self.kind {
            ScaleKind::Number(decimals) => crate::Fixed::new(place, *decimals).to_string(),
            ScaleKind::Time(unit) => unit.format(i64::try_from(place).unwrap_or_default()),
            ScaleKind::Labels(labels) => usize::try_from(place)
                .ok()
                .and_then(|place| labels.get(place))
                .map_or_else(String::new, |(_, label)| label.clone()),
        }
    }

    /// Where to cut between two places that follow each other among the data: the roundest place above the first, up
    /// to the second. Numbers are halved from their smallest value, times are cut where a year, a month or a day
    /// begins, labels between any two.
    ///
    /// A cut in the middle of nowhere says less of the data than one at a value that somebody has.
    pub(crate) fn cut(&self, before: i128, at: i128) -> i128 {
        match &self.kind {
            ScaleKind::Number(_) => {
                let (low, high) = (before.abs_diff(self.min), at.abs_diff(self.min));
                let bits = 127 - (low ^ high).max(1).leading_zeros();
                self.min + ((high >> bits) << bits) as i128
            }
            ScaleKind::Time(unit) => match (i64::try_from(before), i64::try_from(at)) {
                (Ok(before), Ok(at)) => cut_in_time(*unit, before, at).into(),
                _ => at,
            },
            ScaleKind::Labels(_) => at,
        }
    }

    pub(crate) fn describe(&self) -> String {
        format!("{}:{}..={}:{}:{:?}", self.name, self.min, self.max, self.optional, self.kind)
    }
}

/// The name and the type of a field; for one that may be absent, the type of a value that is there, and `true`.
///
/// A path such as `home.people` leads into records within the record. Where filler may stand in place of such a record,
/// the value may be absent.
fn look_up<'s>(schema: &'s SchemaOf<'s>, field: &str) -> Result<(String, &'s TypeOf<'s>, bool), BoundsError> {
    let unknown = || BoundsError::NoField { field: field.to_owned() };
    let (mut record, mut optional, mut rest) = (schema, false, field);
    loop {
        let (first, others) = rest.split_once('.').map_or((rest, None), |(first, rest)| (first, Some(rest)));
        let found: Option<&FieldOf<'s>> = record.fields.iter().find(|candidate| candidate.name == first);
        let mut ty = &found.ok_or_else(unknown)?.ty;
        if let TypeOf::Optional { item, .. } = ty {
            (ty, optional) = (item, true);
        }
        match (others, ty) {
            (None, ty) => return Ok((field.to_owned(), ty, optional)),
            (Some(others), TypeOf::Record(inner)) => (record, rest) = (inner, others),
            (Some(others), TypeOf::OrFiller(inner)) => (record, rest, optional) = (inner, others, true),
            _ => return Err(unknown()),
        }
    }
}

/// The first count of the text's year, month or day that lies in `(before, at]`, the coarsest that does.
fn cut_in_time(unit: TimeUnit, before: i64, at: i64) -> i64 {
    let starts: &[(usize, &str)] = match unit {
        TimeUnit::Month => &[(4, "-01")],
        TimeUnit::IsoWeek => &[(4, "-W01")],
        TimeUnit::Day => &[(4, "-01-01"), (7, "-01")],
        TimeUnit::Hour => &[(4, "-01-01T00"), (7, "-01T00"), (10, "T00")],
        TimeUnit::TimeOfDay => &[(2, ":00")],
        _ => {
            let round = |step: i64| at - at.rem_euclid(step);
            return [1_000, 100, 10].map(round).into_iter().find(|cut| *cut > before).unwrap_or(at);
        }
    };
    let text = unit.format(at);
    let start = |(length, rest): &(usize, &str)| unit.parse(&format!("{}{rest}", text.get(..*length)?));
    starts.iter().filter_map(start).find(|cut| *cut > before && *cut <= at).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Visit;
    use nest_core::PepRecord;
    use proptest::prelude::*;

    #[test]
    fn only_bounded_numbers_are_added_up() {
        for field in ["age", "weight", "score", "smoker"] {
            assert!(Column::of(Visit::SCHEMA, field).is_ok(), "{field}");
        }
        for field in ["patient", "ward", "remark"] {
            let error = Column::of(Visit::SCHEMA, field).unwrap_err();
            assert_eq!(error.to_string(), format!("field `{field}`: expected a bounded number"));
        }
        let error = Column::of(Visit::SCHEMA, "heigth").unwrap_err();
        assert_eq!(error.to_string(), "the record has no field `heigth`");
    }

    #[test]
    fn an_axis_has_every_declared_label() {
        let labels = |field| {
            Axis::of(Visit::SCHEMA, field).map(|axis| axis.labels().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(labels("ward").unwrap(), ["North", "South", "West"]);
        assert_eq!(labels("smoker").unwrap(), ["no", "yes"]);
        assert_eq!(labels("age").unwrap().len(), 121);
        assert!(labels("weight").is_err());
        assert!(labels("remark").is_err());
    }

    #[test]
    fn squares_have_bounds_of_their_own() {
        let squared = |field| Column::of(Visit::SCHEMA, field).unwrap().squared();
        let weight = squared("weight").unwrap();
        assert_eq!((weight.min(), weight.max(), weight.decimals()), (0, 3_000 * 3_000, 2));
        let column = |min, max| Column { name: "x".to_owned(), min, max, decimals: 0 };
        let bounds = |column: Column| column.squared().map(|squared| (squared.min(), squared.max()));
        assert_eq!(bounds(column(-7, 3)), Ok((0, 49)));
        assert_eq!(bounds(column(-7, -3)), Ok((9, 49)));
        assert!(bounds(column(0, 1 << 32)).is_err());
    }

    #[test]
    fn times_are_cut_where_a_year_or_a_month_begins() {
        let cut = |unit: TimeUnit, before, at| {
            unit.format(cut_in_time(unit, unit.parse(before).unwrap(), unit.parse(at).unwrap()))
        };
        assert_eq!(cut(TimeUnit::Day, "2023-11-02", "2024-03-15"), "2024-01-01");
        assert_eq!(cut(TimeUnit::Day, "2024-02-02", "2024-03-15"), "2024-03-01");
        assert_eq!(cut(TimeUnit::Day, "2024-03-02", "2024-03-15"), "2024-03-15");
        assert_eq!(cut(TimeUnit::Hour, "2024-03-14T23", "2024-03-15T14"), "2024-03-15T00");
        assert_eq!(cut(TimeUnit::TimeOfDay, "21:45", "22:30"), "22:00");
        assert_eq!(cut(TimeUnit::Month, "2023-12", "2024-05"), "2024-01");
        assert_eq!(cut(TimeUnit::Year, "1987", "2004"), "2000");
        assert_eq!(cut(TimeUnit::Year, "1987", "1994"), "1990");
    }

    proptest! {
        #[test]
        fn a_cut_separates_its_neighbours(a in 0_i128..=3_000, b in 0_i128..=3_000) {
            prop_assume!(a != b);
            let (before, at) = (a.min(b), a.max(b));
            let scale = Scale::of(Visit::SCHEMA, "weight").unwrap();
            let cut = scale.cut(before, at);
            prop_assert!(before < cut && cut <= at);
            for unit in TimeUnit::ALL {
                let cut = cut_in_time(unit, before as i64, at as i64);
                prop_assert!((before as i64) < cut && cut <= at as i64, "{:?}", unit);
            }
        }
    }
}
