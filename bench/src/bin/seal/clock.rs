//! Medians with their spread, and ratios of what was measured side by side: the machine may be busy with other things.
//!
//! What takes less than the system leaves a program alone for is timed by the clock on the wall, often enough for the
//! median to be one that was not interrupted. What takes longer is timed by the processor's time of this thread, done
//! so many times that the grain of that clock, some milliseconds, does not show.

use std::hint::black_box;
use std::time::Instant;
use std::{fmt, fs};

/// What several rounds gave: microseconds, or ratios.
#[derive(Clone)]
pub(crate) struct Rounds(Vec<f64>);

impl Rounds {
    fn new(mut rounds: Vec<f64>) -> Self {
        rounds.sort_by(f64::total_cmp);
        Self(rounds)
    }

    fn at(&self, quarter: usize) -> f64 {
        let place = (self.0.len().saturating_sub(1) * quarter + 2) / 4;
        self.0.get(place).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.at(2)
    }

    pub(crate) fn per(&self, parts: usize) -> Self {
        Self(self.0.iter().map(|round| round / parts as f64).collect())
    }
}

/// The median, and between which values half of the rounds lie.
impl fmt::Display for Rounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:9.2} ({:.2} to {:.2})", self.median(), self.at(1), self.at(3))
    }
}

/// The microseconds that something takes, on the wall.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64() * 1e6
}

/// The microseconds of this thread that something takes, done so many times, whoever else used the processor in
/// between.
pub(crate) fn cpu_time<T>(times: usize, mut work: impl FnMut() -> T) -> f64 {
    let before = processor();
    let wall = time(|| {
        for _ in 0..times {
            black_box(work());
        }
    });
    let all = match (before, processor()) {
        (Some(before), Some(after)) => after - before,
        _ => wall,
    };
    all / times as f64
}

/// The microseconds that this thread has run for, where Linux says so.
fn processor() -> Option<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e3)
}

/// The microseconds of one call, over some.
pub(crate) fn primitive<T>(mut call: impl FnMut() -> T) -> Rounds {
    const CALLS: usize = 8;
    let mut round = || {
        time(|| {
            for _ in 0..CALLS {
                black_box(call());
            }
        })
    };
    round();
    Rounds::new((0..401).map(|_| round()).collect()).per(CALLS)
}

/// Two ways to do one thing, in turns: what each takes, and how many times as long the second takes.
pub(crate) struct Race {
    pub(crate) nest: Rounds,
    pub(crate) libpep: Rounds,
    pub(crate) ratio: Rounds,
}

/// Each closure says what it took, so that it may prepare what is not counted.
pub(crate) fn race(rounds: usize, mut nest: impl FnMut() -> f64, mut libpep: impl FnMut() -> f64) -> Race {
    // Tables are made and memory is mapped.
    nest();
    let pairs: Vec<_> = (0..rounds).map(|_| (nest(), libpep())).collect();
    Race {
        nest: Rounds::new(pairs.iter().map(|pair| pair.0).collect()),
        libpep: Rounds::new(pairs.iter().map(|pair| pair.1).collect()),
        ratio: Rounds::new(pairs.iter().map(|pair| pair.1 / pair.0).collect()),
    }
}
