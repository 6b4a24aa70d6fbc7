//! The shapes of aggregates: what each person adds, and what all of them come to, in whole numbers.

use crate::bounds::{Axis, Column};
use crate::fixed::divide_rounded;
use crate::tally::TallyError;

/// The most cells of a table.
pub const MAX_TABLE_CELLS: usize = 65_536;

/// A kind of aggregate: [`Count`], [`Mean`], [`Total`], [`Histogram`] or [`Table`].
///
/// The trait is sealed: what may leave is decided in this crate.
pub trait Shape: sealed::Parts {}

/// The number of people.
pub enum Count {}

/// The mean of one number for each person.
pub enum Mean {}

/// The sum of one number for each person.
pub enum Total {}

/// The number of people for each value of one field. Each person is in one cell.
pub enum Histogram {}

/// The number of people for each pair of values of two fields. Each person is in one cell.
pub enum Table {}

impl Shape for Count {}
impl Shape for Mean {}
impl Shape for Total {}
impl Shape for Histogram {}
impl Shape for Table {}

pub(crate) mod sealed {
    use super::TallyError;

    /// What a shape consists of. Nothing outside this crate can use it.
    pub trait Parts: Sized + 'static {
        /// What tells this question apart from one of another shape.
        const NAME: &'static str;
        /// What the schema says about the field or fields.
        type Bounds: Clone + PartialEq + Send + Sync;
        /// What one row says about a person.
        type Row: Copy;
        /// What all rows of one person come to.
        type Person: Default + Send;
        /// What all people come to, in whole numbers.
        type Raw: Send;

        fn add_row(
            bounds: &Self::Bounds,
            person: &mut Self::Person,
            row: Self::Row,
        ) -> Result<(), TallyError>;
        fn join(person: &mut Self::Person, other: Self::Person);
        fn nothing(bounds: &Self::Bounds) -> Self::Raw;
        fn add_person(bounds: &Self::Bounds, raw: &mut Self::Raw, person: Self::Person);
        fn merge(raw: &mut Self::Raw, other: Self::Raw);
        fn describe(bounds: &Self::Bounds) -> String;
    }
}

/// The rows of one person in a column: their sum and their number.
#[derive(Default)]
pub struct Rows {
    sum: i128,
    rows: u64,
}

impl Rows {
    /// Out of its bounds, a number counts as the nearest bound.
    pub(crate) fn add(&mut self, column: &Column, steps: i128) -> Result<(), TallyError> {
        self.rows = self.rows.checked_add(1).ok_or(TallyError::TooMany)?;
        // At most 2^63 rows of 2^62 each: below 2^127.
        self.sum += steps.clamp(column.min(), column.max());
        Ok(())
    }

    pub(crate) fn join(&mut self, other: Rows) {
        self.sum += other.sum;
        self.rows = self.rows.saturating_add(other.rows);
    }

    /// The mean of the person, rounded to a step.
    pub(crate) fn mean(&self) -> i128 {
        divide_rounded(self.sum, i128::from(self.rows.max(1)))
    }

    /// The mean of the person as its distance from the middle of the range, in half steps.
    pub(crate) fn centred(&self, column: &Column) -> i128 {
        2 * self.mean() - column.twice_middle()
    }
}

macro_rules! sums {
    ($shape:ident, $name:literal) => {
        impl sealed::Parts for $shape {
            const NAME: &'static str = $name;
            type Bounds = Column;
            type Row = i128;
            type Person = Rows;
            /// Σ(2x − min − max): centred sums have half the sensitivity, and half steps keep them whole.
            type Raw = i128;

            fn add_row(column: &Column, person: &mut Rows, row: i128) -> Result<(), TallyError> {
                person.add(column, row)
            }

            fn join(person: &mut Rows, other: Rows) {
                person.join(other);
            }

            fn nothing(_: &Column) -> i128 {
                0
            }

            fn add_person(column: &Column, raw: &mut i128, person: Rows) {
                *raw += person.centred(column);
            }

            fn merge(raw: &mut i128, other: i128) {
                *raw += other;
            }

            fn describe(column: &Column) -> String {
                column.describe()
            }
        }
    };
}

