//! The noise against its theory, on the path that a release takes. Draws are seeded: a failure is a fault, not chance.

use nest_core::PepRecord;
use rand::RngExt;
use rand::rngs::StdRng;

use super::mechanism::Mechanism;
use super::*;
use crate::testing::{Visit, person, seeded};
use crate::{Bucket, Tally};

/// How far a statistic may be from theory, in standard errors.
const Z: f64 = 4.5;

const DRAWS: usize = 20_000;

const EPSILONS: [&str; 4] = ["0.1", "0.5", "1", "5"];

fn epsilon(text: &str) -> MicroEpsilon {
    text.parse().unwrap()
}

fn score() -> Column {
    Column::of(Visit::SCHEMA, "score").unwrap()
}

fn scores<
    S: Shape<Bounds = Column, Row = i128> + crate::shape::sealed::Parts<Bounds = Column, Row = i128>,
>(
    values: impl Iterator<Item = i128>,
) -> RawAggregate<S> {
    let mut tally = Tally::<S>::new(score());
    for (number, value) in values.enumerate() {
        tally.add(&person(number as u64), value).unwrap();
    }
    tally.finish().unwrap()
}

/// Mean, spread and frequency of zero against the discrete Laplace distribution of this scale.
fn assert_laplace(what: &str, draws: &[i128], scale: f64) {
    let n = draws.len() as f64;
    let ratio = (-1.0 / scale).exp();
    let variance = 2.0 * ratio / (1.0 - ratio).powi(2);
    let fourth = 2.0 * ratio * (1.0 + 10.0 * ratio + ratio * ratio) / (1.0 - ratio).powi(4);
    let zero = (1.0 - ratio) / (1.0 + ratio);

    let mean = draws.iter().sum::<i128>() as f64 / n;
    let z_mean = mean / (variance / n).sqrt();
    let spread = draws.iter().map(|draw| (*draw as f64).powi(2)).sum::<f64>() / n;
    let z_spread = (spread - variance) / ((fourth - variance * variance) / n).sqrt();
    let zeros = draws.iter().filter(|draw| **draw == 0).count() as f64 / n;
    let z_zero = (zeros - zero) / (zero * (1.0 - zero) / n).sqrt();
    for (name, z) in [("mean", z_mean), ("spread", z_spread), ("zeros", z_zero)] {
        assert!(z.abs() < Z, "{what}, scale {scale}: {name} is {z:.1} standard errors off");
    }
}

#[test]
fn counts_have_the_noise_of_theory() {
    for (seed, text) in EPSILONS.iter().enumerate() {
        let mut rng = seeded(seed as u64);
        let classes = [(epsilon(text), RawAggregate::from_people(1_000_000))];
        let draw = |_| i128::from(Count::noised(&(), &classes, &mut rng).unwrap().value) - 1_000_000;
        let draws: Vec<_> = (0..DRAWS).map(draw).collect();
        assert_laplace("count", &draws, 1.0 / text.parse::<f64>().unwrap());
    }
}

#[test]
fn cells_have_the_noise_of_theory() {
    for (seed, text) in EPSILONS.iter().enumerate() {
        let mut rng = seeded(100 + seed as u64);
        let axis = Axis::of(Visit::SCHEMA, "ward").unwrap();
        let counts = vec![0, 7, 40];
        let classes =
            [(epsilon(text), RawAggregate::<Histogram>::from_counts(axis.clone(), counts.clone()).unwrap())];
        let mut noise: Vec<Vec<i128>> = vec![Vec::new(); 3];
        for _ in 0..DRAWS / 3 {
            let released = Histogram::noised(&axis, &classes, &mut rng).unwrap().value;
            for ((noise, count), (_, cell)) in noise.iter_mut().zip(&counts).zip(released.cells) {
                noise.push(i128::from(cell) - i128::from(*count));
            }
        }
        for noise in noise {
            assert_laplace("cell", &noise, 1.0 / text.parse::<f64>().unwrap());
        }
    }
}

