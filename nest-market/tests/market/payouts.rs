//! Payouts: once, by several operators, and paid only when the money has arrived.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use nest_market::Database;
use nest_market::money::{
    AccountId, BatchState, Cents, FilePayout, Idempotency, Ledger, LedgerAccount, Payout, PayoutBatch,
    PayoutError, Payouts, Posting, Receipt, ReceiptState,
};

use crate::place::{On, Place, on_both};

/// People to whom so many cents are due, in several sales.
async fn people_with(database: &Database, cents: &[i64]) -> Vec<AccountId> {
    let ledger = Ledger::new(database);
    let mut people = Vec::new();
    for amount in cents {
        let person = AccountId::random();
        for (sale, part) in [(0_u8, amount / 2), (1, amount - amount / 2)] {
            let key = Idempotency::key("sale", &[&person.to_bytes(), &[sale]]);
            let (from, to) = (LedgerAccount::outside(), LedgerAccount::person(person));
            ledger.post(&Posting::transfer(key, "sale", from, to, Cents(part)).unwrap()).await.unwrap();
        }
        people.push(person);
    }
    people
}

/// Takes every batch and says nothing yet.
#[derive(Default)]
struct Bank(AtomicU32);

#[async_trait]
impl Payout for Bank {
    async fn pay(&self, batch: &PayoutBatch) -> Result<Receipt, PayoutError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Receipt { id: format!("bank-{}", batch.id), state: ReceiptState::Pending })
    }
}

on_both! {
    async fn a_person_is_paid_once_and_only_after_enough_approvals(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let (payouts, ledger) = (Payouts::new(&database, 2), Ledger::new(&database));
        let people = people_with(&database, &[1_001, 250, 40, 0]).await;
        for person in &people {
            payouts.ask(*person).await.unwrap();
            payouts.ask(*person).await.unwrap();
        }
        let batch = payouts.prepare(Cents(100)).await.unwrap().unwrap();
        // Both sales are one line; who has too little waits.
        assert_eq!(batch.lines.len(), 2);
        assert_eq!(batch.total(), Cents(1_251));
        assert_eq!(payouts.prepare(Cents(100)).await.unwrap(), None, "paid twice");
        assert_eq!(ledger.balance(LedgerAccount::person(people[0])).await, Ok(Cents::ZERO));

        let bank = Bank::default();
        let refused = payouts.hand_over(batch.id, &bank).await;
        assert!(matches!(refused, Err(PayoutError::State(BatchState::Prepared))));
        let digest = batch.digest();
        assert!(matches!(payouts.approve(batch.id, [1; 16], [0; 32]).await, Err(PayoutError::OtherLines)));
        for _ in 0..3 {
            assert_eq!(payouts.approve(batch.id, [1; 16], digest).await.unwrap(), BatchState::Prepared);
        }
        assert_eq!(payouts.approve(batch.id, [2; 16], digest).await.unwrap(), BatchState::Approved);
        assert_eq!(payouts.hand_over(batch.id, &bank).await.unwrap(), BatchState::Pending);

        // Handed over is not paid.
        assert_eq!(payouts.paid(people[0]).await.unwrap(), (Cents::ZERO, Cents(1_001)));
        let receipt = Receipt { id: format!("bank-{}", batch.id), state: ReceiptState::Settled };
        for _ in 0..2 {
            assert_eq!(payouts.receipt(batch.id, &receipt).await.unwrap(), BatchState::Settled);
        }
        let other = Receipt { id: "another".to_owned(), state: ReceiptState::Settled };
        assert!(matches!(payouts.receipt(batch.id, &other).await, Err(PayoutError::OtherReceipt)));
        assert_eq!(payouts.paid(people[0]).await.unwrap(), (Cents(1_001), Cents::ZERO));
        // Only what waits is left in the market.
        assert_eq!(ledger.balance(LedgerAccount::outside()).await, Ok(Cents(-40)));
        assert!(ledger.verify().await.unwrap().is_whole());
    }

    async fn a_returned_batch_gives_the_balances_back(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let payouts = Payouts::new(&database, 1);
        let people = people_with(&database, &[300]).await;
        payouts.ask(people[0]).await.unwrap();
        let batch = payouts.prepare(Cents(1)).await.unwrap().unwrap();
        payouts.approve(batch.id, [1; 16], batch.digest()).await.unwrap();
        payouts.hand_over(batch.id, &Bank::default()).await.unwrap();
        let receipt = Receipt { id: format!("bank-{}", batch.id), state: ReceiptState::Failed };
        for _ in 0..2 {
            assert_eq!(payouts.receipt(batch.id, &receipt).await.unwrap(), BatchState::Failed);
        }
        let ledger = Ledger::new(&database);
        assert_eq!(ledger.balance(LedgerAccount::person(people[0])).await, Ok(Cents(300)));
        assert_eq!(payouts.paid(people[0]).await.unwrap(), (Cents::ZERO, Cents::ZERO));
        assert!(ledger.verify().await.unwrap().is_whole());
    }

    async fn many_operators_at_once_make_one_batch_of_a_person(on: On) {
        let (_place, database) = Place::with_database(on).await;
        let people = people_with(&database, &[100; 30]).await;
        let payouts = Payouts::new(&database, 1);
        for person in &people {
            payouts.ask(*person).await.unwrap();
        }
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let payouts = payouts.clone();
                tokio::spawn(async move { payouts.prepare(Cents(1)).await.unwrap() })
            })
            .collect();
        let mut total = 0;
        for task in tasks {
            total += task.await.unwrap().map_or(0, |batch| batch.total().0);
        }
        assert_eq!(total, 3_000);
        assert!(Ledger::new(&database).verify().await.unwrap().is_whole());
    }

    async fn a_file_holds_numbers_of_accounts_and_amounts(on: On) {
        let (place, database) = Place::with_database(on).await;
        let payouts = Payouts::new(&database, 1);
        let people = people_with(&database, &[1_234]).await;
        payouts.ask(people[0]).await.unwrap();
        let batch = payouts.prepare(Cents(1)).await.unwrap().unwrap();
        payouts.approve(batch.id, [1; 16], batch.digest()).await.unwrap();
        let files = FilePayout::new(&place.folder);
        for _ in 0..2 {
            assert_eq!(payouts.hand_over(batch.id, &files).await.unwrap(), BatchState::Pending);
        }
        let text = std::fs::read_to_string(place.folder.join(format!("payout-{}.csv", batch.id))).unwrap();
        assert_eq!(text, format!("account,amount\n{},12.34\n", people[0]));
    }
}