sums!(Mean, "mean");
sums!(Total, "total");

impl sealed::Parts for Count {
    const NAME: &'static str = "count";
    type Bounds = ();
    type Row = ();
    type Person = ();
    /// The number of contributors says it all.
    type Raw = ();

    fn add_row(_: &(), _: &mut (), _: ()) -> Result<(), TallyError> {
        Ok(())
    }

    fn join(_: &mut (), _: ()) {}
    fn nothing(_: &()) {}
    fn add_person(_: &(), _: &mut (), _: ()) {}
    fn merge(_: &mut (), _: ()) {}

    fn describe(_: &()) -> String {
        String::new()
    }
}

/// The rows of one person in cells: how many in which.
#[derive(Default)]
pub struct Votes(Vec<(usize, u64)>);

impl Votes {
    pub(crate) fn add(&mut self, cell: usize, rows: u64) {
        match self.0.iter_mut().find(|(voted, _)| *voted == cell) {
            Some((_, count)) => *count = count.saturating_add(rows),
            None => self.0.push((cell, rows)),
        }
    }

    pub(crate) fn join(&mut self, other: Votes) {
        for (cell, rows) in other.0 {
            self.add(cell, rows);
        }
    }

    /// The one cell that a person counts in: where most of their rows are; among equals, the first declared.
    pub(crate) fn cell(&self) -> Option<usize> {
        let best = self.0.iter().max_by_key(|(cell, rows)| (*rows, std::cmp::Reverse(*cell)));
        best.map(|(cell, _)| *cell)
    }

    fn count_in(&self, raw: &mut [u64]) {
        if let Some(count) = self.cell().and_then(|cell| raw.get_mut(cell)) {
            *count += 1;
        }
    }
}

fn add_counts(raw: &mut [u64], other: Vec<u64>) {
    for (count, other) in raw.iter_mut().zip(other) {
        *count = count.saturating_add(other);
    }
}

impl sealed::Parts for Histogram {
    const NAME: &'static str = "histogram";
    type Bounds = Axis;
    type Row = i128;
    type Person = Votes;
    type Raw = Vec<u64>;

    fn add_row(axis: &Axis, person: &mut Votes, row: i128) -> Result<(), TallyError> {
        person.add(axis.place(row).ok_or(TallyError::NotDeclared)?, 1);
        Ok(())
    }

    fn join(person: &mut Votes, other: Votes) {
        person.join(other);
    }

    fn nothing(axis: &Axis) -> Vec<u64> {
        vec![0; axis.cells()]
    }

    fn add_person(_: &Axis, raw: &mut Vec<u64>, person: Votes) {
        person.count_in(raw);
    }

    fn merge(raw: &mut Vec<u64>, other: Vec<u64>) {
        add_counts(raw, other);
    }

    fn describe(axis: &Axis) -> String {
        axis.describe()
    }
}

impl sealed::Parts for Table {
    const NAME: &'static str = "table";
    /// The rows and the columns.
    type Bounds = (Axis, Axis);
    type Row = (i128, i128);
    type Person = Votes;
    /// Row after row.
    type Raw = Vec<u64>;

    fn add_row(
        (rows, columns): &(Axis, Axis),
        person: &mut Votes,
        row: (i128, i128),
    ) -> Result<(), TallyError> {
        let place = rows.place(row.0).zip(columns.place(row.1));
        let (row, column) = place.ok_or(TallyError::NotDeclared)?;
        person.add(row * columns.cells() + column, 1);
        Ok(())
    }

    fn join(person: &mut Votes, other: Votes) {
        person.join(other);
    }

    fn nothing((rows, columns): &(Axis, Axis)) -> Vec<u64> {
        vec![0; rows.cells() * columns.cells()]
    }

    fn add_person(_: &(Axis, Axis), raw: &mut Vec<u64>, person: Votes) {
        person.count_in(raw);
    }

    fn merge(raw: &mut Vec<u64>, other: Vec<u64>) {
        add_counts(raw, other);
    }

    fn describe((rows, columns): &(Axis, Axis)) -> String {
        format!("{} by {}", rows.describe(), columns.describe())
    }
}
