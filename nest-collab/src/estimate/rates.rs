//! Rates of both links, and totals that are corrected by them, with intervals.

use std::fmt;

use chacha20::ChaCha20Rng;
use rand::{RngExt, SeedableRng};

use super::fit::{Fit, Unfit};
use super::frequencies::Frequencies;

/// How often both models are drawn again for the intervals.
const DRAWS: usize = 400;

/// Below this mean number of false pairs of a record, there are none to speak of.
const NO_FALSE_PAIRS: f64 = 1e-6;

/// What is known of a linkage.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rates {
    /// The share of records that have a partner in the other file.
    pub coverage: f64,
    /// The share of true pairs within the blocks that the linkage key keeps. It is not the recall of both keys: true pairs
    /// that the blocking key lost are not in it.
    pub recall: f64,
    /// The mean number of false pairs of a record within the blocks.
    pub lambda_blocked: f64,
    /// The mean number of false links of a record.
    pub lambda_linked: f64,
    /// The share of false pairs that the linkage key keeps.
    pub k: f64,
    /// The latent classes of both models.
    pub classes: (usize, usize),
    /// What to know before the rates are used.
    pub warnings: Vec<Warning>,
    /// The true and the false pairs within the blocks.
    pairs: (f64, f64),
    /// Of each draw: the recall, `k`, and a normal number.
    draws: Vec<(f64, f64, f64)>,
}

/// What to know before rates are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Nothing was estimated about the blocking key itself.
    BlockingAssumed,
    /// Every record has a partner: the estimate lies at its border.
    CompleteCoverage,
    /// There are no false pairs within the blocks, so that nothing is known of the linkage key's false links.
    NoFalsePairs,
    /// More true pairs were linked than blocked, by the estimate: recall counts as 1.
    RecallAboveOne,
    /// A false pair is nearly as likely to be linked as a true one: corrected totals are wide.
    LittleContrast,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Warning::BlockingAssumed => "the estimate assumes that the blocking key has no errors",
            Warning::CompleteCoverage => "every record has a partner, by the estimate: is that possible?",
            Warning::NoFalsePairs => {
                "there are no false pairs within the blocks: the share of false links counts as 0"
            }
            Warning::RecallAboveOne => "the estimate of the recall is above 1, and counts as 1",
            Warning::LittleContrast => {
                "the linkage key tells false pairs from true ones badly: corrected totals are wide"
            }
        })
    }
}

/// A corrected total with a 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The total.
    pub value: f64,
    /// 2.5 % of draws lie below.
    pub low: f64,
    /// 2.5 % of draws lie above.
    pub high: f64,
}

/// Estimates the rates of a linkage from the number of links of each record, by the blocking key and by the linkage key.
///
/// The result is the same for the same tables: the draws of the intervals have a fixed seed.
///
/// # Errors
///
/// [`Unfit`] where the tables do not belong together, have no link, or let no total be corrected.
///
/// ```
/// use nest_collab::estimate::{Frequencies, estimate};
///
/// let blocked = Frequencies::new([1_640, 4_910, 2_450, 800, 200]);
/// let linked = Frequencies::new([2_800, 7_000, 190, 10]);
/// let rates = estimate(&blocked, &linked)?;
/// assert!(rates.recall > 0.8 && rates.recall <= 1.0);
/// let total = rates.adjust(900.0, 1_600.0);
/// assert!(total.low < total.value && total.value < total.high);
/// # Ok::<(), nest_collab::estimate::Unfit>(())
/// ```
pub fn estimate(blocked: &Frequencies, linked: &Frequencies) -> Result<Rates, Unfit> {
    if blocked.records() != linked.records() || linked.links() > blocked.links() {
        return Err(Unfit::OtherRecords);
    }
    let (of_blocks, of_links) = (Fit::best(blocked)?, Fit::best(linked)?);
    let (recall, k) = ratios(&of_blocks, &of_links);
    if recall <= k {
        return Err(Unfit::NoContrast);
    }
    let mut warnings = vec![Warning::BlockingAssumed];
    let cases = [
        (of_blocks.share > 1.0 - 1e-6, Warning::CompleteCoverage),
        (of_blocks.lambda < NO_FALSE_PAIRS, Warning::NoFalsePairs),
        (of_links.share > of_blocks.share * (1.0 + 1e-9), Warning::RecallAboveOne),
        (recall - k < 0.2, Warning::LittleContrast),
    ];
    warnings.extend(cases.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| warning));
    let mut rng = ChaCha20Rng::from_seed([0x6e; 32]);
    let records = blocked.records();
    let draws = (0..DRAWS).map(|_| {
        let (blocked, linked) = (of_blocks.drawn(records, &mut rng), of_links.drawn(records, &mut rng));
        // The number of classes stays the one that was chosen.
        let (recall, k) = ratios(&of_blocks.clone().improved(&blocked), &of_links.clone().improved(&linked));
        (recall, k, normal(&mut rng))
    });
    let draws = draws.collect();
    Ok(Rates {
        coverage: of_blocks.share,
        recall,
        lambda_blocked: of_blocks.lambda,
        lambda_linked: of_links.lambda,
        k,
        classes: (of_blocks.classes.len(), of_links.classes.len()),
        warnings,
        pairs: (of_blocks.share * records as f64, of_blocks.lambda * records as f64),
        draws,
    })
}

