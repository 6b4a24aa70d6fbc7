//! Minimum cell sizes for exact histograms and tables, such that sums do not give back what is suppressed.

use crate::flow::Network;
use crate::{
    Histogram, HistogramOf, Margins, Policy, RawAggregate, Refused, ReleasePolicy, Released, Suppressible,
    Table, TableOf,
};

/// Releases exact cells and margins, and suppresses those about fewer people than a minimum, zero included.
///
/// Further cells, or margins, are suppressed until the shown numbers leave open, for each cell that is too small,
/// every number from zero to one below the minimum. A suppressed zero therefore looks like a suppressed three. Among
/// the ways to reach that, the one is taken step by step that suppresses the fewest people.
///
/// It does **not** protect against other tables about the same people, nor against somebody who knows some of the
/// people in a cell and subtracts them. Use noise where a processor may ask more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinimumCell {
    minimum: u32,
}

impl MinimumCell {
    /// The policy with this minimum, and at least 2: a cell of one person is that person.
    pub const fn new(minimum: u32) -> Self {
        Self { minimum: if minimum < 2 { 2 } else { minimum } }
    }

    /// The refusal comes first: below the minimum altogether, every cell would be suppressed.
    fn released<T>(self, people: u32, value: T) -> Result<Released<T>, Refused> {
        let policy = Policy::MinimumCell { minimum: self.minimum };
        if people < self.minimum {
            return Err(Refused::TooFew);
        }
        Ok(Released::new(value, policy, people.into(), None))
    }
}

fn cell(value: u64, hidden: Option<bool>) -> Suppressible<u64> {
    if hidden == Some(false) { Suppressible::Value(value) } else { Suppressible::Suppressed }
}

impl ReleasePolicy<Histogram> for MinimumCell {
    type Answer = HistogramOf<Suppressible<u64>>;

    fn release(&self, raw: RawAggregate<Histogram>) -> Result<Released<Self::Answer>, Refused> {
        let people = raw.contributors();
        let total = u64::from(people);
        let mut network = Network::new(2);
        for count in raw.raw() {
            network.add(0, 1, *count);
        }
        network.add(1, 0, total);
        network.protect(self.minimum.into());
        let mut hidden = network.hidden();
        let counts = raw.bounds().labels().zip(raw.raw());
        let cells = counts.map(|(label, count)| (label.to_owned(), cell(*count, hidden.next()))).collect();
        let total = Some(cell(total, hidden.next()));
        self.released(people, HistogramOf { field: raw.bounds().name().to_owned(), cells, total })
    }
}

impl ReleasePolicy<Table> for MinimumCell {
    type Answer = TableOf<Suppressible<u64>>;

