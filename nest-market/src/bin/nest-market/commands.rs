//! What each command does.

use std::path::Path;

use nest_core::Domain;
use nest_market::account::{Accounts, Password, Registration, Role};
use nest_market::catalogue::Catalogue;
use nest_market::level::Profile;
use nest_market::money::Ledger;
use nest_market::query::{Dialect, Query};
use nest_market::{Database, DatabaseError, Market};
use nest_vault::{AccessLog, Master, SqlKeys, Suite, UntypedSettings, UntypedVault};

use crate::args::{Args, BudgetCommand, Command, LedgerCommand, OperatorCommand};
use crate::failure::{Failure, unavailable};
use crate::serve::{serve, work};

pub(crate) async fn run(args: &Args) -> Result<(), Failure> {
    match &args.command {
        Command::Serve(settings) => serve(&open(args).await?, settings).await,
        Command::Worker { once, payouts_to } => work(&open(args).await?, *once, payouts_to.as_deref()).await,
        Command::Migrate => {
            Database::open(database(args)?).await.map_err(of_database)?;
            println!("the tables are those of this version");
            Ok(())
        }
        Command::Operator { command: OperatorCommand::Add { name } } => add_operator(args, name).await,
        Command::CheckQuery { query, relaxed } => check_query(args, query, *relaxed),
        Command::Ledger { command: LedgerCommand::Verify } => verify(args).await,
        Command::Budget { command: BudgetCommand::Export } => {
            println!("person,processor,micros,day");
            for charge in open(args).await?.charges().await.map_err(of_database)? {
                println!("{},{},{},{}", charge.person, charge.processor, charge.micros, charge.day);
            }
            Ok(())
        }
        Command::Status => status(args).await,
    }
}

fn database(args: &Args) -> Result<&str, Failure> {
    needed(args.database.as_deref(), "--database", "NEST_MARKET_DATABASE")
}

fn needed<'a, T: ?Sized>(value: Option<&'a T>, flag: &str, variable: &str) -> Result<&'a T, Failure> {
    value.ok_or_else(|| Failure::Settings(format!("say {flag}, or set {variable}")))
}

fn of_database(error: DatabaseError) -> Failure {
    match error {
        DatabaseError::Url(_) | DatabaseError::Schema => Failure::Settings(error.to_string()),
        DatabaseError::Damaged => Failure::Damage(error.to_string()),
        other => unavailable(other),
    }
}

fn catalogue(args: &Args) -> Result<Catalogue, Failure> {
    let mut catalogue = Catalogue::new();
    let read = |path: &Path| {
        std::fs::read_to_string(path)
            .map_err(|error| Failure::Settings(format!("{} cannot be read: {error}", path.display())))
    };
    let fault = |path: &Path, error: &dyn std::fmt::Display| {
        Failure::Settings(format!("{} is no source: {error}", path.display()))
    };
    for path in &args.sources {
        catalogue = catalogue.manifest(&read(path)?).map_err(|error| fault(path, &error))?;
    }
    for path in &args.steady_sources {
        let text = read(path)?;
        let alone = Catalogue::new().manifest(&text).map_err(|error| fault(path, &error))?;
        catalogue = catalogue.manifest(&text).map_err(|error| fault(path, &error))?;
        for source in alone.sources() {
            catalogue = catalogue.steady(source.name()).map_err(|error| fault(path, &error))?;
        }
    }
    Ok(catalogue)
}

/// The market with its vault.
async fn open(args: &Args) -> Result<Market, Failure> {
    let url = database(args)?;
    let master = needed(args.master.as_deref(), "--master", "NEST_VAULT_MASTER")?;
    let master = Master::file(master).map_err(|error| Failure::Settings(error.to_string()))?;
    let keys = needed(args.keys.as_deref(), "--keys", "NEST_VAULT_KEYS")?;
    let keys = SqlKeys::open(keys, master).await.map_err(unavailable)?;
    let settings = UntypedSettings {
        records: needed(args.records.as_deref(), "--records", "NEST_VAULT_RECORDS")?.to_owned(),
        ledger: needed(args.ledger.as_deref(), "--ledger", "NEST_VAULT_LEDGER")?.to_owned(),
        ledger_head: None,
        accept_lost_ledger: false,
        access: AccessLog::open(&args.access_log)
            .map_err(|error| Failure::Settings(format!("the access log cannot be opened: {error}")))?,
        suite: Suite::default(),
        migrate: true,
    };
    let vault = UntypedVault::open(&settings, keys).await.map_err(unavailable)?;
    let domain = Domain::new(&args.domain)
        .map_err(|_| Failure::Settings("the domain is no name of a domain".to_owned()))?;
    let profile = Profile::by_name(&args.profile)
        .ok_or_else(|| Failure::Settings("the profiles are safe and mynedata-2020".to_owned()))?;
    let mut market =
        Market::builder(url, vault, domain, catalogue(args)?).profile(profile).approvals(args.approvals);
    if args.play_money {
        market = market.with_play_money();
    }
    market.open().await.map_err(unavailable)
}

async fn add_operator(args: &Args, name: &str) -> Result<(), Failure> {
    let database = Database::open(database(args)?).await.map_err(of_database)?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(unavailable)?;
    let refused = |error: nest_market::account::AccountError| Failure::Refused(error.to_string());
    let password = Password::new(line.trim_end_matches(['\r', '\n'])).map_err(refused)?;
    let new = Registration {
        role: Role::Operator,
        name: name.to_owned(),
        password,
        organisation: None,
        display: String::new(),
    };
    let accounts = Accounts::open(&database).await.map_err(refused)?;
    accounts.register(new, None).await.map_err(refused)?;
    println!("operator {name}");
    Ok(())
}

fn check_query(args: &Args, text: &str, relaxed: bool) -> Result<(), Failure> {
    let dialect = if relaxed { Dialect::Relaxed } else { Dialect::Strict };
    match Query::check(text, &catalogue(args)?, dialect) {
        Ok(query) => {
            println!("{}", query.text());
            Ok(())
        }
        Err(error) => {
            let before = text.get(..error.at.start).unwrap_or_default().chars().count();
            let marked = text.get(error.at.clone()).unwrap_or_default().chars().count().max(1);
            Err(Failure::Refused(format!(
                "{}\n  {text}\n  {}{}\n{}",
                error.message,
                " ".repeat(before),
                "^".repeat(marked),
                error.repair
            )))
        }
    }
}

async fn verify(args: &Args) -> Result<(), Failure> {
    let database = Database::open_unchanged(database(args)?).await.map_err(of_database)?;
    let verified = Ledger::new(&database).verify().await.map_err(unavailable)?;
    println!(
        "{} accounts, {} postings, trial balance {}",
        verified.accounts, verified.postings, verified.trial_balance
    );
    if verified.is_whole() {
        println!("the books are right");
        Ok(())
    } else {
        Err(Failure::Damage(format!(
            "the books are wrong: {} balances, {} postings, {} accounts below zero",
            verified.wrong_balances, verified.wrong_postings, verified.negative
        )))
    }
}

async fn status(args: &Args) -> Result<(), Failure> {
    let status = open(args).await?.status().await.map_err(of_database)?;
    for (role, count) in &status.accounts {
        println!("accounts  {role:<24} {count}");
    }
    for (state, count) in &status.offers {
        println!("offers    {state:<24} {count}");
    }
    for (kind, state, count) in &status.tasks {
        println!("tasks     {:<24} {count}", format!("{kind} {state}"));
    }
    println!("ledger    {:<24} {}", "trial balance", status.trial_balance);
    Ok(())
}