#[test]
fn sums_take_four_fifths_and_numbers_of_people_one_fifth() {
    for (seed, text) in EPSILONS.iter().enumerate() {
        let mut rng = seeded(200 + seed as u64);
        let classes = [(epsilon(text), scores::<Mean>((0..50).map(|i| i * 2)))];
        let raw = *classes[0].1.raw();
        let (mut sums, mut counts) = (Vec::new(), Vec::new());
        for _ in 0..DRAWS {
            let pooled = Pooled::draw(&score(), &classes, &mut rng).unwrap();
            sums.push(pooled.twice_centred - raw);
            counts.push(pooled.people - 50);
        }
        let value: f64 = text.parse().unwrap();
        // In half steps: the range of 0 to 100.
        assert_laplace("sum", &sums, 100.0 / (0.8 * value));
        assert_laplace("people", &counts, 1.0 / (0.2 * value));
    }
}

/// The most that any event of the form "at least t" or "at most t" speaks against ε, in standard errors.
///
/// ε-differential privacy says that P(A) ≤ e^ε P(B) for every event, so of all draws in which it happens, at most
/// e^ε / (1 + e^ε) are from A.
fn evidence_against(epsilon: f64, a: &[i128], b: &[i128]) -> f64 {
    let share = 1.0 / (1.0 + (-epsilon).exp());
    let mut worst = f64::NEG_INFINITY;
    let (mut a, mut b) = (a.to_vec(), b.to_vec());
    for _ in 0..2 {
        a.sort_unstable();
        b.sort_unstable();
        let at_least = |sorted: &[i128], t: i128| (sorted.len() - sorted.partition_point(|x| *x < t)) as f64;
        let mut thresholds: Vec<i128> = a.iter().chain(&b).step_by(97).copied().collect();
        thresholds.extend(a.iter().rev().take(200));
        for t in thresholds {
            for (x, y) in [(at_least(&a, t), at_least(&b, t)), (at_least(&b, t), at_least(&a, t))] {
                worst = worst.max((x - (x + y) * share) / ((x + y) * share * (1.0 - share)).sqrt().max(1e-9));
            }
        }
        a.iter_mut().chain(&mut b).for_each(|x| *x = -*x);
    }
    worst
}

