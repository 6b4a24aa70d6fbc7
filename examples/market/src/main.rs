//! A market in one process: people push readings over HTTP, two processors ask, people agree and are paid.
//!
//! True values are printed beside released ones. Only a demonstration can do that: the people are generated here.
//!
//! It ends by itself. With `--serve` it stays and can be called.

mod client;
mod people;
mod questions;
mod running_market;

use std::process::ExitCode;

use client::Failure;
use questions::{Asking, Outcome};
use running_market::RunningMarket;

#[tokio::main]
async fn main() -> ExitCode {
    let stays = std::env::args().skip(1).any(|argument| argument == "--serve");
    match Box::pin(story(stays)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("the market failed: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn story(stays: bool) -> Result<(), Failure> {
    let market = RunningMarket::open().await?;
    println!("A market listens at {}", market.url());
    let people = people::move_in(&market).await?;
    println!(
        "{} people keep data of 3 sources: {} readings were pushed as SenML, each day sealed under its person's key\n",
        people.len(),
        people.iter().map(people::Person::readings).sum::<usize>()
    );
    let institute = market.processor("institute", "Institute of Public Health", "research").await?;
    let energy = market.processor("energy", "Energy and Sons", "company").await?;

    println!("{:<66} {:>10} {:>10} {:>10}", "question", "true", "released", "noise");
    let questions = [
        Asking::new(&institute, "SELECT AVG(PersonalInformation.weight)", |person| Some(person.weight)),
        Asking::new(&institute, "SELECT AVG(Phone.steps) WHERE (PersonalInformation.age > 30)", |person| {
            (person.age > 30).then_some(person.steps)
        }),
        Asking::new(&energy, "SELECT AVG(Meter.temperature)", |person| Some(person.temperature)),
        // No person is that old: too few, and none, look the same.
        Asking::new(&energy, "SELECT AVG(Meter.temperature) WHERE (PersonalInformation.age > 110)", |_| None),
        // The third question of one processor to the same people.
        Asking::new(&institute, "SELECT AVG(PersonalInformation.age)", |person| Some(person.age.into())),
    ];
    let mut outcomes = Vec::new();
    for question in &questions {
        let outcome = question.ask(&market, &people).await?;
        println!("{}", question.line(&outcome, &people));
        outcomes.push(outcome);
    }
    let expected = ["released", "released", "released", "too-few", "budget-exhausted"];
    for (outcome, expected) in outcomes.iter().zip(expected) {
        if outcome.word() != expected {
            return Err(Failure::new(format!("expected {expected}, and it was {}", outcome.word())));
        }
    }

    println!("\nShares: {} in three offers of 100.00", market.paid_out(&people).await?);
    market.pay_everybody(&people).await?;
    let erased = people.first().ok_or_else(|| Failure::new("there are no people"))?;
    market.close_account(erased).await?;
    println!(
        "{} has closed the account: the key is destroyed, and the books keep amounts without a name",
        erased.name
    );
    println!("{}", market.books().await?);
    if stays {
        println!("\nThe market stays at {}/market/v1 until Ctrl-C", market.url());
        let _ = tokio::signal::ctrl_c().await;
    }
    if outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Released { .. })).count() == 3 {
        Ok(())
    } else {
        Err(Failure::new("not every question was answered"))
    }
}
