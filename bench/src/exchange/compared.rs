//! Rounds of the same work by both, in turns.

use crate::{Aim, Failure, Part, Row, Spread, Table, Took};

/// What both took, round by round. Where upstream fails, nest is measured alone.
pub(super) struct Compared {
    nest: Vec<Took>,
    upstream: Result<Vec<Took>, Failure>,
}

impl Compared {
    pub(super) async fn take(
        rounds: usize,
        mut nest: impl AsyncFnMut() -> Result<Took, Failure>,
        mut upstream: impl AsyncFnMut() -> Result<Took, Failure>,
    ) -> Result<Self, Failure> {
        let (mut ours, mut theirs) = (Vec::new(), Ok(Vec::new()));
        for _ in 0..rounds {
            ours.push(nest().await?);
            if let Ok(rounds) = &mut theirs {
                match upstream().await {
                    Ok(round) => rounds.push(round),
                    Err(error) => theirs = Err(error),
                }
            }
        }
        Ok(Self { nest: ours, upstream: theirs })
    }

    pub(super) fn upstream_failed(&self) -> bool {
        self.upstream.is_err()
    }

    /// How many in a second, where each round was of so many.
    pub(super) fn row(&self, part: Part, what: String, many: usize, aim: f64) -> Row {
        let rate = |took: &[Took]| Spread::of(took.iter().map(|took| many as f64 * 1000.0 / took.clock));
        let ratio = |upstream: &Vec<Took>| self.ratio(upstream, |took| took.clock);
        Row {
            part,
            what,
            nest: rate(&self.nest),
            other: self.upstream.as_ref().map(|took| rate(took)).map_err(|_| "fails".to_owned()),
            ratio: self.upstream.as_ref().ok().map(ratio),
            aim: Aim::AtLeast(aim),
        }
    }

    /// How many times as much upstream takes, round by round.
    fn ratio(&self, upstream: &[Took], of: fn(&Took) -> f64) -> Spread {
        Spread::of(self.nest.iter().zip(upstream).map(|(nest, upstream)| of(upstream) / of(nest)))
    }

    /// Milliseconds by the clock, and of the cores, for one of so many.
    pub(super) fn details(&self, what: &str, many: usize, table: &mut Table) {
        let of: [fn(&Took) -> f64; 2] = [|took| took.clock, |took| took.core];
        for (unit, of) in ["ms", "core ms"].into_iter().zip(of) {
            let each = |took: &[Took]| Spread::of(took.iter().map(of)).per(many).to_string();
            let [upstream, ratio] = match &self.upstream {
                Ok(upstream) => [each(upstream), self.ratio(upstream, of).to_string()],
                Err(error) if unit == "ms" => [format!("fails: {error}"), String::new()],
                Err(_) => Default::default(),
            };
            table.row([format!("{what}, {unit}"), each(&self.nest), upstream, ratio]);
        }
    }
}