/// A rounded Gaussian of the same spread: what a plausible mistake would draw.
fn rounded_gaussian(rng: &mut StdRng, deviation: f64) -> i128 {
    let radius = (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
    (deviation * radius * (std::f64::consts::TAU * rng.random::<f64>()).cos()).round() as i128
}

#[test]
fn one_person_changes_no_likelihood_by_more_than_epsilon() {
    for (text, draws) in [("0.1", 400_000), ("0.5", 20_000), ("1", 20_000), ("5", 50_000)] {
        let value: f64 = text.parse().unwrap();
        let mut rng = seeded(300);
        let mut counts = |people: u32| -> Vec<i128> {
            let classes = [(epsilon(text), RawAggregate::from_people(people))];
            (0..draws).map(|_| Count::noised(&(), &classes, &mut rng).unwrap().value.into()).collect()
        };
        let (with, without) = (counts(1_001), counts(1_000));
        let evidence = evidence_against(value, &with, &without);
        assert!(evidence < Z, "ε {text}: {evidence:.1}");

        // The same test refuses noise of the same spread that is not differentially private.
        let deviation =
            DiscreteLaplace::new(1_000_000, u128::from(epsilon(text).micros())).unwrap().standard_deviation();
        let mut gaussian = |people: i128| -> Vec<i128> {
            (0..draws).map(|_| people + rounded_gaussian(&mut rng, deviation)).collect()
        };
        let (with, without) = (gaussian(1_001), gaussian(1_000));
        let evidence = evidence_against(value, &with, &without);
        assert!(evidence > Z, "the control passes at ε {text}: {evidence:.1}");
    }
}

#[test]
fn means_totals_and_cells_hold_epsilon_too() {
    for text in ["0.5", "1", "5"] {
        let value: f64 = text.parse().unwrap();
        let mut rng = seeded(400);
        // The one more person is the most extreme one that the bounds allow.
        let with = || (0..41).map(|i| if i == 40 { 100 } else { 20 });
        let without = || with().take(40);
        let mut means = |class: (MicroEpsilon, RawAggregate<Mean>)| -> Vec<i128> {
            let class = [class];
            (0..DRAWS / 2)
                .map(|_| Pooled::draw(&score(), &class, &mut rng).unwrap().mean(&score()).steps())
                .collect()
        };
        let (a, b) = (means((epsilon(text), scores(with()))), means((epsilon(text), scores(without()))));
        let evidence = evidence_against(value, &a, &b);
        assert!(evidence < Z, "mean at ε {text}: {evidence:.1}");

        let mut totals = |class: (MicroEpsilon, RawAggregate<Total>)| -> Vec<i128> {
            let class = [class];
            (0..DRAWS / 2)
                .map(|_| Pooled::draw(&score(), &class, &mut rng).unwrap().total(&score()).steps())
                .collect()
        };
        let (a, b) = (totals((epsilon(text), scores(with()))), totals((epsilon(text), scores(without()))));
        let evidence = evidence_against(value, &a, &b);
        assert!(evidence < Z, "total at ε {text}: {evidence:.1}");

        let axes = (Axis::of(Visit::SCHEMA, "ward").unwrap(), Axis::of(Visit::SCHEMA, "smoker").unwrap());
        let mut cells = |counts: [u64; 6]| -> Vec<i128> {
            let raw =
                RawAggregate::<Table>::from_counts(axes.0.clone(), axes.1.clone(), counts.to_vec()).unwrap();
            let class = [(epsilon(text), raw)];
            (0..DRAWS / 2)
                .map(|_| Table::noised(&axes, &class, &mut rng).unwrap().value.cells[1][0].into())
                .collect()
        };
        let (a, b) = (cells([0, 9, 3, 0, 0, 1]), cells([0, 9, 4, 0, 0, 1]));
        let evidence = evidence_against(value, &a, &b);
        assert!(evidence < Z, "cell at ε {text}: {evidence:.1}");
    }
}

/// People in three classes, as in a market where each chooses a level: 600 at ε 1, 300 at 0.5 and 100 at 0.1.
fn three_classes() -> Vec<Class<Mean>> {
    let people = |from: i128, number: i128| (from..from + number).map(|i| i * 37 % 101);
    vec![
        (epsilon("1"), scores(people(0, 600))),
        (epsilon("0.5"), scores(people(600, 300))),
        (epsilon("0.1"), scores(people(900, 100))),
    ]
}

#[test]
fn the_pooled_mean_has_the_error_it_was_designed_for() {
    const RUNS: usize = 4_000;
    let exact = (0..1_000).map(|i| i * 37 % 101).sum::<i128>() as f64 / 1_000.0;
    let root =
        |errors: &[f64]| (errors.iter().map(|error| error * error).sum::<f64>() / errors.len() as f64).sqrt();
    let (classes, mut rng) = (three_classes(), seeded(500));

    // The width of the interval hardly depends on the draw, and takes longer than one.
    let interval = Mean::noised(&score(), &classes, &mut rng).unwrap().noise.unwrap().within.to_f64();
    let (mut errors, mut within) = (Vec::new(), 0);
    for _ in 0..RUNS {
        let error = Pooled::draw(&score(), &classes, &mut rng).unwrap().mean(&score()).to_f64() - exact;
        within += usize::from(error.abs() <= interval);
        errors.push(error);
    }
    // Centred sums, 0.8 of ε for them: the sum's noise alone gives sqrt(2 (62.5² + 125² + 625²)) / 1000 = 0.906.
    let pooled = root(&errors);
    assert!((0.86..0.95).contains(&pooled), "{pooled}");
    let coverage = within as f64 / RUNS as f64;
    assert!((0.94..0.97).contains(&coverage), "{coverage}");

    // Against it: sums from zero with half of ε each.
    let mut naive = Vec::new();
    // And the mean of the classes' means, each from centred sums.
    let mut averaged = Vec::new();
    for _ in 0..RUNS {
        let (mut sum, mut people, mut means) = (0, 0, Vec::new());
        for (epsilon, raw) in &classes {
            let number = i128::from(raw.contributors());
            let total = (raw.raw() + score().twice_middle() * number) / 2;
            sum += total + noise_for(100, *epsilon, (1, 2)).unwrap().0.draw_from(&mut rng);
            people += number + noise_for(1, *epsilon, (1, 2)).unwrap().0.draw_from(&mut rng);
            let class = Pooled::draw(
                &score(),
                &[(*epsilon, RawAggregate::<Mean>::new(*raw.raw(), raw.contributors(), score()))],
                &mut rng,
            )
            .unwrap();
            means.push(
                (50.0 + class.twice_centred as f64 / 2.0 / class.people.max(1) as f64).clamp(0.0, 100.0),
            );
        }
        naive.push((sum as f64 / people.max(1) as f64).clamp(0.0, 100.0) - exact);
        averaged.push(means.iter().sum::<f64>() / 3.0 - exact);
    }
    let (naive, averaged) = (root(&naive), root(&averaged));
    assert!((3.0..3.6).contains(&naive), "{naive}");
    assert!(averaged > 2.0 * pooled, "{averaged}");
}

#[test]
fn more_epsilon_is_less_noise() {
    let mut last = f64::INFINITY;
    for text in EPSILONS {
        let classes = [(epsilon(text), scores::<Mean>((0..500).map(|i| i % 101)))];
        let released = Mean::noised(&score(), &classes, &mut seeded(600)).unwrap();
        let within = released.noise.unwrap().within.to_f64();
        assert!(within < last);
        last = within;
    }
}

#[test]
fn the_interval_of_the_noise_holds_in_95_of_100() {
    for scales in [vec![1.0], vec![1.0, 1.0], vec![5.0, 1.0, 0.2], vec![3.0; 12], vec![1e9, 2e9, 1.0]] {
        let bound = within_95(&scales);
        let mut rng = seeded(700);
        let mut laplace = |scale: f64| {
            let uniform: f64 = 1.0 - rng.random::<f64>();
            -scale * uniform.ln() * if rng.random::<bool>() { 1.0 } else { -1.0 }
        };
        let within = (0..40_000)
            .filter(|_| scales.iter().map(|scale| laplace(*scale)).sum::<f64>().abs() <= bound)
            .count();
        let z = (within as f64 / 40_000.0 - 0.95) / (0.95 * 0.05 / 40_000.0_f64).sqrt();
        assert!(z.abs() < Z, "{scales:?}: {z:.1}");
    }
    assert_eq!(within_95(&[]), 0.0);
    assert_eq!(within_95(&[0.0]), 0.0);
}

#[test]
fn people_in_no_class_and_people_without_values_show_alike() {
    // Both classes are drawn, whether anybody in them has a value or not.
    let classes =
        [(epsilon("1"), scores::<Mean>(std::iter::empty())), (epsilon("0.1"), scores((0..50).map(|_| 7)))];
    let released = Mean::noised(&score(), &classes, &mut seeded(800)).unwrap();
    assert_eq!(released.policy, Policy::Noise { classes: vec![epsilon("1"), epsilon("0.1")] });
    let nobody = [(epsilon("1"), scores::<Mean>(std::iter::empty()))];
    for seed in 0..20 {
        let released = Mean::noised(&score(), &nobody, &mut seeded(seed)).unwrap();
        assert!((0.0..=100.0).contains(&released.value.to_f64()), "within the declared bounds");
    }
}

#[test]
fn the_bucket_comes_from_the_noised_number() {
    let classes = [(epsilon("0.1"), scores::<Total>((0..50).map(|_| 7)))];
    let buckets: std::collections::BTreeSet<Bucket> = (0..200)
        .map(|seed| Total::noised(&score(), &classes, &mut seeded(seed)).unwrap().contributors)
        .collect();
    assert!(buckets.len() > 2);
}

#[test]
fn the_widest_range_and_the_smallest_epsilon_do_not_overflow() {
    let smallest = MicroEpsilon::from_micros(1);
    let (noise, _) = noise_for(1 << 62, smallest, SUM_SHARE).unwrap();
    let mut rng = seeded(900);
    assert!((0..100).map(|_| noise.draw_from(&mut rng)).any(|draw| draw != 0));
    // A field with one value has nothing to hide in its sum.
    assert_eq!(noise_for(0, smallest, SUM_SHARE).unwrap().0.draw_from(&mut rng), 0);
}
