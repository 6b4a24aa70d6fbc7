//! What is answered, charged, refused and given back, by one asker at a time.

use std::time::Duration;

use super::*;
use crate::{Bucket, Count, DataSetFields, Fixed, Policy, RawAggregate, RawDataSet};

#[tokio::test]
async fn the_same_question_has_the_same_answer_and_one_charge() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let (question, spends) = (question("university", "in May"), spends(0..100, "0.5"));
        let first = budget.answer(&question, &spends, 50).await.unwrap();
        assert_eq!(first.policy, Policy::Noise { classes: vec![epsilon("0.5")] });
        // Averaging repeated answers removes no noise: there is one.
        for _ in 0..100 {
            assert_eq!(budget.answer(&question, &spends, 50).await.unwrap(), first);
        }
        assert_eq!(budget.available(7, "university").await, epsilon("2.5"));
        // Another program finds it too.
        let other = Budget::open(url, Limits::default()).await.unwrap();
        assert_eq!(other.answer(&question, &spends, 50).await.unwrap(), first);
    }
}

#[tokio::test]
async fn what_makes_a_question_another_one() {
    let column = |field| Column::of(Visit::SCHEMA, field).unwrap();
    let id = |processor, field, text| Question::<Mean>::new(processor, column(field), text).id;
    let all = [
        id("a", "score", "x"),
        id("b", "score", "x"),
        id("a", "age", "x"),
        id("a", "score", "y"),
        id("ax", "score", ""),
        Question::<crate::Total>::new("a", column("score"), "x").id,
        Question::<Count>::new("a", (), "x").id,
    ];
    let different: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len());
    assert_eq!(id("a", "score", "x"), all[0]);
}

#[tokio::test]
async fn a_refusal_names_what_was_asked_and_what_is_left() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let mut answers = 0;
        let refused = loop {
            let question = question("university", &format!("week {answers}"));
            match budget.answer(&question, &spends(0..20, "0.7"), 10).await {
                Ok(_) => answers += 1,
                Err(BudgetError::Refused(refused)) => break refused,
                Err(error) => panic!("{error}"),
            }
        };
        assert_eq!(answers, 4);
        assert_eq!(refused, Refused::BudgetExhausted { asked: epsilon("0.7"), left: epsilon("0.2") });
        let text = refused.to_string();
        assert_eq!(text, "the privacy budget is exhausted: the question asks for ε 0.7, and ε 0.2 is left");
        // A smaller question is still answered, and another processor has a budget of its own, up to the person's.
        assert!(budget.answer(&question("university", "last"), &spends(0..20, "0.2"), 10).await.is_ok());
        for week in 0..3 {
            let question = question("company", &format!("week {week}"));
            assert!(budget.answer(&question, &spends(0..20, "1"), 10).await.is_ok());
        }
        assert_eq!(budget.available(3, "somebody else").await, MicroEpsilon::default());
    }
}

#[tokio::test]
async fn none_and_too_few_are_refused_alike_and_cost_nothing() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let mut words = Vec::new();
        for people in [0..0, 0..1, 0..9] {
            let error =
                budget.answer(&question("university", "x"), &spends(people, "1"), 10).await.unwrap_err();
            words.push(error.to_string());
        }
        assert_eq!(words, ["fewer people than the minimum"; 3]);
        assert_eq!(budget.available(0, "university").await, epsilon("3"));
        assert!(budget.answer(&question("university", "x"), &spends(0..10, "1"), 10).await.is_ok());
    }
}

#[tokio::test]
async fn people_without_enough_left_are_left_out_and_not_charged() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        budget.answer(&question("university", "first"), &spends(0..20, "2.5"), 10).await.unwrap();
        let question = question("university", "second");
        let Asked::Reserved(reservation) = budget.ask(&question, &spends(0..50, "1"), 30).await.unwrap()
        else {
            panic!("asked before");
        };
        assert_eq!(reservation.people().count(), 30);
        assert!(!reservation.includes(&person(3)) && reservation.includes(&person(20)));
        let mut pool = reservation.pool();
        assert_eq!(pool.add(&person(3), 40), Err(TallyError::NotReserved));
        pool.add(&person(20), 40).unwrap();
        budget.commit(reservation, pool).await.unwrap();
        assert_eq!(budget.available(3, "university").await, epsilon("0.5"));
        // Everybody who was reserved is charged, with a value or without.
        assert_eq!(budget.available(20, "university").await, epsilon("2"));
        assert_eq!(budget.available(49, "university").await, epsilon("2"));
        // The tenth of those who are left has less than 1.
        let error = budget.answer(&self::question("university", "third"), &spends(0..20, "1"), 10).await;
        let Err(BudgetError::Refused(refused)) = error else { panic!("answered") };
        assert_eq!(refused, Refused::BudgetExhausted { asked: epsilon("1"), left: epsilon("0.5") });
    }
}

