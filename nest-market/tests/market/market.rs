//! Offers from the first word to the last cent.

use std::time::Duration;

use nest_market::Worker;
use nest_market::account::Organisation;
use nest_market::consent::{ConsentState, Decision, Rule};
use nest_market::level::Level;
use nest_market::money::{AccountId, Cents, Idempotency, LedgerAccount, LedgerError, Posting};
use nest_market::offer::{Aborted, OfferError, OfferId, OfferState, TermsHash};
use serde_json::Value as Json;

use crate::place::{On, on_both};
use crate::world::{World, terms};

on_both! {
    async fn an_offer_is_answered_once_and_paid_to_the_cent(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 13], Level::LOW).await;
        let stranger = world.person("stranger").await;
        let (processor, other) = (world.processor("inst").await, world.processor("other").await);
        let query = world.query("SELECT AVG(Body.age), COUNT(Body.age) WHERE (Body.age > 17)").await;
        let quote = world.market.quote(&processor, &query, &terms(10, 10_000)).await.unwrap();
        assert_eq!(quote.people.to_string(), "10 or more");
        let offer = world.market.offer(&processor, &query, &terms(10, 10_000)).await.unwrap();

        // Only those are asked whom it is about, and others find nothing.
        assert!(world.market.consents().list(stranger.id).await.unwrap().is_empty());
        assert!(matches!(world.market.consents().get(stranger.id, offer.id).await, Err(OfferError::NotFound)));
        assert!(matches!(world.market.offers().of(other.id, offer.id).await, Err(OfferError::NotFound)));
        assert!(matches!(world.market.offers().fund(other.id, offer.id).await, Err(OfferError::NotFound)));
        let asked = world.market.consents().get(people[0].id, offer.id).await.unwrap();
        let words: Json = serde_json::from_str(&asked.request).unwrap();
        assert_eq!(words["who"], "Institute inst");
        assert_eq!(words["people"], "10 or more");
        assert!(words["compensation"].as_str().unwrap().contains("100.00"));
        assert_eq!(TermsHash::of(&asked.request), asked.terms_hash);

        for person in &people[..12] {
            world.accept(person, &offer).await;
        }
        // The last decision counts, and the history has no values.
        let consents = world.market.consents();
        let denied = consents.decide(people[0].id, offer.id, offer.hash, Decision::Deny).await.unwrap();
        assert_eq!(denied, ConsentState::Withdrawn);
        let history = consents.history(people[0].id, offer.id).await.unwrap();
        assert_eq!(history.iter().map(|one| one.decision.as_str()).collect::<Vec<_>>(), ["accept", "deny"]);
        let wrong = consents.decide(people[1].id, offer.id, TermsHash::of("other words"), Decision::Accept).await;
        assert!(matches!(wrong, Err(OfferError::OtherTerms)));

        // Nothing leaves before the window is closed and the money is there.
        world.work(3601).await;
        assert_eq!(world.market.offers().get(offer.id).await.unwrap().state, OfferState::Closed);
        let late = consents.decide(people[12].id, offer.id, offer.hash, Decision::Accept).await;
        assert!(matches!(late, Err(OfferError::Closed)));
        for _ in 0..3 {
            world.market.offers().fund(processor.id, offer.id).await.unwrap();
        }
        world.work(0).await;
        let done = world.market.offers().get(offer.id).await.unwrap();
        assert_eq!(done.state, OfferState::Paid);
        let result: Json = serde_json::from_str(&done.result).unwrap();
        assert_eq!(result["value"]["calls"].as_array().unwrap().len(), 2);

        // Eleven people have 100.00 to the cent; nobody else has anything.
        let ledger = world.market.ledger();
        let mut paid = 0;
        for person in &people {
            paid += ledger.balance(LedgerAccount::person(person.money)).await.unwrap().0;
        }
        assert_eq!(paid, 10_000);
        assert_eq!(ledger.balance(LedgerAccount::person(people[0].money)).await, Ok(Cents::ZERO));
        assert!(ledger.verify().await.unwrap().is_whole());
        // Each was charged once, and those who took no part were not.
        let left = async |place: usize| {
            let left = world.market.budget().left(&people[place].budget, &processor.id.to_string()).await;
            left.unwrap().available().to_string()
        };
        assert_eq!((left(1).await, left(0).await, left(12).await), ("2".into(), "3".into(), "3".into()));
        // A worker that comes later changes nothing.
        world.work(24 * 3600).await;
        let again = world.market.offers().get(offer.id).await.unwrap();
        assert_eq!((again.state, &again.result), (OfferState::Paid, &done.result));
        let late = consents.decide(people[1].id, offer.id, offer.hash, Decision::Deny).await;
        assert!(matches!(late, Err(OfferError::TooLate)));
    }

    /// None and too few are the same to a processor, and the money goes back.
    async fn too_few_come_to_nothing_and_the_money_goes_back(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 11], Level::LOW).await;
        let processor = world.processor("inst").await;
        let mut seen = Vec::new();
        for text in ["SELECT AVG(Body.age)", "SELECT AVG(Body.age) WHERE (Body.age > 100)"] {
            let query = world.query(text).await;
            let offer = world.market.offer(&processor, &query, &terms(10, 500)).await.unwrap();
            world.market.offers().fund(processor.id, offer.id).await.unwrap();
            if text.len() < 30 {
                for person in &people[..9] {
                    world.accept(person, &offer).await;
                }
            }
            world.work(3601).await;
            let offer = world.market.offers().get(offer.id).await.unwrap();
            seen.push((offer.state, offer.aborted, offer.result));
        }
        assert_eq!(seen[0], (OfferState::Aborted, Some(Aborted::TooFew), String::new()));
        assert_eq!(seen[0], seen[1]);
        let ledger = world.market.ledger();
        assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents::ZERO));
        assert!(ledger.verify().await.unwrap().is_whole());
        let left = world.market.budget().left(&people[0].budget, &processor.id.to_string()).await.unwrap();
        assert_eq!(left.available().to_string(), "3");
    }

    async fn a_withdrawal_counts_until_the_evaluation(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 10], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let offer = world.market.offer(&processor, &query, &terms(10, 0)).await.unwrap();
        for person in &people {
            world.accept(person, &offer).await;
        }
        world.work(3601).await;
        assert_eq!(world.market.offers().get(offer.id).await.unwrap().state, OfferState::Closed);
        let consents = world.market.consents();
        let state = consents.decide(people[0].id, offer.id, offer.hash, Decision::Deny).await.unwrap();
        assert_eq!(state, ConsentState::Withdrawn);
        world.market.offers().fund(processor.id, offer.id).await.unwrap();
        world.work(0).await;
        let offer = world.market.offers().get(offer.id).await.unwrap();
        assert_eq!((offer.state, offer.aborted), (OfferState::Aborted, Some(Aborted::TooFew)));
    }

    async fn the_same_question_is_refused_when_the_budget_is_spent(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 10], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let mut ends = Vec::new();
        for _ in 0..4 {
            let offer = world.market.offer(&processor, &query, &terms(10, 100)).await.unwrap();
            world.market.offers().fund(processor.id, offer.id).await.unwrap();
            for person in &people {
                world.accept(person, &offer).await;
            }
            world.work(3601).await;
            let offer = world.market.offers().get(offer.id).await.unwrap();
            ends.push((offer.state, offer.aborted));
        }
        // ε 3 for a processor, and 1 at the level low.
        assert_eq!(ends[..3], [(OfferState::Paid, None); 3]);
        assert_eq!(ends[3], (OfferState::Aborted, Some(Aborted::BudgetExhausted)));
        let ledger = world.market.ledger();
        assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents(-300)));
        assert!(ledger.verify().await.unwrap().is_whole());
    }

    async fn rules_agree_only_where_they_cover_everything(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 3], Level::HIGH).await;
        let processor = world.processor("inst").await;
        let rule = |logical: &str, least| Rule {
            organisation: Organisation::Research,
            logical: logical.to_owned(),
            lowest_level: Level::HIGH,
            least: Cents(least),
            until: i64::MAX,
        };
        let rules = world.market.rules();
        rules.set(people[0].id, &[rule("personal", 0), rule("medical", 300)]).await.unwrap();
        rules.set(people[1].id, &[rule("personal", 0)]).await.unwrap();
        let other = Rule { organisation: Organisation::Advertising, ..rule("personal", 0) };
        rules.set(people[2].id, &[other, Rule { until: 1, ..rule("personal", 0) }]).await.unwrap();
        assert!(rules.set(people[2].id, &[rule("nonsense", 0)]).await.is_err());
        let states = async |text: &str, price| {
            let query = world.query(text).await;
            let offer = world.market.offer(&processor, &query, &terms(10, price)).await.unwrap();
            let mut states = Vec::new();
            for person in &people {
                states.push(world.market.consents().get(person.id, offer.id).await.unwrap().consent);
            }
            states
        };
        use ConsentState::{Accepted, Asked};
        assert_eq!(states("SELECT AVG(Body.age)", 0).await, [Accepted, Accepted, Asked]);
        assert_eq!(states("SELECT AVG(Body.age), AVG(Body.weight)", 900).await, [Accepted, Asked, Asked]);
        assert_eq!(states("SELECT AVG(Body.age), AVG(Body.weight)", 899).await, [Asked, Asked, Asked]);
    }

    async fn a_level_above_what_is_allowed_leaves_the_person_out(on: On) {
        let world = World::new(on).await;
        let low = world.people(&[40; 2], Level::LOW).await;
        let high = world.people(&[40; 2], Level::HIGH).await;
        let hidden = world.people(&[40; 1], Level::DONT_SHARE).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let allowed = nest_market::offer::Terms { max_level: Level::MEDIUM, ..terms(10, 0) };
        let offer = world.market.offer(&processor, &query, &allowed).await.unwrap();
        assert!(world.market.consents().get(low[0].id, offer.id).await.is_ok());
        for person in [&high[0], &hidden[0]] {
            assert!(world.market.consents().get(person.id, offer.id).await.is_err());
        }
    }

    async fn money_comes_from_where_the_method_says(on: On) {
        let world = World::new(on).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let (offers, ledger) = (world.market.offers(), world.market.ledger());
        let offer = async |payment: &str| {
            let terms = nest_market::offer::Terms { payment: payment.to_owned(), ..terms(10, 700) };
            world.market.offer(&processor, &query, &terms).await
        };
        assert!(matches!(offer("none").await, Err(OfferError::Payment)));
        assert!(matches!(offer("cheque").await, Err(OfferError::Payment)));
        // Prepaid.
        let central = offer("central").await.unwrap();
        let refused = offers.fund(processor.id, central.id).await;
        assert!(matches!(refused, Err(OfferError::Ledger(LedgerError::NotEnough { .. }))));
        let balance = LedgerAccount::processor(processor.money);
        let posting = Posting::transfer(Idempotency::key("in", &[]), "in", LedgerAccount::outside(), balance, Cents(1000));
        ledger.post(&posting.unwrap()).await.unwrap();
        offers.fund(processor.id, central.id).await.unwrap();
        assert_eq!(ledger.balance(balance).await, Ok(Cents(300)));
        offers.withdraw(processor.id, central.id).await.unwrap();
        offers.withdraw(processor.id, central.id).await.unwrap();
        assert_eq!(ledger.balance(balance).await, Ok(Cents(1000)));
        // From outside, by a receipt that comes twice.
        let per_query = offer("per-query").await.unwrap();
        assert!(matches!(offers.fund(processor.id, per_query.id).await, Err(OfferError::AwaitingReceipt)));
        for _ in 0..2 {
            offers.receipt(per_query.id, "bank-17", Cents(700)).await.unwrap();
        }
        assert!(offers.get(per_query.id).await.unwrap().funded);
        assert!(matches!(offers.receipt(per_query.id, "bank-17", Cents(1)).await, Err(OfferError::Ledger(LedgerError::KeyReused))));
        assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents(-1700)));
        // The processor pays people itself.
        let direct = offer("direct").await.unwrap();
        offers.fund(processor.id, direct.id).await.unwrap();
        assert_eq!(ledger.balance(LedgerAccount::debt(processor.money)).await, Ok(Cents(-700)));
        assert!(ledger.verify().await.unwrap().is_whole());
    }

    async fn an_offer_that_is_not_paid_for_expires(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 10], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let offer = world.market.offer(&processor, &query, &terms(10, 100)).await.unwrap();
        for person in &people {
            world.accept(person, &offer).await;
        }
        world.work(3601).await;
        world.work(8 * 24 * 3600).await;
        let offer = world.market.offers().get(offer.id).await.unwrap();
        assert_eq!(offer.aborted, Some(Aborted::Expired));
        assert!(matches!(world.market.offers().fund(processor.id, offer.id).await, Err(OfferError::State(_))));
        let asked = world.market.consents().get(people[0].id, offer.id).await.unwrap();
        assert_eq!(asked.consent, ConsentState::Expired);
    }

    async fn terms_are_checked_before_anybody_is_asked(on: On) {
        let world = World::new(on).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let good = terms(10, 0);
        let bad = [
            nest_market::offer::Terms { min_people: 9, ..good.clone() },
            nest_market::offer::Terms { price: Cents(-1), ..good.clone() },
            nest_market::offer::Terms { title: String::new(), ..good.clone() },
            nest_market::offer::Terms { open_for_seconds: 0, ..good.clone() },
            nest_market::offer::Terms { max_level: Level::DONT_SHARE, ..good.clone() },
        ];
        for terms in bad {
            assert!(matches!(world.market.offer(&processor, &query, &terms).await, Err(OfferError::Invalid(_) | OfferError::Account(_))));
        }
        assert!(matches!(world.market.offers().get(OfferId::random()).await, Err(OfferError::NotFound)));
        assert_eq!(world.place.number("SELECT COUNT(*) FROM market_offer").await, 0);
    }

    async fn shares_wait_until_a_person_asks_and_are_merged(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 10], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        for _ in 0..2 {
            let offer = world.market.offer(&processor, &query, &terms(10, 1003)).await.unwrap();
            world.market.offers().fund(processor.id, offer.id).await.unwrap();
            for person in &people {
                world.accept(person, &offer).await;
            }
            world.work(3601).await;
        }
        let account: AccountId = people[0].money;
        world.market.payouts().ask(account).await.unwrap();
        world.market.database().pass_time(Duration::from_secs(24 * 3600));
        Worker::new(&world.market).run_due().await.unwrap();
        let batches = world.market.payouts().batches(nest_market::money::BatchState::Prepared).await.unwrap();
        let (batch, _) = world.market.payouts().batch(batches[0]).await.unwrap();
        assert_eq!(batch.lines.len(), 1);
        assert!((200..=202).contains(&batch.total().0));
        assert_eq!(world.market.ledger().balance(LedgerAccount::person(account)).await, Ok(Cents::ZERO));
        assert!(world.market.ledger().verify().await.unwrap().is_whole());
    }
}
