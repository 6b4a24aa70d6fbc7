//! What people read before they decide: the exact words, kept and hashed.

use std::fmt;

use nest_release::Bucket;
use nest_schema::TimeUnit;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Protection, Terms};
use crate::account::{Account, Organisation};
use crate::level::{Level, Meaning, Profile};
use crate::query::Query;

/// The words of a request. People agree to all of them, and to nothing else.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct RequestText {
    /// The name of the processor.
    pub who: String,
    /// What kind of organisation it is.
    pub organisation: String,
    /// Where to read more about it.
    pub website: String,
    /// The title.
    pub title: String,
    /// What the answer is for.
    pub why: String,
    /// What is asked for, each attribute with its declaration in words.
    pub what: Vec<String>,
    /// The query itself.
    pub query: String,
    /// The time that it is about.
    pub time: String,
    /// How the answer is protected.
    pub how: String,
    /// What each level means that takes part.
    pub levels: Vec<Meaning>,
    /// How many people are asked, coarsely.
    pub people: String,
    /// How many must take part.
    pub at_least: String,
    /// What is paid.
    pub compensation: String,
    /// Until when one may decide, and withdraw.
    pub until: String,
}

/// The hash of the words of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TermsHash([u8; 32]);

impl TermsHash {
    /// The hash of these words, as they are kept.
    pub fn of(words: &str) -> Self {
        Self(Sha256::new_with_prefix("nest-market/terms/1/").chain_update(words).finalize().into())
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let pair = std::str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+'))?;
            *byte = u8::from_str_radix(pair, 16).ok()?;
        }
        Some(Self(bytes))
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Display for TermsHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TermsHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TermsHash({self})")
    }
}

impl RequestText {
    /// The words for these terms.
    pub(crate) fn new(
        processor: &Account,
        query: &Query,
        terms: &Terms,
        profile: &Profile,
        people: Bucket,
        closes: i64,
    ) -> Self {
        let what = query.attributes().iter().map(|attribute| {
            let doc = attribute.doc().trim();
            if doc.is_empty() { attribute.describe() } else { format!("{}. {doc}", attribute.describe()) }
        });
        let shared = Level::SHARED.into_iter().filter(|level| *level <= terms.max_level);
        let levels = shared.filter(|level| level.quarters().is_some_and(|quarters| quarters % 4 == 0));
        let kind = processor.organisation.map_or("an operator", Organisation::in_words);
        Self {
            who: processor.display.clone(),
            organisation: kind.to_owned(),
            website: processor.website.clone(),
            title: terms.title.clone(),
            why: terms.goal.clone(),
            what: what.collect(),
            query: query.text().to_owned(),
            time: format!("from {} to {}", moment(terms.interval.from), moment(terms.interval.to)),
            how: how(query, terms).to_owned(),
            levels: levels.map(|level| profile.meaning(level)).collect(),
            people: people.to_string(),
            at_least: format!("at least {} people must take part, or nothing is evaluated", terms.min_people),
            compensation: compensation(terms),
            until: format!(
                "you can decide until {}, and withdraw until the evaluation begins",
                moment(closes)
            ),
        }
    }

    /// The words as they are kept, shown and hashed.
    pub(crate) fn to_words(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

fn how(query: &Query, terms: &Terms) -> &'static str {
    if query.is_data_set() {
        "The processor gets a data set in which each person looks like several others (k-anonymity). It does not \
         protect against what somebody knows about you beside the data. The market computes it and sees your values \
         meanwhile."
    } else {
        match terms.protection {
            Protection::Differential => {
                "The processor gets statistics with random noise, which hides whether you took part (differential \
                 privacy). What it costs is taken from your privacy budget. The market computes them and sees your \
                 values meanwhile."
            }
            Protection::AddedNoise => {
                "The processor gets statistics of values to which random noise was added. There is no guarantee: several \
                 answers can be averaged. The market computes them and sees your values meanwhile."
            }
        }
    }
}

fn compensation(terms: &Terms) -> String {
    if terms.price.is_positive() {
        format!(
            "{} in all, divided equally, to the cent, among the people whose values are used",
            terms.price
        )
    } else {
        "nothing is paid".to_owned()
    }
}

/// A time as people read it, in UTC.
fn moment(millis: i64) -> String {
    let minutes = millis.div_euclid(60_000);
    let (day, minute) = (minutes.div_euclid(24 * 60), minutes.rem_euclid(24 * 60));
    format!("{} {:02}:{:02} UTC", TimeUnit::Day.format(day), minute / 60, minute % 60)
}
