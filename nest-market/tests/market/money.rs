//! The ledger: keys, balances that are never below zero, and a sum that is always zero.

use nest_market::money::{
    AccountId, Cents, Idempotency, Ledger, LedgerAccount, LedgerError, Posted, Posting,
};
use nest_market::{Database, Faults};

use crate::place::{On, Place, on_both};

fn key(word: &str) -> Idempotency {
    Idempotency::key("test", &[word.as_bytes()])
}

fn transfer(word: &str, from: LedgerAccount, to: LedgerAccount, cents: i64) -> Posting {
    Posting::transfer(key(word), "test", from, to, Cents(cents)).unwrap()
}

on_both! {
    async fn a_key_moves_money_once(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let ledger = Ledger::new(&database);
        let processor = LedgerAccount::processor(AccountId::random());
        let paid_in = transfer("a", LedgerAccount::outside(), processor, 500);
        assert_eq!(ledger.post(&paid_in).await, Ok(Posted::Now));
        assert_eq!(ledger.post(&paid_in).await, Ok(Posted::Before));
        let other = transfer("a", LedgerAccount::outside(), processor, 501);
        assert_eq!(ledger.post(&other).await, Err(LedgerError::KeyReused));
        assert_eq!(ledger.balance(processor).await, Ok(Cents(500)));
        assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents(-500)));
        assert!(ledger.verify().await.unwrap().is_whole());
    }

    async fn no_account_is_overdrawn_by_many_at_once(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let ledger = Ledger::new(&database);
        let accounts: Vec<_> = (0..4).map(|_| LedgerAccount::person(AccountId::random())).collect();
        for (number, account) in accounts.iter().enumerate() {
            let paid_in = transfer(&format!("in-{number}"), LedgerAccount::outside(), *account, 50);
            ledger.post(&paid_in).await.unwrap();
        }
        // Each moves more than there is in all, in both directions, so that locks could be taken in a circle.
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let (ledger, accounts) = (ledger.clone(), accounts.clone());
                tokio::spawn(async move {
                    let mut refused = 0;
                    for round in 0..15 {
                        let (from, to) = (accounts[(task + round) % 4], accounts[(task * 3 + round + 1) % 4]);
                        let posting = transfer(&format!("{task}-{round}"), from, to, if round % 2 == 0 { 60 } else { 45 });
                        match ledger.post(&posting).await {
                            Ok(Posted::Now) => {}
                            Err(LedgerError::NotEnough { .. }) => refused += 1,
                            other => panic!("{other:?}"),
                        }
                        assert_eq!(ledger.trial_balance().await, Ok(Cents::ZERO));
                    }
                    refused
                })
            })
            .collect();
        let mut refused = 0;
        for task in tasks {
            refused += task.await.unwrap();
        }
        assert!(refused > 0, "nothing was tried that must be refused");
        let mut sum = 0;
        for account in &accounts {
            let balance = ledger.balance(*account).await.unwrap();
            assert!(balance >= Cents::ZERO);
            sum += balance.0;
        }
        assert_eq!(sum, 200);
        assert!(ledger.verify().await.unwrap().is_whole());
    }

    async fn a_failure_at_any_point_moves_nothing_or_all(on: On) {
        let place = Place::new(on);
        let faults = Faults::default();
        let database = Database::open_with(&place.url, faults.clone()).await.unwrap();
        let ledger = Ledger::new(&database);
        let people: Vec<_> = (0..3).map(|_| LedgerAccount::person(AccountId::random())).collect();
        let mut failures = 0;
        for round in 0..40 {
            let before = ledger.balance(people[0]).await.unwrap();
            let entries = [
                (LedgerAccount::outside(), Cents(-6)), (people[0], Cents(1)), (people[1], Cents(2)), (people[2], Cents(3)),
            ];
            let posting = Posting::new(key(&round.to_string()), "test", entries).unwrap();
            faults.fail_at(round % 10 + 1);
            let result = ledger.post(&posting).await;
            faults.fail_at(0);
            let moved = ledger.balance(people[0]).await.unwrap().0 - before.0;
            assert!(moved == 0 || moved == 1);
            if result.is_err() {
                failures += 1;
                // The client asks again, and it is as if it had gone well at first.
                let again = ledger.post(&posting).await.unwrap();
                assert_eq!(again, if moved == 1 { Posted::Before } else { Posted::Now });
            } else {
                assert_eq!(moved, 1);
            }
            assert!(ledger.verify().await.unwrap().is_whole());
        }
        assert!(failures > 10);
        assert_eq!(ledger.balance(people[2]).await, Ok(Cents(120)));
    }

    async fn the_tables_refuse_a_balance_below_zero_by_themselves(on: On) {
        let (place, database) = Place::with_database(on).await;
        let ledger = Ledger::new(&database);
        let person = LedgerAccount::person(AccountId::random());
        ledger.post(&transfer("a", LedgerAccount::outside(), person, 5)).await.unwrap();
        let sql = "UPDATE market_money SET balance = balance - 6 WHERE kind = 'person'";
        let refused = match on {
            On::Sqlite => {
                let pool = sqlx::SqlitePool::connect(&place.url).await.unwrap();
                sqlx::query(sql).execute(&pool).await.is_err()
            }
            On::Postgres => {
                let pool = sqlx::PgPool::connect(&place.url).await.unwrap();
                sqlx::query(sql).execute(&pool).await.is_err()
            }
        };
        assert!(refused);
    }

    async fn no_column_may_be_null(on: On) {
        let (place, _database) = Place::with_database(on).await;
        let nullable = match on {
            On::Sqlite => "SELECT COUNT(*) FROM sqlite_master t, pragma_table_info(t.name) c \
                           WHERE t.type = 'table' AND t.name LIKE 'market_%' AND t.name <> 'market_migration' \
                           AND c.\"notnull\" = 0 AND c.pk = 0",
            On::Postgres => "SELECT COUNT(*) FROM information_schema.columns WHERE table_name LIKE 'market_%' \
                             AND table_name <> 'market_migration' AND is_nullable = 'YES'",
        };
        assert_eq!(place.number(nullable).await, 0);
    }

    async fn damage_in_the_books_is_found(on: On) {
        let (place, database) = Place::with_database(on).await;
        let ledger = Ledger::new(&database);
        let person = LedgerAccount::person(AccountId::random());
        ledger.post(&transfer("a", LedgerAccount::outside(), person, 5)).await.unwrap();
        let sql = "UPDATE market_entry SET amount = amount + 1 WHERE amount > 0";
        match on {
            On::Sqlite => {
                let pool = sqlx::SqlitePool::connect(&place.url).await.unwrap();
                sqlx::query(sql).execute(&pool).await.unwrap();
            }
            On::Postgres => {
                let pool = sqlx::PgPool::connect(&place.url).await.unwrap();
                sqlx::query(sql).execute(&pool).await.unwrap();
            }
        }
        let verified = ledger.verify().await.unwrap();
        assert_eq!((verified.wrong_balances, verified.wrong_postings), (1, 1));
        assert!(!verified.is_whole());
    }
}

#[test]
fn only_balanced_postings_can_be_made() {
    let person = LedgerAccount::person(AccountId::random());
    let unbalanced = Posting::new(key("x"), "test", [(person, Cents(1))]);
    assert_eq!(unbalanced.unwrap_err(), LedgerError::Unbalanced);
    let negative = Posting::transfer(key("x"), "test", person, LedgerAccount::outside(), Cents(-1));
    assert_eq!(negative.unwrap_err(), LedgerError::Negative);
    let large = [(person, Cents(i64::MAX)), (person, Cents(1))];
    assert_eq!(Posting::new(key("x"), "test", large).unwrap_err(), LedgerError::TooLarge);
}