/// The recall and `k`, each between 0 and 1.
fn ratios(blocked: &Fit, linked: &Fit) -> (f64, f64) {
    let recall = if blocked.share > 0.0 { (linked.share / blocked.share).clamp(0.0, 1.0) } else { 0.0 };
    let k =
        if blocked.lambda < NO_FALSE_PAIRS { 0.0 } else { (linked.lambda / blocked.lambda).clamp(0.0, 1.0) };
    (recall, k)
}

/// A normal number with mean 0 and variance 1.
fn normal(rng: &mut impl rand::Rng) -> f64 {
    let (one, other): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos()
}

impl Rates {
    /// The corrected number of pairs of a cell, from how many were linked and how many blocked in it.
    ///
    /// The interval is about the pairs that there are: it tells how far the rates may be off, and how far the links of
    /// this cell may differ from the rates of all. It tells nothing of another sample of people.
    pub fn adjust(&self, linked: f64, blocked: f64) -> Estimate {
        self.adjust_sum(linked, blocked, blocked)
    }

    /// The corrected sum of a value over the pairs of a cell: from its sum over linked pairs, its sum over blocked pairs, and
    /// the sum of its squares over blocked pairs. The values of one cell should have one sign.
    pub fn adjust_sum(&self, linked: f64, blocked: f64, squares: f64) -> Estimate {
        let total = |recall: f64, k: f64, linked: f64| (linked - k * blocked) / (recall - k);
        let value = total(self.recall, self.k, linked);
        // How far the links of the cell scatter about the rates. What all cells have in common is in the rates already:
        // the links of all pairs together scatter about nothing.
        let scatter = |rate: f64, part: f64, pairs: f64| {
            let share = if blocked == 0.0 { 0.0 } else { (part / blocked).clamp(0.0, 1.0) };
            let common = if pairs > 0.0 { part * part / pairs } else { 0.0 };
            rate * (1.0 - rate) * (squares * share - common).max(0.0)
        };
        let deviation = (scatter(self.recall, value, self.pairs.0)
            + scatter(self.k, blocked - value, self.pairs.1))
        .sqrt();
        let mut draws: Vec<f64> = (self.draws.iter())
            .filter(|(recall, k, _)| recall > k)
            .map(|(recall, k, normal)| total(*recall, *k, linked + deviation * normal))
            .collect();
        draws.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * (draws.len().saturating_sub(1)) as f64).round() as usize;
            draws.get(place).copied().unwrap_or(value)
        };
        Estimate { value, low: at(0.025).min(value), high: at(0.975).max(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Records, a share of them with a partner, and false pairs of two classes; the pairs of each cell.
    struct Simulated {
        blocked: Frequencies,
        linked: Frequencies,
        /// By cell: true pairs, blocked pairs and linked pairs.
        cells: [(f64, f64, f64); 4],
    }

    fn simulated(records: usize, coverage: f64, recall: f64, k: f64, rng: &mut ChaCha20Rng) -> Simulated {
        let (mut blocked, mut linked) = (Vec::new(), Vec::new());
        let mut cells = [(0.0, 0.0, 0.0); 4];
        for _ in 0..records {
            let cell = &mut cells[[0, 0, 0, 0, 1, 1, 1, 2, 2, 3][rng.random_range(0..10)]];
            let has: bool = rng.random::<f64>() < coverage;
            let kept = has && rng.random::<f64>() < recall;
            let lambda = if rng.random::<f64>() < 0.7 { 0.3 } else { 1.2 };
            let mut false_pairs = 0;
            let mut product: f64 = rng.random();
            while product > f64::exp(-lambda) {
                false_pairs += 1;
                product *= rng.random::<f64>();
            }
            let false_links = (0..false_pairs).filter(|_| rng.random::<f64>() < k).count() as u32;
            cell.0 += f64::from(u8::from(has));
            cell.1 += f64::from(u32::from(has) + false_pairs);
            cell.2 += f64::from(u32::from(kept) + false_links);
            blocked.push(u32::from(has) + false_pairs);
            linked.push(u32::from(kept) + false_links);
        }
        Simulated {
            blocked: Frequencies::of_records(blocked),
            linked: Frequencies::of_records(linked),
            cells,
        }
    }

    #[test]
    fn rates_are_found_again() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let simulated = simulated(100_000, 0.7, 0.9, 0.05, &mut rng);
        let rates = estimate(&simulated.blocked, &simulated.linked).unwrap();
        assert!((rates.coverage - 0.7).abs() < 0.02, "{rates:?}");
        assert!((rates.recall - 0.9).abs() < 0.02, "{}", rates.recall);
        assert!((rates.k - 0.05).abs() < 0.02, "{}", rates.k);
        assert_eq!(rates.warnings, [Warning::BlockingAssumed]);
        for (truth, blocked, linked) in simulated.cells {
            let corrected = rates.adjust(linked, blocked);
            let naive = linked - truth;
            assert!((corrected.value - truth).abs() < naive.abs(), "{truth} {linked} {corrected:?}");
        }
        assert_eq!(estimate(&simulated.blocked, &simulated.linked).unwrap(), rates, "the same again");
    }

    #[test]
    fn complete_coverage_is_found_at_the_border() {
        let mut rng = ChaCha20Rng::from_seed([2; 32]);
        let simulated = simulated(20_000, 1.0, 0.85, 0.1, &mut rng);
        let rates = estimate(&simulated.blocked, &simulated.linked).unwrap();
        assert!(rates.coverage > 0.999, "{}", rates.coverage);
        assert!((rates.recall - 0.85).abs() < 0.02, "{}", rates.recall);
        assert!(rates.warnings.contains(&Warning::CompleteCoverage));
    }

    #[test]
    fn border_cases_have_rates_or_a_reason() {
        let table = |cells: &[u64]| Frequencies::new(cells.iter().copied());
        let exact = estimate(&table(&[300, 700]), &table(&[370, 630])).unwrap();
        assert!((exact.coverage - 0.7).abs() < 1e-3 && (exact.recall - 0.9).abs() < 1e-3, "{exact:?}");
        assert!(exact.k.abs() < 0.01);
        assert_eq!(estimate(&table(&[]), &table(&[])).unwrap_err(), Unfit::NoLinks);
        assert_eq!(estimate(&table(&[10]), &table(&[10])).unwrap_err(), Unfit::NoLinks);
        assert_eq!(estimate(&table(&[5, 5]), &table(&[10])).unwrap_err(), Unfit::NoLinks);
        assert_eq!(estimate(&table(&[5, 5]), &table(&[5, 6])).unwrap_err(), Unfit::OtherRecords);
        assert_eq!(estimate(&table(&[5, 5]), &table(&[4, 6])).unwrap_err(), Unfit::OtherRecords);
        // No record with one link, or none without.
        for (blocked, linked) in
            [([0, 0, 50, 50], [50, 0, 50, 0]), ([0, 100, 0, 0], [0, 100, 0, 0]), ([1, 0, 0, 1], [1, 1, 0, 0])]
        {
            match estimate(&table(&blocked), &table(&linked)) {
                Ok(rates) => assert_rates(&rates),
                Err(error) => assert!(matches!(error, Unfit::NoContrast), "{error}"),
            }
        }
    }

    fn assert_rates(rates: &Rates) {
        for rate in [rates.coverage, rates.recall, rates.k] {
            assert!((0.0..=1.0).contains(&rate), "{rates:?}");
        }
        let total = rates.adjust(10.0, 20.0);
        assert!(
            total.low.is_finite()
                && total.low <= total.value
                && total.value <= total.high
                && total.high.is_finite()
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 12 } else { 200 }))]
        #[test]
        fn every_table_has_rates_between_zero_and_one_or_a_reason(
            blocked in prop::collection::vec(0_u64..50, 1..7),
            linked in prop::collection::vec(0_u64..50, 1..5),
        ) {
            if let Ok(rates) = estimate(&Frequencies::new(blocked), &Frequencies::new(linked)) {
                assert_rates(&rates);
            }
        }
    }

    /// Intervals hold what there is in about 95 % of populations: of all pairs, and of cells of every size.
    #[test]
    fn intervals_hold_the_total_that_there_is() {
        let populations = if cfg!(debug_assertions) { 4 } else { 1_000 };
        for coverage in [1.0, 0.7] {
            let mut rng = ChaCha20Rng::from_seed([3; 32]);
            let (mut held, mut all) = ([0; 5], 0);
            for _ in 0..populations {
                let simulated = simulated(5_000, coverage, 0.85, 0.08, &mut rng);
                let Ok(rates) = estimate(&simulated.blocked, &simulated.linked) else { continue };
                let sum = |part: fn(&(f64, f64, f64)) -> f64| simulated.cells.iter().map(part).sum::<f64>();
                let whole = (sum(|cell| cell.0), sum(|cell| cell.1), sum(|cell| cell.2));
                for ((truth, blocked, linked), held) in
                    simulated.cells.into_iter().chain([whole]).zip(&mut held)
                {
                    let total = rates.adjust(linked, blocked);
                    *held += u32::from(total.low <= truth && truth <= total.high);
                }
                all += 1;
            }
            println!("coverage {coverage}: {held:?} of {all}");
            // Few populations can tell a broken interval and no more.
            let least = if populations < 100 { 0.7 } else { 0.92 };
            let inside = f64::from(held.iter().sum::<u32>()) / f64::from(5 * all);
            assert!(all > 0 && inside >= least, "{held:?} of {all}");
        }
    }
}
