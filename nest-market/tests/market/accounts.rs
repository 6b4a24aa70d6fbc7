//! Accounts: passwords, sessions, limits, and what is left after an account is closed.

use std::time::{Duration, Instant};

use nest_market::account::{
    AccountError, Accounts, Limit, Organisation, Password, Profile, Registration, Role,
};
use nest_market::consent::{ConsentState, Decision};
use nest_market::level::Level;
use nest_market::money::{Cents, LedgerAccount};
use nest_market::offer::{OfferError, OfferState};
use nest_market::people::PeopleError;

use crate::place::{On, Place, on_both};
use crate::world::{World, password, terms};

fn person(name: &str) -> Registration {
    Registration {
        role: Role::Person,
        name: name.to_owned(),
        password: password(),
        organisation: None,
        display: String::new(),
    }
}

on_both! {
    async fn a_session_begins_with_the_password_and_ends(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let accounts = Accounts::open(&database).await.unwrap();
        let anna = accounts.register(person("anna"), None).await.unwrap();
        assert_eq!(accounts.register(person("anna"), None).await.unwrap_err(), AccountError::Taken);
        let (token, csrf) = accounts.log_in("anna", &password(), None).await.unwrap();
        let session = accounts.sessions().find(token.as_str()).await.unwrap();
        assert_eq!((session.account, session.role), (anna.id, Role::Person));
        assert!(session.accepts_form(&csrf) && !session.accepts_form(token.as_str()));
        for wrong in ["", "0", &csrf] {
            assert_eq!(accounts.sessions().find(wrong).await.unwrap_err(), AccountError::Denied);
        }
        // A new password ends every session.
        let new = Password::new("another password").unwrap();
        let profile = Profile { password: Some((password(), new.clone())), ..Profile::default() };
        accounts.change(&session, profile).await.unwrap();
        assert_eq!(accounts.sessions().find(token.as_str()).await.unwrap_err(), AccountError::Denied);
        assert_eq!(accounts.log_in("anna", &password(), None).await.unwrap_err(), AccountError::Denied);
        let (token, _) = accounts.log_in("anna", &new, None).await.unwrap();
        accounts.sessions().end(token.as_str()).await.unwrap();
        assert_eq!(accounts.sessions().find(token.as_str()).await.unwrap_err(), AccountError::Denied);
        let (token, _) = accounts.log_in("anna", &new, None).await.unwrap();
        database.pass_time(Duration::from_secs(13 * 3600));
        assert_eq!(accounts.sessions().find(token.as_str()).await.unwrap_err(), AccountError::Denied);
    }

    async fn registrations_are_checked(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let accounts = Accounts::open(&database).await.unwrap();
        for name in ["", "ab", "a b c", "ann\u{e4}", &"a".repeat(65), "<script>"] {
            assert!(matches!(accounts.register(person(name), None).await, Err(AccountError::Invalid(_))), "{name}");
        }
        assert!(Password::new("short").is_err());
        let no_kind = Registration { role: Role::Processor, display: "Institute".to_owned(), ..person("institute") };
        assert!(matches!(accounts.register(no_kind, None).await, Err(AccountError::Invalid(_))));
        let no_organisation = Registration { organisation: Some(Organisation::Company), ..person("ben") };
        assert!(matches!(accounts.register(no_organisation, None).await, Err(AccountError::Invalid(_))));
    }

    /// The same work is done for a name that nobody has.
    async fn an_unknown_name_takes_as_long_as_a_wrong_password(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let accounts = Accounts::open(&database).await.unwrap();
        accounts.register(person("anna"), None).await.unwrap();
        let wrong = Password::given("not the password");
        let mut times = [Duration::MAX; 2];
        for _ in 0..5 {
            for (time, name) in times.iter_mut().zip(["anna", "nobody"]) {
                let begin = Instant::now();
                assert_eq!(accounts.log_in(name, &wrong, None).await.unwrap_err(), AccountError::Denied);
                *time = (*time).min(begin.elapsed());
            }
        }
        let ratio = times[0].as_secs_f64() / times[1].as_secs_f64();
        assert!((0.3..3.0).contains(&ratio), "{ratio}");
    }

    async fn passwords_are_tried_a_few_times_only(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let accounts = Accounts::open(&database).await.unwrap();
        accounts.register(person("anna"), None).await.unwrap();
        let wrong = Password::given("not the password");
        for name in ["anna", "nobody"] {
            for _ in 0..Limit::LOGIN.tries {
                assert_eq!(accounts.log_in(name, &wrong, None).await.unwrap_err(), AccountError::Denied);
            }
            // Also the right one, and both names alike.
            let refused = accounts.log_in(name, &password(), None).await.unwrap_err();
            assert!(matches!(refused, AccountError::TooMany { seconds } if seconds <= 900), "{refused:?}");
        }
        database.pass_time(Duration::from_secs(901));
        accounts.log_in("anna", &password(), None).await.unwrap();
    }

    async fn a_closed_account_leaves_amounts_without_a_name(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[30; 12], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let first = world.market.offer(&processor, &query, &terms(10, 1200)).await.unwrap();
        for person in &people {
            world.accept(person, &first).await;
        }
        world.market.offers().fund(processor.id, first.id).await.unwrap();
        world.work(3601).await;
        assert_eq!(world.market.offers().get(first.id).await.unwrap().state, OfferState::Paid);
        let second = world.market.offer(&processor, &query, &terms(10, 1200)).await.unwrap();
        world.accept(&people[0], &second).await;
        let session = world.session(&people[0].name).await;
        let token = world.market.sources().rotate(people[0].id, "Body").await.unwrap();

        let wrong = Password::given("not the password");
        let refused = world.market.unregister(&session, &wrong, true).await;
        assert!(matches!(refused, Err(OfferError::Account(AccountError::Denied))));
        let refused = world.market.unregister(&session, &password(), false).await;
        assert!(matches!(refused, Err(OfferError::Account(AccountError::MoneyLeft))));
        assert!(world.market.sources().of_token(token.as_str()).await.is_ok());
        assert!(world.market.unregister(&session, &password(), true).await.unwrap().erased);

        // The token is dead, the offer is void, the data are gone, the books are whole.
        assert!(matches!(world.market.sources().of_token(token.as_str()).await, Err(PeopleError::Denied)));
        let late = world.market.consents()
            .decide(people[0].id, second.id, second.hash, Decision::Accept).await;
        assert!(matches!(late, Err(OfferError::NotFound)));
        let catalogue = world.market.sources().catalogue().await.unwrap();
        let body = catalogue.source("Body").unwrap();
        let kept = world.market.keeper().read(people[0].pseudonym, body, 0..=i64::MAX).await.unwrap();
        assert!(kept.iter().all(|kept| kept.readings.is_empty()));
        let ledger = world.market.ledger();
        assert_eq!(ledger.balance(LedgerAccount::person(people[0].money)).await, Ok(Cents(100)));
        assert!(ledger.verify().await.unwrap().is_whole());
        assert!(matches!(world.market.accounts().get(people[0].id).await, Err(AccountError::NotFound)));
        // Others are as they were.
        let state = world.market.consents().get(people[1].id, second.id).await.unwrap().consent;
        assert_eq!(state, ConsentState::Asked);
    }

    async fn a_processor_that_leaves_takes_its_offers_back(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[30; 2], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let offer = world.market.offer(&processor, &query, &terms(10, 700)).await.unwrap();
        world.market.offers().fund(processor.id, offer.id).await.unwrap();
        world.accept(&people[0], &offer).await;
        let session = world.session("inst").await;
        assert!(!world.market.unregister(&session, &password(), false).await.unwrap().erased);
        let asked = world.market.consents().get(people[0].id, offer.id).await.unwrap();
        assert_eq!((asked.state, asked.consent), (OfferState::Aborted, ConsentState::Expired));
        let ledger = world.market.ledger();
        assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents::ZERO));
        assert!(ledger.verify().await.unwrap().is_whole());
    }
}