#[tokio::test]
async fn any_window_of_days_counts() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let ask = |text: &'static str| question("university", text).period_days(10);
        budget.answer(&ask("a"), &spends(0..20, "2"), 10).await.unwrap();
        budget.pass_days(60);
        budget.answer(&ask("b"), &spends(0..20, "1"), 10).await.unwrap();
        assert_eq!(budget.available(0, "university").await, MicroEpsilon::default());
        budget.pass_days(29);
        assert_eq!(budget.available(0, "university").await, MicroEpsilon::default());
        budget.pass_days(1);
        // Day 90: the first charge has left the window, the second has not.
        assert_eq!(budget.available(0, "university").await, epsilon("2"));
        // A period has ended: the same question is drawn and charged anew.
        budget.answer(&ask("a"), &spends(0..20, "2"), 10).await.unwrap();
        assert_eq!(budget.available(0, "university").await, MicroEpsilon::default());
        // A clock that is set back gives nothing back.
        budget.pass_days(-90);
        assert_eq!(budget.available(0, "university").await, MicroEpsilon::default());
        budget.pass_days(90);
        budget.prune().await.unwrap();
        assert_eq!(budget.available(0, "university").await, MicroEpsilon::default());
        budget.pass_days(90);
        budget.prune().await.unwrap();
        assert_eq!(budget.available(0, "university").await, epsilon("3"));
    }
}

#[tokio::test]
async fn a_lapsed_reservation_is_given_back_and_cannot_be_committed() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap().lease(Duration::ZERO);
        let question = question("university", "x");
        let Asked::Reserved(slow) = budget.ask(&question, &spends(0..20, "1"), 10).await.unwrap() else {
            panic!()
        };
        assert_eq!(budget.available(0, "university").await, epsilon("2"));
        // Somebody else takes over, with other people: the first ones have theirs back.
        let Asked::Reserved(second) = budget.ask(&question, &spends(10..30, "1"), 10).await.unwrap() else {
            panic!()
        };
        assert_eq!(budget.available(0, "university").await, epsilon("3"));
        assert_eq!(budget.available(15, "university").await, epsilon("2"));
        let pool = slow.pool();
        assert!(matches!(budget.commit(slow, pool).await, Err(BudgetError::Lapsed)));
        let pool = second.pool();
        budget.commit(second, pool).await.unwrap();
        assert_eq!(budget.available(15, "university").await, epsilon("2"));
        // What was answered does not lapse.
        assert!(matches!(budget.ask(&question, &spends(0..20, "1"), 10).await.unwrap(), Asked::Answered(_)));
        assert_eq!(budget.available(15, "university").await, epsilon("2"));
    }
}

#[tokio::test]
async fn what_is_given_back_can_be_spent_again() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let question = question("university", "x");
        let Asked::Reserved(reservation) = budget.ask(&question, &spends(0..20, "3"), 10).await.unwrap()
        else {
            panic!()
        };
        // Meanwhile no other question can be the same, or spend the same.
        assert!(matches!(budget.ask(&question, &spends(0..20, "3"), 10).await, Err(BudgetError::Busy)));
        let other = self::question("university", "y");
        assert!(matches!(budget.ask(&other, &spends(0..20, "0.1"), 10).await, Err(BudgetError::Refused(_))));
        budget.give_back(reservation).await.unwrap();
        assert_eq!(budget.available(0, "university").await, epsilon("3"));
        budget.answer(&question, &spends(0..20, "3"), 10).await.unwrap();
    }
}

