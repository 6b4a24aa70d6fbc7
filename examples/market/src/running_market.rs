//! The market that the market is in: a temporary folder with its databases, its vault, and its server.

use std::path::PathBuf;
use std::time::Duration;

use actix_web::App;
use nest_api::Host;
use nest_core::Domain;
use nest_core::prelude::*;
use nest_market::account::{Password, Registration, Role};
use nest_market::catalogue::Catalogue;
use nest_market::money::{Cents, DummyPayout, LedgerAccount};
use nest_market::rest::MarketApi;
use nest_market::{Market, Worker};
use nest_release::Limits;
use nest_vault::{AccessLog, Master, SqlKeys, Suite, UntypedSettings, UntypedVault};
use reqwest::Method;
use serde_json::json;

use crate::client::{Caller, Failure};
use crate::people::Person;

/// What a person says about themselves: a compiled record is a source by one line.
#[derive(PepRecord)]
#[pep(max_blocks = 3)]
#[allow(dead_code, reason = "its schema is the source; no record of it is made")]
pub(crate) struct PersonalInformation {
    #[pep(pseudonym)]
    person: Pseudonym,
    /// In years.
    #[pep(range = 0..=120, logical = "personal")]
    age: u8,
    /// In kilograms.
    #[pep(range = 30.0..=250.0, decimals = 1, logical = "medical", unit = "kg")]
    weight: f64,
}

const METER: &str = r#"{"nest": 1, "name": "Meter", "fields": [
    {"name": "temperature", "type": "decimal", "min": 0, "max": 40, "decimals": 1, "logical": "sensor",
     "unit": "Cel", "context": "inside"}]}"#;

const PHONE: &str = r#"{"nest": 1, "name": "Phone", "fields": [
    {"name": "steps", "type": "integer", "min": 0, "max": 1000, "logical": "personal"}]}"#;

pub(crate) const PASSWORD: &str = "a long password";

/// An open market that listens.
pub(crate) struct RunningMarket {
    pub(crate) caller: Caller,
    market: Market,
    url: String,
    operator: String,
    folder: PathBuf,
}

/// The folder goes with it.
impl Drop for RunningMarket {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl RunningMarket {
    pub(crate) async fn open() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("nest-market-example-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&folder)?;
        let url = |name: &str| format!("sqlite:{}", folder.join(name).display());
        let master = Master::create(folder.join("master.key"))?;
        let ledger = folder.join("erasures.log");
        nest_vault::init(&url("people.db"), &url("keys.db"), &master, &ledger).await?;
        let settings = UntypedSettings {
            records: url("people.db"),
            ledger,
            ledger_head: None,
            accept_lost_ledger: false,
            access: AccessLog::open(folder.join("access.log"))?,
            suite: Suite::default(),
            migrate: true,
        };
        let vault = UntypedVault::open(&settings, SqlKeys::open(&url("keys.db"), master).await?).await?;
        let catalogue = Catalogue::new()
            .record::<PersonalInformation>()?
            .steady("PersonalInformation")?
            .manifest(METER)?
            .manifest(PHONE)?;
        // Less than by default, so that the third question of one processor is refused.
        let limits = Limits { per_processor: "2".parse()?, ..Limits::default() };
        let market = Market::builder(url("market.db"), vault, Domain::new("market")?, catalogue)
            .with_play_money()
            .approvals(1)
            .limits(limits)
            .open()
            .await?;
        let api = MarketApi::new(&market);
        let app = move || App::new().configure(|cfg| api.configure(cfg));
        let hosted = Host::new().bind(([127, 0, 0, 1], 0).into(), app)?;
        let url = hosted.url();
        tokio::spawn(hosted.run());
        let operator = Registration {
            role: Role::Operator,
            name: "operator".to_owned(),
            password: Password::new(PASSWORD)?,
            organisation: None,
            display: String::new(),
        };
        market.accounts().register(operator, None).await?;
        let mut market = Self { caller: Caller::new(&url), market, url, operator: String::new(), folder };
        market.operator = market.log_in("operator").await?;
        Ok(market)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn log_in(&self, name: &str) -> Result<String, Failure> {
        let login = json!({ "name": name, "password": PASSWORD });
        let session = self.caller.call(Method::POST, "/sessions", "", Some(&login)).await?;
        let token = session.get("token").and_then(|token| token.as_str()).unwrap_or_default();
        Ok(token.to_owned())
    }

    /// Makes the account of a processor, and logs in.
    pub(crate) async fn processor(&self, name: &str, display: &str, kind: &str) -> Result<String, Failure> {
        let new = json!({
            "role": "processor", "name": name, "password": PASSWORD, "organisation": kind, "display": display,
        });
        self.caller.call(Method::POST, "/accounts", "", Some(&new)).await?;
        self.log_in(name).await
    }

    /// Lets time pass, and does what becomes due.
    pub(crate) async fn pass(&self, time: Duration) -> Result<(), Failure> {
        let worker = Worker::new(&self.market);
        worker.run_due().await?;
        self.market.database().pass_time(time);
        worker.run_due().await?;
        Ok(())
    }

    /// What is due to all people together.
    pub(crate) async fn paid_out(&self, people: &[Person]) -> Result<Cents, Failure> {
        let mut sum = Cents::ZERO;
        for person in people {
            let money = self.caller.call(Method::GET, "/me/ledger", &person.token, None).await?;
            let due = money.get("due").and_then(|due| due.as_i64()).unwrap_or_default();
            sum = sum.checked_add(Cents(due)).ok_or_else(|| Failure::new("too much money"))?;
        }
        Ok(sum)
    }

    /// Everybody asks to be paid, an operator approves the batch, and the money arrives.
    pub(crate) async fn pay_everybody(&self, people: &[Person]) -> Result<(), Failure> {
        for person in people {
            self.caller.call(Method::POST, "/me/payouts", &person.token, None).await?;
        }
        self.market.payouts().prepare(Cents(1)).await?;
        let batches = self.caller.call(Method::GET, "/payouts", &self.operator, None).await?;
        for batch in batches.as_array().into_iter().flatten() {
            let word = |name: &str| batch.get(name).and_then(|word| word.as_str()).unwrap_or_default();
            let path = format!("/payouts/{}/approval", word("id"));
            let approval = json!({ "digest": word("digest") });
            self.caller.call(Method::POST, &path, &self.operator, Some(&approval)).await?;
            let lines = batch.get("lines").and_then(|lines| lines.as_array()).map_or(0, Vec::len);
            let total = batch.get("total").and_then(|total| total.as_i64()).unwrap_or_default();
            println!("Payouts: one batch of {lines} people over {}, approved and paid", Cents(total));
        }
        for batch in self.market.payouts().batches(nest_market::money::BatchState::Approved).await? {
            self.market.payouts().hand_over(batch, &DummyPayout).await?;
        }
        Ok(())
    }

    pub(crate) async fn close_account(&self, person: &Person) -> Result<(), Failure> {
        let closing = json!({ "password": PASSWORD });
        self.caller.call(Method::DELETE, "/me", &person.token, Some(&closing)).await.map(drop)
    }

    /// A line about the books, which must add up.
    pub(crate) async fn books(&self) -> Result<String, Failure> {
        let verified = self.market.ledger().verify().await?;
        if !verified.is_whole() {
            return Err(Failure::new("the books do not add up"));
        }
        let outside = self.market.ledger().balance(LedgerAccount::outside()).await?;
        Ok(format!(
            "Books: {} postings on {} accounts, trial balance {}, outside {outside}",
            verified.postings, verified.accounts, verified.trial_balance
        ))
    }
}
