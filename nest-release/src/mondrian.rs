//! Mondrian: cuts people into classes of enough people, each along the field where they differ most.
//!
//! After K. LeFevre, D. DeWitt and R. Ramakrishnan, "Mondrian multidimensional k-anonymity" (2006). Two things differ.
//! Classes are boxes that fill the whole declared space, cut at round places, so that the edges of a class are not
//! values that somebody has. And the last cuts are those with the least loss, not those in the middle.

/// A row: the places of its values, 0 where one is absent, and the size of the class that it must be in.
pub(crate) struct Row {
    pub(crate) places: Vec<u64>,
    pub(crate) k: u32,
}

/// A class: which rows, and the first and the last place of each field.
pub(crate) struct Class {
    pub(crate) rows: Vec<usize>,
    pub(crate) region: Vec<(u64, u64)>,
}

/// Where a field may be cut: between a place and the next one that somebody has.
pub(crate) type Cut<'c> = &'c dyn Fn(usize, u64, u64) -> u64;

/// A cut of a part: rows below and above, and the place where the upper part begins.
struct Split {
    field: usize,
    /// How many rows, in the order of the field, are below.
    below: usize,
    at: u64,
    loss: f64,
}

/// All that stays the same while cutting.
struct Cutter<'c> {
    rows: &'c [Row],
    space: &'c [(u64, u64)],
    cut: Cut<'c>,
}

/// Cuts rows into classes such that each has at least as many rows as any of its rows asks for. Rows that cannot be in
/// any such class are in none.
pub(crate) fn partition(rows: &[Row], space: &[(u64, u64)], cut: Cut<'_>) -> Vec<Class> {
    let cutter = Cutter { rows, space, cut };
    let mut all: Vec<usize> = (0..rows.len()).collect();
    // A row that asks for more people than there are goes; then there are fewer.
    all.sort_by_key(|row| cutter.k(*row));
    while all.last().is_some_and(|row| cutter.k(*row) > all.len()) {
        all.pop();
    }
    let mut classes = Vec::new();
    let mut open = Vec::new();
    if !all.is_empty() {
        open.push(Class { rows: all, region: space.to_vec() });
    }
    while let Some(part) = open.pop() {
        match cutter.split(part) {
            Ok(parts) => open.extend(parts),
            Err(class) => classes.push(class),
        }
    }
    classes.sort_by(|a, b| a.region.cmp(&b.region));
    classes
}