#[tokio::test]
async fn a_pool_belongs_to_its_reservation() {
    let databases = Databases::fresh();
    let budget = Budget::open(&databases.urls[0], Limits::default()).await.unwrap();
    let ask = async |text: &str| match budget
        .ask(&question("university", text), &spends(0..20, "0.1"), 10)
        .await
        .unwrap()
    {
        Asked::Reserved(reservation) => reservation,
        Asked::Answered(_) => panic!("asked before"),
    };
    let (a, b) = (ask("a").await, ask("b").await);
    let pool = b.pool();
    assert!(matches!(budget.commit(a, pool).await, Err(BudgetError::Tally(TallyError::Mismatch))));

    // A part of a protocol cannot be about more people than were reserved for its class.
    let part = |people: u32| {
        let column = Column::of(Visit::SCHEMA, "score").unwrap();
        RawAggregate::<Mean>::from_sum(column, i128::from(people) * 40, people).unwrap()
    };
    let mut pool = b.pool();
    assert_eq!(pool.add_part(epsilon("0.2"), part(20)), Err(TallyError::NotReserved));
    pool.add_part(epsilon("0.1"), part(21)).unwrap();
    assert!(matches!(budget.commit(b, pool).await, Err(BudgetError::Tally(TallyError::Mismatch))));
    let c = ask("c").await;
    let mut pool = c.pool();
    pool.add_part(epsilon("0.1"), part(12)).unwrap();
    pool.add_part(epsilon("0.1"), part(8)).unwrap();
    assert!(budget.commit(c, pool).await.is_ok());
}

#[tokio::test]
async fn wrong_spends_are_refused() {
    let databases = Databases::fresh();
    let budget = Budget::open(&databases.urls[0], Limits::default()).await.unwrap();
    let twice: Vec<_> = spends(0..20, "1").into_iter().chain(spends(5..6, "0.1")).collect();
    for spends in [twice, spends(0..20, "0")] {
        let answer = budget.answer(&question("university", "x"), &spends, 10).await;
        assert!(matches!(answer, Err(BudgetError::Spends)));
    }
}

#[tokio::test]
async fn a_data_set_leaves_once_in_a_period() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let raw = |group_by: &[&str], people: std::ops::Range<u64>| {
            let mut raw = RawDataSet::new(DataSetFields::of(Visit::SCHEMA, group_by, &["score"]).unwrap());
            for number in people {
                let values = vec![Some(i128::from(number) % 2); group_by.len()];
                raw.add(&person(number), 5, &values, &[Some(7)]).unwrap();
            }
            raw
        };
        let few = budget.release_data_set("visits", raw(&["smoker"], 0..4), 90).await;
        assert!(matches!(few, Err(BudgetError::Refused(Refused::TooFew))));
        let first = budget.release_data_set("visits", raw(&["smoker"], 0..40), 90).await.unwrap();
        assert_eq!(first.contributors, Bucket::of(40));
        // Other rows, the same fields: the stored release. Other fields: nothing.
        let again = budget.release_data_set("visits", raw(&["smoker"], 0..80), 90).await.unwrap();
        assert_eq!(again, first);
        let other = budget.release_data_set("visits", raw(&["smoker", "ward"], 0..40), 90).await;
        assert!(matches!(other, Err(BudgetError::Refused(Refused::ReleasedOtherwise))));
        budget.pass_days(90);
        assert!(budget.release_data_set("visits", raw(&["smoker", "ward"], 0..40), 90).await.is_ok());
    }
}

#[tokio::test]
async fn faults_show_no_token_and_no_address() {
    let open = async |url: &str| Budget::open(url, Limits::default()).await.err().unwrap();
    let wrong = open("mysql://somebody:secret@host/x").await;
    assert_eq!(
        wrong.to_string(),
        "the database of budgets: the address begins neither with `sqlite:` nor with `postgres:`"
    );
    let nobody = open("postgres://somebody:secret@localhost/x?host=/nowhere").await;
    let folder = open("sqlite:/nowhere/secret.sqlite").await;
    for error in [nobody, folder] {
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    let marked = PersonToken::from_bytes(*b"marked marked marked marked mark");
    let spend = Spend { person: marked, epsilon: epsilon("1") };
    let shown = format!("{marked:?} {spend:?}");
    assert!(!shown.contains("109") && !shown.contains("mark"), "{shown}");
}

#[tokio::test]
async fn tables_of_a_newer_program_are_refused() {
    let databases = Databases::fresh();
    for url in &databases.urls {
        drop(Budget::open(url, Limits::default()).await.unwrap());
        let older = Database::open(url, "release_migration", &[]).await;
        assert_eq!(
            older.err().unwrap().to_string(),
            "the database of budgets: a newer version of this program has changed the tables"
        );
    }
}

#[tokio::test]
async fn many_people_are_charged_in_parts() {
    for url in &Databases::fresh().urls {
        let budget = Budget::open(url, Limits::default()).await.unwrap();
        let released: Released<Fixed> =
            budget.answer(&question("university", "x"), &spends(0..5_321, "1"), 10).await.unwrap();
        assert_eq!(released.contributors, Bucket::of(5_321));
        assert_eq!(budget.available(5_320, "university").await, epsilon("2"));
    }
}