    fn release(&self, raw: RawAggregate<Table>) -> Result<Released<Self::Answer>, Refused> {
        let people = raw.contributors();
        let (row_axis, column_axis) = raw.bounds();
        let (height, width) = (row_axis.cells(), column_axis.cells());
        let mut sums = (vec![0_u64; height], vec![0_u64; width]);
        // Nodes: the rows, all rows together, the columns, all columns together.
        let (all_rows, all_columns) = (height, height + 1 + width);
        let column_node = |column| height + 1 + column;
        let mut network = Network::new(height + width + 2);
        for (place, count) in raw.raw().iter().enumerate() {
            let (row, column) = (place / width, place % width);
            network.add(row, column_node(column), *count);
            for sum in [sums.0.get_mut(row), sums.1.get_mut(column)].into_iter().flatten() {
                *sum += count;
            }
        }
        for (row, sum) in sums.0.iter().enumerate() {
            network.add(all_columns, row, *sum);
        }
        for (column, sum) in sums.1.iter().enumerate() {
            network.add(column_node(column), all_rows, *sum);
        }
        network.add(all_rows, all_columns, people.into());
        network.protect(self.minimum.into());

        let mut hidden = network.hidden();
        let mut cells =
            |counts: &[u64]| -> Vec<_> { counts.iter().map(|count| cell(*count, hidden.next())).collect() };
        let table = raw.raw().chunks(width.max(1)).map(&mut cells).collect();
        let rows = cells(&sums.0);
        let columns = cells(&sums.1);
        let total = cells(&[people.into()]).pop().unwrap_or(Suppressible::Suppressed);
        let value = TableOf {
            fields: (row_axis.name().to_owned(), column_axis.name().to_owned()),
            rows: row_axis.labels().map(str::to_owned).collect(),
            columns: column_axis.labels().map(str::to_owned).collect(),
            cells: table,
            margins: Some(Margins { rows, columns, total }),
        };
        self.released(people, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Axis;
    use crate::testing::Visit;
    use nest_core::PepRecord;
    use proptest::prelude::*;

    use Suppressible::{Suppressed, Value};

    fn axis(field: &str) -> Axis {
        Axis::of(Visit::SCHEMA, field).unwrap()
    }

    fn release(counts: &[u64], minimum: u32) -> TableOf<Suppressible<u64>> {
        let raw = RawAggregate::<Table>::from_counts(axis("ward"), axis("smoker"), counts.to_vec()).unwrap();
        MinimumCell::new(minimum).release(raw).unwrap().value
    }

    /// Whether a table of whole numbers agrees with what is shown and has `value` at `place`: a search without any
    /// cleverness. `top` is the largest number that is tried where nothing bounds a cell.
    fn possible(table: &TableOf<Suppressible<u64>>, place: usize, value: u64, top: u64) -> bool {
        let shown: Vec<_> = table.cells.iter().flatten().copied().collect();
        let width = table.columns.len();
        let margins = table.margins.as_ref().unwrap();
        let fits = |sum: u64, margin: &Suppressible<u64>, full: bool| match margin {
            Suppressed => true,
            Value(shown) => sum == *shown || (sum < *shown && !full),
        };
        let mut stack = vec![Vec::new()];
        while let Some(cells) = stack.pop() {
            let (done, all) = (cells.len(), cells.len() == shown.len());
            let row_fits = |(row, margin): (usize, _)| {
                fits(cells.iter().skip(row * width).take(width).sum(), margin, done >= (row + 1) * width)
            };
            let column_fits = |(column, margin): (usize, _)| {
                fits(cells.iter().skip(column).step_by(width).sum(), margin, all)
            };
            if !margins.rows.iter().enumerate().all(row_fits)
                || !margins.columns.iter().enumerate().all(column_fits)
                || !fits(cells.iter().sum(), &margins.total, all)
            {
                continue;
            }
            if all {
                return true;
            }
            let candidates = match shown[done] {
                _ if done == place => value..=value,
                Value(value) => value..=value,
                Suppressed => 0..=top,
            };
            stack.extend(candidates.map(|value| cells.iter().copied().chain([value]).collect::<Vec<u64>>()));
        }
        false
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

        /// The margins leave open every number from zero to one below the minimum.
        #[test]
        fn margins_do_not_give_back_a_small_cell(
            counts in prop::collection::vec(prop_oneof![0_u64..4, 0_u64..9], 6),
            minimum in 2_u32..5,
        ) {
            prop_assume!(counts.iter().sum::<u64>() >= u64::from(minimum));
            let table = release(&counts, minimum);
            for (place, count) in counts.iter().enumerate() {
                let shown = table.cells[place / 2][place % 2];
                if *count < u64::from(minimum) {
                    prop_assert_eq!(shown, Suppressed);
                    for value in 0..u64::from(minimum) {
                        prop_assert!(possible(&table, place, value, 30), "{table:?} gives back cell {place}");
                    }
                } else {
                    prop_assert!(shown == Value(*count) || shown == Suppressed);
                }
            }
        }
    }

    #[test]
    fn two_suppressed_zeros_are_not_given_back_by_their_sum() {
        // The first row has no other people: its sum would say that both are zero.
        let table = release(&[0, 0, 20, 30, 40, 50], 5);
        let margins = table.margins.unwrap();
        assert_eq!(margins.rows[0], Suppressed);
        assert!(table.cells.iter().flatten().filter(|cell| **cell == Suppressed).count() > 2);
    }

    #[test]
    fn what_is_large_is_shown_whole() {
        let table = release(&[20, 30, 40, 50, 60, 70], 10);
        assert_eq!(table.cells, [[Value(20), Value(30)], [Value(40), Value(50)], [Value(60), Value(70)]]);
        assert_eq!(table.margins.unwrap().total, Value(270));
    }

    #[test]
    fn a_histogram_with_one_small_cell_loses_another_or_its_total() {
        let release = |counts: [u64; 3]| {
            let raw = RawAggregate::<Histogram>::from_counts(axis("ward"), counts.to_vec()).unwrap();
            MinimumCell::new(10).release(raw)
        };
        let value = release([3, 20, 30]).unwrap().value;
        let cells: Vec<_> = value.cells.iter().map(|(_, cell)| *cell).collect();
        assert_eq!((cells, value.total), (vec![Suppressed, Suppressed, Value(30)], Some(Value(53))));
        // A suppressed zero has the same picture as a suppressed three.
        let zero = release([0, 20, 30]).unwrap().value;
        assert_eq!(zero.cells, value.cells);
        assert_eq!(release([3, 3, 3]).unwrap_err(), release([0, 0, 0]).unwrap_err());
    }

    #[test]
    fn a_large_table_is_quick() {
        let axis = || Axis::of(Visit::SCHEMA, "age").unwrap();
        let counts: Vec<u64> = (0..121_u64 * 121).map(|i| i.wrapping_mul(2_654_435_761) >> 7 & 31).collect();
        let raw = RawAggregate::<Table>::from_counts(axis(), axis(), counts).unwrap();
        let table = MinimumCell::new(5).release(raw).unwrap().value;
        assert!(table.cells.iter().flatten().any(|cell| *cell != Suppressed));
    }
}
