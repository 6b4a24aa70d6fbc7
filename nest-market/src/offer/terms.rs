//! The terms of an offer, as a processor writes them.

use serde::{Deserialize, Serialize};

use super::OfferError;
use crate::account::check_text;
use crate::evaluate::Method;
use crate::level::Level;
use crate::money::Cents;
use crate::query::{PlanError, Window};

/// The time that an offer is about, in milliseconds since 1970 (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The first millisecond.
    pub from: i64,
    /// The millisecond after the last.
    pub to: i64,
    /// How finely readings are aligned.
    pub granularity: i64,
}

impl Interval {
    /// As a window of the query.
    ///
    /// # Errors
    ///
    /// It is not a whole number of steps.
    pub fn window(self) -> Result<Window, PlanError> {
        Window::new(self.from, self.to, self.granularity)
    }
}

/// How statistics are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Protection {
    /// Differential privacy with a budget.
    #[default]
    Differential,
    /// Noise on each value, without a guarantee.
    AddedNoise,
}

impl From<Protection> for Method {
    fn from(protection: Protection) -> Self {
        match protection {
            Protection::Differential => Method::Differential,
            Protection::AddedNoise => Method::AddedNoise,
        }
    }
}

/// What a processor offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What it is about, in a few words.
    pub title: String,
    /// What the answer is for.
    pub goal: String,
    /// The time that it is about.
    pub interval: Interval,
    /// The fewest people who must take part.
    pub min_people: u32,
    /// For how many seconds people may decide.
    pub open_for_seconds: u32,
    /// What is paid in all, in cents.
    pub price: Cents,
    /// How it is paid: the name of a payment method of the market.
    pub payment: String,
    /// The highest level of the people who are asked.
    pub max_level: Level,
    /// How statistics are protected.
    #[serde(default)]
    pub protection: Protection,
}

/// The fewest people that an offer may ask for. Fewer would be no statistic.
const LEAST_PEOPLE: u32 = 10;

/// The longest window: a year.
const LONGEST_WINDOW: u32 = 366 * 24 * 3600;

/// The highest price: ten million.
const HIGHEST_PRICE: Cents = Cents(1_000_000_000);

impl Terms {
    /// Checks what can be checked without the query.
    ///
    /// # Errors
    ///
    /// [`OfferError::Invalid`] says what is wrong.
    pub fn check(&self) -> Result<(), OfferError> {
        check_text(&self.title, 3, 120, "a title has 3 to 120 characters")?;
        check_text(&self.goal, 10, 4000, "a goal has 10 to 4000 characters")?;
        if self.min_people < LEAST_PEOPLE {
            return Err(OfferError::Invalid("at least 10 people must take part"));
        }
        if !(1..=LONGEST_WINDOW).contains(&self.open_for_seconds) {
            return Err(OfferError::Invalid("people may decide for at most a year"));
        }
        if !(Cents::ZERO..=HIGHEST_PRICE).contains(&self.price) {
            return Err(OfferError::Invalid("a price is from 0.00 to 10000000.00"));
        }
        if !self.max_level.is_shared() {
            return Err(OfferError::Invalid("the highest level must be one at which something is shared"));
        }
        self.interval.window()?;
        Ok(())
    }
}
