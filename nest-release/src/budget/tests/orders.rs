//! Many askers, in any order and at the same time.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use tokio::task::JoinSet;

use super::*;

const PROCESSORS: [&str; 3] = ["university", "company", "office"];

/// A question of the tests: which processor, the first person, how many people, ε in tenths.
type Asking = (usize, u64, u64, u32);

async fn ask_all(url: &str, askings: &[Asking]) -> Vec<(u64, usize, MicroEpsilon)> {
    let budget = Budget::open(url, Limits::default()).await.unwrap();
    let mut charged: BTreeMap<(u64, usize), u32> = BTreeMap::new();
    for (processor, first, people, tenths) in askings {
        let text = format!("{first} {people} {tenths}");
        let question = question(PROCESSORS[*processor], &text);
        let each = MicroEpsilon::from_micros(tenths * 100_000).to_string();
        let named = spends(*first..first + people, &each);
        match budget.ask(&question, &named, 2).await {
            Ok(Asked::Reserved(reservation)) => {
                for number in *first..first + people {
                    if reservation.includes(&person(number)) {
                        *charged.entry((number, *processor)).or_default() += tenths * 100_000;
                    }
                }
                let pool = reservation.pool();
                budget.commit(reservation, pool).await.unwrap();
            }
            Ok(Asked::Answered(_)) | Err(BudgetError::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    // The ledger says what the answers say, and no limit is exceeded.
    let mut ledger = Vec::new();
    for number in 0..12 {
        let mut all = 0;
        for (place, processor) in PROCESSORS.iter().enumerate() {
            let spent = charged.get(&(number, place)).copied().unwrap_or_default();
            let left = budget.left(&person(number), processor).await.unwrap();
            assert_eq!(left.processor.micros() + spent, 3_000_000);
            all += spent;
            ledger.push((number, place, left.processor));
        }
        let left = budget.left(&person(number), PROCESSORS[0]).await.unwrap();
        assert_eq!(left.person.micros() + all, 6_000_000);
    }
    ledger
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..ProptestConfig::default() })]

    /// Whatever is asked in whatever order, what was answered is what was charged, and never too much. Where all fit
    /// into the budget, the order changes nothing at all.
    #[test]
    fn the_order_of_questions_changes_no_charge(
        askings in prop::collection::vec((0_usize..3, 0_u64..8, 2_u64..5, 1_u32..9), 1..12),
        swaps in prop::collection::vec(any::<prop::sample::Index>(), 12),
    ) {
        let mut shuffled = askings.clone();
        for (place, swap) in swaps.iter().enumerate().take(shuffled.len()) {
            let other = swap.index(shuffled.len());
            shuffled.swap(place, other);
        }
        let (one, other) = (Databases::fresh(), Databases::fresh());
        let (a, b) = run(async { (ask_all(&one.urls[0], &askings).await, ask_all(&other.urls[0], &shuffled).await) });
        let asked: u32 = askings.iter().map(|asking| asking.3).sum();
        if asked <= 30 {
            prop_assert_eq!(a, b);
        }
        let c = run(ask_all(&one.urls[1], &askings));
        if asked <= 30 {
            prop_assert_eq!(c, run(ask_all(&other.urls[1], &shuffled)));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_never_spend_more_than_there_is() {
    for url in &Databases::fresh().urls {
        // Two programs on one database.
        let budgets = [
            Arc::new(Budget::open(url, Limits::default()).await.unwrap()),
            Arc::new(Budget::open(url, Limits::default()).await.unwrap()),
        ];
        let mut tasks = JoinSet::new();
        for number in 0..50_u64 {
            let budget = Arc::clone(&budgets[number as usize % 2]);
            tasks.spawn(async move {
                // Overlapping people, named in different orders; person 19 is in every question.
                let mut named = spends(number % 20..20 + number % 7, "0.1");
                if number % 2 == 0 {
                    named.reverse();
                }
                let question = question("university", &number.to_string());
                match budget.ask(&question, &named, 1).await {
                    Ok(Asked::Reserved(reservation)) => {
                        let spent = u32::from(reservation.includes(&person(19)));
                        let pool = reservation.pool();
                        budget.commit(reservation, pool).await.unwrap();
                        spent
                    }
                    // Where only people without any budget were named.
                    Err(BudgetError::Refused(Refused::BudgetExhausted { .. })) => 0,
                    Ok(Asked::Answered(_)) => panic!("asked before"),
                    Err(error) => panic!("{error}"),
                }
            });
        }
        let mut spent = 0;
        while let Some(done) = tasks.join_next().await {
            spent += done.unwrap();
        }
        assert_eq!(spent, 30);
        assert_eq!(budgets[0].available(19, "university").await, MicroEpsilon::default());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_who_ask_the_same_get_the_same() {
    for url in &Databases::fresh().urls {
        let budget = Arc::new(Budget::open(url, Limits::default()).await.unwrap());
        let mut tasks = JoinSet::new();
        for _ in 0..50 {
            let budget = Arc::clone(&budget);
            tasks.spawn(async move {
                loop {
                    match budget.answer(&question("university", "x"), &spends(0..20, "1"), 10).await {
                        Ok(released) => return released,
                        Err(BudgetError::Busy) => tokio::task::yield_now().await,
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
        let answers = tasks.join_all().await;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        assert_eq!(budget.available(0, "university").await, epsilon("2"));
    }
}
