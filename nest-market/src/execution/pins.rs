//! Questions in person: what exactly would leave is computed for the person, shown, and leaves only as it was shown.
//!
//! This is the one answer that is about one person. It does not pass the gate for aggregates: the person reads the very
//! text that leaves, next to the processor who asks, and hands it over. Nothing of it is kept longer than a day.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::Market;
use crate::account::{Account, AccountNumber, Organisation};
use crate::consent::{Pin, PinQuery, PinQueryId};
use crate::offer::{Interval, OfferError, TermsHash};
use crate::people::{purpose, shown};
use crate::query::{Dialect, Query};

/// What a person sees after they have entered a PIN.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct PinPreview {
    /// Who asks.
    pub who: String,
    /// What kind of organisation it is.
    pub organisation: &'static str,
    /// What it is for.
    pub why: String,
    /// Exactly the text that leaves.
    pub leaves: String,
    /// Its hash, to be named in the decision.
    pub terms_hash: String,
}

/// What a processor writes.
#[derive(Serialize, serde::Deserialize)]
struct PinTerms {
    goal: String,
    interval: Interval,
}

impl Market {
    /// A processor asks a question in person: `SELECT ALL(…)` of one source, without a condition.
    ///
    /// # Errors
    ///
    /// The query has a mistake, or asks for something else.
    pub async fn pin_query(
        &self,
        processor: &Account,
        text: &str,
        goal: &str,
        interval: Interval,
    ) -> Result<(PinQueryId, Pin), OfferError> {
        let query = self.check(text, Dialect::Strict).await?;
        if !query.is_data_set() || !query.terms().is_empty() {
            return Err(OfferError::Invalid("a question in person is `SELECT ALL(…)` without a condition"));
        }
        crate::account::check_text(goal, 10, 4000, "a goal has 10 to 4000 characters")?;
        interval.window()?;
        let terms = PinTerms { goal: goal.to_owned(), interval };
        let terms = serde_json::to_string(&terms).map_err(|_| OfferError::Invalid("no terms"))?;
        self.inner.pins.create(processor.id, query.text(), &terms).await
    }

    /// The question of a processor, with its answer once there is one.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`]
    pub async fn pin_answer(&self, processor: AccountNumber, id: PinQueryId) -> Result<PinQuery, OfferError> {
        self.inner.pins.of(processor, id).await
    }

    /// A person enters a PIN, and sees exactly what would leave.
    ///
    /// # Errors
    ///
    /// [`OfferError::NotFound`] for every PIN that is not good, and too many tries.
    pub async fn enter_pin(&self, person: &Account, pin: &str) -> Result<PinPreview, OfferError> {
        let query = self.inner.pins.enter(person.id, pin).await?;
        let terms: PinTerms =
            serde_json::from_str(&query.terms).map_err(|_| OfferError::Invalid("no terms"))?;
        let leaves = self.what_leaves(person, &query, terms.interval).await?;
        let hash = self.inner.pins.shown(&query, &leaves).await?;
        let processor = self.inner.accounts.get(query.processor).await?;
        Ok(PinPreview {
            who: processor.display,
            organisation: processor.organisation.map_or("an operator", Organisation::in_words),
            why: terms.goal,
            leaves,
            terms_hash: hash.to_string(),
        })
    }

    /// The person lets leave what they were shown, word for word, or refuses.
    ///
    /// # Errors
    ///
    /// [`OfferError::OtherTerms`] where it is not what they were shown.
    pub async fn decide_pin(
        &self,
        person: &Account,
        pin: &str,
        agreed: Option<(TermsHash, &str)>,
    ) -> Result<(), OfferError> {
        self.inner.pins.decide(person.id, pin, agreed).await
    }

    /// The person's value of each attribute; null where there is none. Levels do not matter: the person decides on the
    /// values themselves.
    async fn what_leaves(
        &self,
        person: &Account,
        query: &PinQuery,
        interval: Interval,
    ) -> Result<String, OfferError> {
        let catalogue = self.inner.sources.catalogue().await?;
        let query = Query::check_with(&query.query, &catalogue, &self.inner.functions, Dialect::Strict)?;
        let window = interval.window()?;
        let reason = purpose("pin")?;
        let keeper = &self.inner.keeper;
        let series = keeper.series(&[person.pseudonym], query.attributes(), window, &reason).await?;
        let values = query.attributes().iter().zip(series.into_iter().flatten());
        let values: Map<String, Json> = values
            .map(|(attribute, series)| {
                let value = series.value(attribute, window);
                (attribute.label(), value.map_or(Json::Null, |value| shown::value(attribute, &value)))
            })
            .collect();
        serde_json::to_string(&values).map_err(|_| OfferError::Invalid("the answer cannot be written"))
    }
}
