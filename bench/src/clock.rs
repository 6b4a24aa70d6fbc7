//! Several ways of doing one thing, in turns: times depend on what else the machine does, ratios hardly.
//!
//! What takes less than the system leaves a program alone for is timed by the clock on the wall, often enough for the
//! median to be one that was not interrupted. What takes longer on one thread is timed by what that thread had of the
//! processor.

use std::hint::black_box;
use std::time::Instant;

use cpu_time::ThreadTime;

use crate::Spread;

/// The microseconds that something takes, on the wall.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64() * 1e6
}

/// The microseconds of this thread that something takes, done so many times, whoever else used the processor in
/// between.
pub(crate) fn cpu_time<T>(times: usize, mut work: impl FnMut() -> T) -> f64 {
    let start = ThreadTime::now();
    for _ in 0..times {
        black_box(work());
    }
    start.elapsed().as_secs_f64() * 1e6 / times as f64
}

/// The microseconds of one call, over some.
pub(crate) fn primitive<T>(rounds: usize, mut call: impl FnMut() -> T) -> Spread {
    const CALLS: usize = 8;
    let mut round = || {
        time(|| {
            for _ in 0..CALLS {
                black_box(call());
            }
        })
    };
    round();
    Spread::of((0..rounds).map(|_| round())).per(CALLS)
}

/// What several ways took, turn by turn.
pub(crate) struct Turns<const WAYS: usize>(Vec<[f64; WAYS]>);

impl<const WAYS: usize> Turns<WAYS> {
    /// So many turns of each. Each way says what it took, so that it may prepare what is not counted; one turn before
    /// all others makes tables and maps memory.
    pub(crate) fn take(rounds: usize, mut ways: [&mut dyn FnMut() -> f64; WAYS]) -> Self {
        let mut turn = || ways.each_mut().map(|way| way());
        turn();
        Self((0..rounds).map(|_| turn()).collect())
    }

    /// The same turns seen otherwise: in another unit, or with the parts of one work together.
    pub(crate) fn map<const OTHER: usize>(&self, of: impl Fn([f64; WAYS]) -> [f64; OTHER]) -> Turns<OTHER> {
        Turns(self.0.iter().copied().map(of).collect())
    }

    fn column(&self, way: usize) -> impl Iterator<Item = f64> {
        self.0.iter().map(move |turn| turn.get(way).copied().unwrap_or(f64::NAN))
    }

    /// What one way took.
    pub(crate) fn of(&self, way: usize) -> Spread {
        Spread::of(self.column(way))
    }

    /// How many times as long one took as another of the same turn.
    pub(crate) fn ratio(&self, way: usize, other: usize) -> Spread {
        Spread::of(self.column(way).zip(self.column(other)).map(|(way, other)| way / other))
    }
}

#[cfg(test)]
mod tests {
    use super::Turns;

    #[test]
    fn ratios_are_taken_turn_by_turn() {
        let turns = Turns(vec![[1.0, 2.0], [10.0, 40.0], [3.0, 9.0]]);
        assert_eq!(turns.ratio(1, 0).median, 3.0);
        assert_eq!(turns.of(0).median, 3.0);
    }
}
