//! Questions in person.

use std::time::Duration;

use nest_market::account::AccountError;
use nest_market::consent::PinState;
use nest_market::level::Level;
use nest_market::offer::{Interval, OfferError, TermsHash};

use crate::place::{On, on_both};
use crate::world::{DAY, START, World};

const INTERVAL: Interval = Interval { from: START, to: START + DAY, granularity: 3_600_000 };
const GOAL: &str = "We need your age for the card.";

on_both! {
    async fn exactly_what_was_shown_leaves_once(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[41, 42], Level::DONT_SHARE).await;
        let (processor, other) = (world.processor("inst").await, world.processor("other").await);
        let market = &world.market;
        let (id, pin) = market.pin_query(&processor, "SELECT ALL(Body.age)", GOAL, INTERVAL).await.unwrap();
        assert_eq!(pin.as_str().len(), 8);
        let preview = market.enter_pin(&people[0], pin.as_str()).await.unwrap();
        assert_eq!(preview.leaves, r#"{"Body.age":41}"#);
        // Somebody else cannot see it any more, nor anybody agree to other words.
        assert!(matches!(market.enter_pin(&people[1], pin.as_str()).await, Err(OfferError::NotFound)));
        let hash = TermsHash::parse(&preview.terms_hash).unwrap();
        let forged = r#"{"Body.age":20}"#;
        for agreed in [(hash, forged), (TermsHash::of(forged), forged)] {
            let refused = market.decide_pin(&people[0], pin.as_str(), Some(agreed)).await;
            assert!(matches!(refused, Err(OfferError::OtherTerms)));
        }
        assert_eq!(market.pin_answer(processor.id, id).await.unwrap().result, "");
        market.decide_pin(&people[0], pin.as_str(), Some((hash, &preview.leaves))).await.unwrap();
        let answer = market.pin_answer(processor.id, id).await.unwrap();
        assert_eq!((answer.state, answer.result.as_str()), (PinState::Answered, r#"{"Body.age":41}"#));
        assert!(matches!(market.pin_answer(other.id, id).await, Err(OfferError::NotFound)));
        assert!(matches!(market.enter_pin(&people[0], pin.as_str()).await, Err(OfferError::NotFound)), "used twice");
    }

    async fn a_pin_ends_and_cannot_be_guessed(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[41, 42], Level::LOW).await;
        let processor = world.processor("inst").await;
        let market = &world.market;
        let (_, pin) = market.pin_query(&processor, "SELECT ALL(Body.age)", GOAL, INTERVAL).await.unwrap();
        for wrong in ["", "1", "abc", "00000000", "12345678"] {
            assert!(matches!(market.enter_pin(&people[0], wrong).await, Err(OfferError::NotFound)));
        }
        // The right one as well: the sixth try is one too many.
        let refused = market.enter_pin(&people[0], pin.as_str()).await;
        assert!(matches!(refused, Err(OfferError::Account(AccountError::TooMany { .. }))));
        market.database().pass_time(Duration::from_secs(601));
        assert!(matches!(market.enter_pin(&people[1], pin.as_str()).await, Err(OfferError::NotFound)), "too late");
        let statistic = market.pin_query(&processor, "SELECT AVG(Body.age)", GOAL, INTERVAL).await;
        assert!(matches!(statistic, Err(OfferError::Invalid(_))));
    }

    async fn a_refusal_uses_the_pin(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[41], Level::LOW).await;
        let processor = world.processor("inst").await;
        let market = &world.market;
        let (id, pin) = market.pin_query(&processor, "SELECT ALL(Body.age)", GOAL, INTERVAL).await.unwrap();
        market.enter_pin(&people[0], pin.as_str()).await.unwrap();
        market.decide_pin(&people[0], pin.as_str(), None).await.unwrap();
        let answer = market.pin_answer(processor.id, id).await.unwrap();
        assert_eq!((answer.state, answer.result.as_str()), (PinState::Denied, ""));
        assert!(market.enter_pin(&people[0], pin.as_str()).await.is_err());
    }
}
