//! What each level means in numbers: ε, k and added noise at low, medium and high, and exactly between them.

use std::fmt;

use nest_release::MicroEpsilon;
use serde::Serialize;

use super::Level;

/// What one of low, medium and high means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Anchor {
    /// The ε that one query may spend of a person, for differential privacy.
    pub epsilon: MicroEpsilon,
    /// The fewest people who look the same in a data set.
    pub k: u32,
    /// The standard deviation of added noise, in thousandths of the attribute's range.
    pub noise_per_mille: u32,
}

/// The numbers of a market.
///
/// Between the anchors, ε is interpolated geometrically and k and noise in a straight line, in whole numbers: ε is
/// rounded down, k and noise are rounded up, so that rounding never protects less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    anchors: [Anchor; 3],
}

/// Anchors that do not protect better from low to high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileError;

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "from low to high, ε must not grow, k and noise must not shrink, and ε must be above zero",
        )
    }
}

impl std::error::Error for ProfileError {}

/// What a level means to a person, in numbers and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Meaning {
    /// The level.
    pub level: Level,
    /// The numbers; none for "don't share".
    pub numbers: Option<Anchor>,
    /// The same for people.
    pub in_words: String,
}

const fn anchor(micros: u32, k: u32, noise_per_mille: u32) -> Anchor {
    Anchor { epsilon: MicroEpsilon::from_micros(micros), k, noise_per_mille }
}

impl Profile {
    /// The profile to use: ε 1, 0.5 and 0.1; k 5, 10 and 20; noise of 5, 10 and 20 per cent of the range.
    pub fn safe() -> Self {
        let anchors = [anchor(1_000_000, 5, 50), anchor(500_000, 10, 100), anchor(100_000, 20, 200)];
        Self { name: "safe".to_owned(), anchors }
    }

    /// The numbers of the demonstrator of 2020: ε 10, 5 and 1; k 1, 2 and 3; noise of 1, 5 and 10 per cent.
    ///
    /// They protect by little, and are here to compare with. A k of 1 counts as 2: a class of one is no class.
    pub fn mynedata_2020() -> Self {
        let anchors = [anchor(10_000_000, 1, 10), anchor(5_000_000, 2, 50), anchor(1_000_000, 3, 100)];
        Self { name: "mynedata-2020".to_owned(), anchors }
    }

    /// The profile of this name: `safe` or `mynedata-2020`.
    pub fn by_name(name: &str) -> Option<Self> {
        [Self::safe(), Self::mynedata_2020()].into_iter().find(|profile| profile.name == name)
    }

    /// A market's own numbers for low, medium and high.
    ///
    /// # Errors
    /// A higher level would protect less than a lower one, or an ε is zero.
    pub fn new(name: &str, anchors: [Anchor; 3]) -> Result<Self, ProfileError> {
        let stricter = |a: Anchor, b: Anchor| {
            b.epsilon <= a.epsilon && b.k >= a.k && b.noise_per_mille >= a.noise_per_mille
        };
        let [low, medium, high] = anchors;
        if !stricter(low, medium) || !stricter(medium, high) || high.epsilon.micros() == 0 {
            return Err(ProfileError);
        }
        Ok(Self { name: name.to_owned(), anchors })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The numbers of a level; none for "don't share".
    pub fn at(&self, level: Level) -> Option<Anchor> {
        let quarters = u32::from(level.quarters()?);
        let [low, medium, high] = self.anchors;
        let (from, to, quarters) =
            if quarters < 4 { (low, medium, quarters) } else { (medium, high, quarters - 4) };
        let between = |from: u32, to: u32| {
            let fourfold = u64::from(from) * u64::from(4 - quarters) + u64::from(to) * u64::from(quarters);
            u32::try_from(fourfold.div_ceil(4)).unwrap_or(u32::MAX)
        };
        Some(Anchor {
            epsilon: MicroEpsilon::from_micros(geometric(
                from.epsilon.micros(),
                to.epsilon.micros(),
                quarters,
            )),
            k: between(from.k, to.k),
            noise_per_mille: between(from.noise_per_mille, to.noise_per_mille),
        })
    }

    /// The ε that a query may spend of a person at this level; none for "don't share".
    pub fn epsilon(&self, level: Level) -> Option<MicroEpsilon> {
        self.at(level).map(|anchor| anchor.epsilon)
    }

    /// What a level means, for the person who chooses it.
    pub fn meaning(&self, level: Level) -> Meaning {
        let numbers = self.at(level);
        let in_words = match numbers {
            None => "Nothing is shared, and no query asks for it.".to_owned(),
            Some(Anchor { epsilon, k, noise_per_mille }) => format!(
                "A statistic may spend ε {epsilon} of your privacy budget: your taking part changes the chance of any \
                 answer by a factor of at most {}. In a data set, you look the same as at least {} people in all. \
                 Where noise is added to each value, its standard deviation is {}.{} % of the range, and there is no \
                 guarantee.",
                factor(epsilon),
                k.max(2),
                noise_per_mille / 10,
                noise_per_mille % 10,
            ),
        };
        Meaning { level, numbers, in_words }
    }
}

/// The largest whole number `m` with `m⁴ ≤ from^(4 − quarters) · to^quarters`: both are below 2³², so it is exact.
fn geometric(from: u32, to: u32, quarters: u32) -> u32 {
    let product =
        u128::from(from).pow(4_u32.saturating_sub(quarters)).saturating_mul(u128::from(to).pow(quarters));
    let (mut low, mut high) = (0_u128, u128::from(from.max(to)));
    while low < high {
        let middle = (low + high).div_ceil(2);
        if middle.pow(4) <= product {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    u32::try_from(low).unwrap_or(u32::MAX)
}

/// e^ε with two digits, for people. Nothing is decided by it.
fn factor(epsilon: MicroEpsilon) -> String {
    let factor = (f64::from(epsilon.micros()) / 1e6).exp();
    if factor < 10.0 { format!("{factor:.2}") } else { format!("{factor:.0}") }
}
