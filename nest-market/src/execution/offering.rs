//! Quotes and offers: what a query would cost, and asking people.

use std::sync::Arc;

use nest_release::Bucket;
use serde::Serialize;

use super::Market;
use crate::account::{Account, AccountNumber};
use crate::catalogue::Catalogue;
use crate::consent::{Consents, Decision, Rules};
use crate::database::DatabaseError;
use crate::money::{AccountId, Cents, Idempotency};
use crate::offer::{Offer, OfferError, OfferId, RequestText, Terms};
use crate::query::{Dialect, Plan, Query, Quote};

/// What a query would cost, before anything is spent and anybody is asked.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct MarketQuote {
    /// The query, as it was understood.
    pub query: String,
    /// What it spends of each person's privacy budget.
    pub privacy: Quote,
    /// What is paid in all.
    pub money: Cents,
    /// How many people it is about, coarsely.
    pub people: Bucket,
    /// Whether those are so few that the offer would come to nothing for now. It is told in the same coarse steps.
    pub likely_too_few: bool,
}

impl Market {
    /// Checks a query against the catalogue.
    ///
    /// # Errors
    ///
    /// [`OfferError::Query`] with the place of the mistake and its repair.
    pub async fn check(&self, text: &str, dialect: Dialect) -> Result<Query, OfferError> {
        let catalogue: Arc<Catalogue> = self.inner.sources.catalogue().await?;
        Ok(Query::check_with(text, &catalogue, &self.inner.functions, dialect)?)
    }

    /// What a query would cost on these terms.
    ///
    /// # Errors
    ///
    /// The terms cannot be offered, or do not fit the query.
    pub async fn quote(
        &self,
        processor: &Account,
        query: &Query,
        terms: &Terms,
    ) -> Result<MarketQuote, OfferError> {
        self.inner.offers.check(processor, terms)?;
        let plan = Plan::of(query, terms.interval.window()?)?;
        let eligible = self.eligible(query, &plan, terms.max_level, None).await?;
        let people = eligible.bucket();
        Ok(MarketQuote {
            query: query.text().to_owned(),
            privacy: plan.quote(query, &self.inner.profile, terms.max_level),
            money: terms.price,
            people,
            likely_too_few: people < Bucket::of(terms.min_people.into()),
        })
    }

    /// Offers a query: everybody whom it is about is asked, and those agree whose standing rules do.
    ///
    /// The answer does not depend on how many people that is.
    ///
    /// # Errors
    ///
    /// The terms cannot be offered, or do not fit the query.
    pub async fn offer(
        &self,
        processor: &Account,
        query: &Query,
        terms: &Terms,
    ) -> Result<Offer, OfferError> {
        self.offer_once(processor, query, terms, None).await
    }

    /// [`offer`](Self::offer) under a key of the processor: the same key again is the same offer.
    ///
    /// # Errors
    ///
    /// As [`offer`](Self::offer), and [`OfferError::KeyReused`] where the key was used for other terms.
    pub async fn offer_once(
        &self,
        processor: &Account,
        query: &Query,
        terms: &Terms,
        key: Option<&str>,
    ) -> Result<Offer, OfferError> {
        let id = match key {
            None => OfferId::random(),
            Some(key) => {
                let words = [&processor.id.to_bytes()[..], key.as_bytes()];
                OfferId::from_bytes(Idempotency::key("offer", &words).to_bytes())
            }
        };
        match self.offer_as(id, processor, query, terms).await {
            // Only a key gives a number that is there already.
            Err(OfferError::Database(DatabaseError::Exists)) => {
                let known = self.inner.offers.of(processor.id, id).await?;
                let same = known.query == query.text() && known.terms == *terms;
                if same { Ok(known) } else { Err(OfferError::KeyReused) }
            }
            other => other,
        }
    }

    async fn offer_as(
        &self,
        id: OfferId,
        processor: &Account,
        query: &Query,
        terms: &Terms,
    ) -> Result<Offer, OfferError> {
        self.inner.offers.check(processor, terms)?;
        let plan = Plan::of(query, terms.interval.window()?)?;
        let eligible = self.eligible(query, &plan, terms.max_level, None).await?;
        let people = eligible.people();
        let asked: Vec<(AccountNumber, AccountId)> =
            people.iter().map(|account| (account.id, account.money)).collect();
        let (profile, bucket) = (&self.inner.profile, eligible.bucket());
        let words = |closes| RequestText::new(processor, query, terms, profile, bucket, closes);
        let mut tx = self.inner.offers.create(id, processor, query.text(), terms, &asked, words).await?;
        if let Some(organisation) = processor.organisation {
            let numbers: Vec<_> = people.iter().map(|account| account.id).collect();
            // Even if everybody took part, each gets this much.
            let share = i64::try_from(numbers.len().max(1)).map_or(0, |people| terms.price.0 / people);
            let attributes = query.attributes();
            let agreeing =
                Rules::agreeing(&mut tx, &numbers, &eligible.levels, organisation, attributes, Cents(share));
            for account in agreeing.await? {
                Consents::decide_in(&mut tx, account, id, None, Decision::Accept, "rule").await?;
            }
        }
        tx.commit().await?;
        self.inner.offers.get(id).await
    }
}
