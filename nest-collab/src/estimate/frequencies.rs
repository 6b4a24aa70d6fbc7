//! How many records have how many links.

use rand::RngExt;

/// How many records have 0, 1, 2, … links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequencies(Vec<u64>);

/// The most links of a record that have a cell of their own. A record with more counts as one with so many.
const MOST: usize = 200;

impl Frequencies {
    /// The numbers of records with 0, 1, 2, … links.
    pub fn new(records: impl IntoIterator<Item = u64>) -> Self {
        let mut cells: Vec<u64> = Vec::new();
        for (links, count) in records.into_iter().enumerate() {
            let place = links.min(MOST);
            if place == cells.len() {
                cells.push(count);
            } else if let Some(cell) = cells.get_mut(place) {
                *cell = cell.saturating_add(count);
            }
        }
        while cells.last() == Some(&0) {
            cells.pop();
        }
        Self(cells)
    }

    /// Of the number of links of each record, before any link is chosen among them.
    pub fn of_records(links: impl IntoIterator<Item = u32>) -> Self {
        let mut cells = vec![0; MOST + 1];
        for number in links {
            if let Some(cell) = cells.get_mut((number as usize).min(MOST)) {
                *cell += 1;
            }
        }
        Self::new(cells)
    }

    /// All records.
    pub fn records(&self) -> u64 {
        self.0.iter().copied().fold(0, u64::saturating_add)
    }

    /// All links.
    pub fn links(&self) -> u64 {
        self.cells().fold(0, |sum, (links, count)| sum.saturating_add((links as u64).saturating_mul(count)))
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = (usize, u64)> {
        self.0.iter().copied().enumerate()
    }
}

/// So many things divided at random among places of these shares.
pub(super) fn multinomial(things: u64, shares: &[f64], rng: &mut impl rand::Rng) -> Vec<u64> {
    let (mut left, mut rest) = (things, shares.iter().sum::<f64>());
    let mut numbers = Vec::with_capacity(shares.len());
    for (place, share) in shares.iter().enumerate() {
        let last = place + 1 == shares.len();
        let number = if last || rest <= *share { left } else { binomial(left, share / rest, rng) };
        numbers.push(number);
        left -= number;
        rest -= share;
    }
    numbers
}

/// A binomial number: counted where there are few, and by the normal approximation, rounded, where there are many.
fn binomial(tries: u64, share: f64, rng: &mut impl rand::Rng) -> u64 {
    let (mean, variance) = (tries as f64 * share, tries as f64 * share * (1.0 - share));
    if share >= 1.0 {
        return tries;
    }
    if variance > 100.0 {
        let (one, other): (f64, f64) = (rng.random(), rng.random());
        let normal = (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos();
        return (mean + variance.sqrt() * normal).round().clamp(0.0, tries as f64) as u64;
    }
    if share > 0.5 {
        return tries - binomial(tries, 1.0 - share, rng);
    }
    // The waiting time until the next success is geometric.
    let (mut successes, mut at) = (0, 0_u64);
    let log = (1.0 - share).ln();
    if log == 0.0 {
        return 0;
    }
    loop {
        let uniform: f64 = rng.random();
        let wait = ((1.0 - uniform).ln() / log).floor();
        at = at.saturating_add(if wait >= tries as f64 { tries } else { wait as u64 }).saturating_add(1);
        if at > tries {
            return successes;
        }
        successes += 1;
    }
}