impl Cutter<'_> {
    fn k(&self, row: usize) -> usize {
        self.rows.get(row).map_or(usize::MAX, |row| row.k as usize)
    }

    fn place(&self, row: usize, field: usize) -> u64 {
        self.rows.get(row).and_then(|row| row.places.get(field)).copied().unwrap_or(0)
    }

    /// The width of a range as a share of the whole space of its field.
    fn share(&self, field: usize, (low, high): (u64, u64)) -> f64 {
        let whole = self.space.get(field).map_or(0, |(low, high)| high.saturating_sub(*low));
        if whole == 0 { 0.0 } else { high.saturating_sub(low) as f64 / whole as f64 }
    }

    /// Cuts a part in two or more, or gives it back where it cannot be cut.
    fn split(&self, part: Class) -> Result<Vec<Class>, Class> {
        let most = part.rows.iter().map(|row| self.k(*row)).max().unwrap_or(0);
        let least = part.rows.iter().map(|row| self.k(*row)).min().unwrap_or(0);
        if part.rows.len() < least.saturating_mul(2) {
            return Err(part);
        }
        let mut fields: Vec<(usize, f64)> = (0..part.region.len())
            .map(|field| (field, self.share(field, self.spread(&part.rows, field))))
            .collect();
        fields.retain(|(_, share)| *share > 0.0);
        fields.sort_by(|a, b| b.1.total_cmp(&a.1));
        if let [(field, _)] = fields.as_slice() {
            return self.split_along(part, *field);
        }
        let small = part.rows.len() < most.saturating_mul(4);
        let mut best: Option<(Split, Vec<usize>)> = None;
        for (field, _) in fields {
            let sorted = self.sorted(&part.rows, field);
            let splits = self.splits(&sorted, field);
            let found = if small {
                splits
                    .into_iter()
                    .map(|split| self.with_loss(split, &sorted))
                    .min_by(|a, b| a.loss.total_cmp(&b.loss))
            } else {
                splits.into_iter().min_by_key(|split| split.below.abs_diff(sorted.len() / 2))
            };
            if let Some(found) = found
                && best.as_ref().is_none_or(|(best, _)| found.loss < best.loss)
            {
                let enough = !small;
                best = Some((found, sorted));
                if enough {
                    break;
                }
            }
        }
        match best {
            None => Err(part),
            Some((split, sorted)) => {
                Ok(divide(&part.region, &sorted, &[(split.below, split.at)], split.field))
            }
        }
    }

    /// The smallest and the largest place of a field among rows.
    fn spread(&self, rows: &[usize], field: usize) -> (u64, u64) {
        let places = rows.iter().map(|row| self.place(*row, field));
        places.fold((u64::MAX, 0), |(low, high), place| (low.min(place), high.max(place)))
    }

    fn sorted(&self, rows: &[usize], field: usize) -> Vec<usize> {
        let mut sorted = rows.to_vec();
        sorted.sort_by_key(|row| (self.place(*row, field), *row));
        sorted
    }

    /// Every cut between two different places that leaves enough rows on both sides.
    fn splits(&self, sorted: &[usize], field: usize) -> Vec<Split> {
        let running = |rows: &mut dyn Iterator<Item = &usize>| -> Vec<usize> {
            rows.scan(0, |most, row| {
                *most = self.k(*row).max(*most);
                Some(*most)
            })
            .collect()
        };
        let below = running(&mut sorted.iter());
        let mut above = running(&mut sorted.iter().rev());
        above.reverse();
        let mut splits = Vec::new();
        for (below_rows, pair) in (1..).zip(sorted.windows(2)) {
            let [last, first] = pair else { continue };
            let (last, first) = (self.place(*last, field), self.place(*first, field));
            let needs = below.get(below_rows - 1).zip(above.get(below_rows));
            let enough = needs.is_some_and(|(a, b)| below_rows >= *a && sorted.len() - below_rows >= *b);
            if last < first && enough {
                splits.push(Split {
                    field,
                    below: below_rows,
                    at: (self.cut)(field, last, first),
                    loss: 0.0,
                });
            }
        }
        splits
    }

    /// The loss of a cut if neither side is cut again.
    fn with_loss(&self, split: Split, sorted: &[usize]) -> Split {
        let (below, above) = sorted.split_at_checked(split.below).unwrap_or_default();
        let sides = [below, above];
        let loss = sides.iter().map(|rows| {
            let shares = (0..self.space.len()).map(|field| self.share(field, self.spread(rows, field)));
            rows.len() as f64 * shares.sum::<f64>()
        });
        Split { loss: loss.sum(), ..split }
    }

    /// Rows that differ in one field only are cut at once, with the least loss over all ways to cut them.
    ///
    /// The loss of a class is its number of rows times its width. `best[i]` is that of the rows before the `i`-th
    /// possible cut; classes that could have been cut again are not tried, so the work is linear in the rows.
    fn split_along(&self, part: Class, field: usize) -> Result<Vec<Class>, Class> {
        let sorted = self.sorted(&part.rows, field);
        let Some((low, high)) = part.region.get(field).copied() else { return Err(part) };
        // Cuts as (rows below, place), with both ends.
        let mut cuts = vec![(0, low)];
        for (below, pair) in (1..).zip(sorted.windows(2)) {
            if let [last, first] = pair {
                let (last, first) = (self.place(*last, field), self.place(*first, field));
                if last < first {
                    cuts.push((below, (self.cut)(field, last, first)));
                }
            }
        }
        cuts.push((sorted.len(), high.saturating_add(1)));
        let needs: Vec<usize> = cuts
            .windows(2)
            .map(|pair| match pair {
                [(from, _), (to, _)] => {
                    sorted.iter().take(*to).skip(*from).map(|row| self.k(*row)).max().unwrap_or(0)
                }
                _ => 0,
            })
            .collect();
        let mut best: Vec<Option<(f64, usize)>> = vec![Some((0.0, 0))];
        for (end, (to, upper)) in cuts.iter().enumerate().skip(1) {
            let mut found: Option<(f64, usize)> = None;
            let mut need = 0;
            for start in (0..end).rev() {
                need = need.max(needs.get(start).copied().unwrap_or(0));
                let Some((from, lower)) = cuts.get(start) else { break };
                let size = to - from;
                let before = best.get(start).copied().flatten();
                if let Some((loss, _)) = before.filter(|_| size >= need) {
                    let loss = loss + size as f64 * upper.saturating_sub(lower + 1) as f64;
                    if found.is_none_or(|(least, _)| loss < least) {
                        found = Some((loss, start));
                    }
                }
                if found.is_some() && size >= need.saturating_mul(3) {
                    break;
                }
            }
            best.push(found);
        }
        let mut chosen = Vec::new();
        let mut end = cuts.len() - 1;
        while let Some((_, start)) = best.get(end).copied().flatten().filter(|_| end > 0) {
            if start > 0 {
                chosen.extend(cuts.get(start));
            }
            end = start;
        }
        chosen.reverse();
        if chosen.is_empty() { Err(part) } else { Ok(divide(&part.region, &sorted, &chosen, field)) }
    }
}

/// Divides sorted rows and their region at cuts, each with the number of rows below and its place.
fn divide(region: &[(u64, u64)], sorted: &[usize], cuts: &[(usize, u64)], field: usize) -> Vec<Class> {
    let end = region.get(field).map_or(0, |(_, high)| high.saturating_add(1));
    let mut low = (0, region.get(field).map_or(0, |(low, _)| *low));
    let mut parts = Vec::new();
    for (rows, place) in cuts.iter().copied().chain([(sorted.len(), end)]) {
        let mut region = region.to_vec();
        if let Some(range) = region.get_mut(field) {
            *range = (low.1, place.saturating_sub(1));
        }
        parts.push(Class { rows: sorted.iter().take(rows).skip(low.0).copied().collect(), region });
        low = (rows, place);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

        /// Counted row by row: no person is in a class that is too small for them, none is in two, and only those are
        /// left out who ask for more people than there are.
        #[test]
        fn nobody_is_in_a_class_that_is_too_small(
            rows in prop::collection::vec((prop::collection::vec(0_u64..=6, 3), prop::sample::select(vec![2_u32, 3, 5, 20])), 0..60),
        ) {
            let rows: Vec<_> = rows.into_iter().map(|(places, k)| Row { places, k }).collect();
            let classes = partition(&rows, &[(0, 6); 3], &|_, _, at| at);
            let mut seen = vec![false; rows.len()];
            for class in &classes {
                for row in &class.rows {
                    prop_assert!(!std::mem::replace(&mut seen[*row], true));
                    prop_assert!(class.rows.len() >= rows[*row].k as usize);
                    for (place, (low, high)) in rows[*row].places.iter().zip(&class.region) {
                        prop_assert!(low <= place && place <= high);
                    }
                }
            }
            let remaining = seen.iter().filter(|seen| **seen).count();
            for (row, seen) in rows.iter().zip(&seen) {
                prop_assert!(*seen || row.k as usize > remaining + 1);
            }
        }
    }
}
