//! A market with a vault, people who have readings, and processors who ask.

use nest_core::Domain;
use nest_market::account::{Account, Organisation, Password, Registration, Role, Session};
use nest_market::catalogue::Catalogue;
use nest_market::consent::Decision;
use nest_market::level::Level;
use nest_market::money::Cents;
use nest_market::offer::{Interval, Offer, Protection, Terms};
use nest_market::people::PushFormat;
use nest_market::query::{Dialect, Query};
use nest_market::{Database, Faults, Market, Worker};
use nest_release::Limits;
use nest_vault::{AccessLog, Master, SqlKeys, Suite, UntypedSettings, UntypedVault};

use crate::place::{On, Place};

pub(crate) const DAY: i64 = 86_400_000;

/// A day of the tests, in milliseconds since 1970.
pub(crate) const START: i64 = 20_000 * DAY;

pub(crate) const BODY: &str = r#"{"nest": 1, "name": "Body", "fields": [
    {"name": "age", "type": "integer", "min": 0, "max": 120, "logical": "personal"},
    {"name": "weight", "type": "decimal", "min": 30, "max": 250, "decimals": 1, "logical": "medical", "unit": "kg"}
]}"#;

pub(crate) const ROOM: &str = r#"{"nest": 1, "name": "Room", "fields": [
    {"name": "temperature", "type": "decimal", "min": -20, "max": 60, "decimals": 1, "logical": "sensor",
     "unit": "Cel", "context": "inside"}
]}"#;

/// A market and where it is.
pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) market: Market,
    vault: String,
    keys: String,
    master: String,
}

pub(crate) fn password() -> Password {
    Password::new("a long password").unwrap()
}

impl World {
    pub(crate) async fn new(on: On) -> Self {
        let place = Place::new(on);
        let (vault, keys) = match on {
            On::Sqlite => {
                let url = |name: &str| format!("sqlite:{}", place.folder.join(name).display());
                (url("vault.db"), url("keys.db"))
            }
            On::Postgres => (Place::new(on).url.clone(), Place::new(on).url.clone()),
        };
        let file = place.folder.join("master.key");
        let master = Master::create(&file).unwrap();
        let line = std::fs::read_to_string(file).unwrap().trim().to_owned();
        nest_vault::init(&vault, &keys, &master, place.folder.join("erasures.log")).await.unwrap();
        let database = Database::open(&place.url).await.unwrap();
        let market = open(database, &place.url, &vault, &keys, &line, &place.folder, "access.log").await;
        Self { place, market, vault, keys, master: line }
    }

    /// For another process of the test.
    pub(crate) fn to_text(&self) -> String {
        let folder = self.place.folder.display().to_string();
        [self.place.url.as_str(), &self.vault, &self.keys, &self.master, &folder].join("\n")
    }

    /// For the command.
    #[cfg(feature = "cli")]
    pub(crate) fn to_args(&self) -> Vec<String> {
        let file = |name: &str| self.place.folder.join(name).display().to_string();
        let (master, ledger, access) = (file("master.key"), file("erasures.log"), file("command.log"));
        let args = [
            ("--database", &self.place.url),
            ("--records", &self.vault),
            ("--keys", &self.keys),
            ("--master", &master),
            ("--ledger", &ledger),
            ("--access-log", &access),
        ];
        args.into_iter().flat_map(|(flag, value)| [flag.to_owned(), value.clone()]).collect()
    }

    pub(crate) async fn person(&self, name: &str) -> Account {
        let new = Registration {
            role: Role::Person,
            name: name.to_owned(),
            password: password(),
            organisation: None,
            display: String::new(),
        };
        self.market.accounts().register(new, None).await.unwrap()
    }

    pub(crate) async fn processor(&self, name: &str) -> Account {
        let new = Registration {
            role: Role::Processor,
            name: name.to_owned(),
            password: password(),
            organisation: Some(Organisation::Research),
            display: format!("Institute {name}"),
        };
        self.market.accounts().register(new, None).await.unwrap()
    }

    pub(crate) async fn session(&self, name: &str) -> Session {
        let (token, _) = self.market.accounts().log_in(name, &password(), None).await.unwrap();
        self.market.accounts().sessions().find(token.as_str()).await.unwrap()
    }

    /// Adds a source, shares it at a level, and gives the settings for pushing.
    pub(crate) async fn share(&self, account: &Account, source: &str, level: Level) {
        self.market.sources().begin(account.id, source).await.unwrap();
        let catalogue = self.market.sources().catalogue().await.unwrap();
        let names = [source.to_owned()];
        self.market.levels().set_all(account.id, &catalogue, &names, level).await.unwrap();
    }

    pub(crate) async fn push(&self, account: &Account, source: &str, body: &str) {
        let settings = self.market.sources().of(account.id).await.unwrap();
        let settings = settings.iter().find(|known| known.source == source).unwrap();
        let (database, sources) = (self.market.database(), self.market.sources());
        let format = PushFormat::Pack { partial: false };
        let pushed =
            self.market.keeper().push(database, sources, (account, settings), body.as_bytes(), format, None);
        let summary = pushed.await.unwrap();
        assert_eq!(summary.unmapped, 0);
    }

    /// People of these ages and of 70 kg, at one level.
    pub(crate) async fn people(&self, ages: &[u32], level: Level) -> Vec<Account> {
        let mut people = Vec::new();
        for (number, age) in ages.iter().enumerate() {
            let person = self.person(&format!("person-{level}-{number}")).await;
            self.share(&person, "Body", level).await;
            let time = START / 1000;
            let body = format!(
                r#"[{{"bt": {time}, "n": "age", "v": {age}}}, {{"n": "weight", "u": "kg", "v": 70.5}}]"#
            );
            self.push(&person, "Body", &body).await;
            people.push(person);
        }
        people
    }

    pub(crate) async fn query(&self, text: &str) -> Query {
        self.market.check(text, Dialect::Relaxed).await.unwrap()
    }

    pub(crate) async fn accept(&self, person: &Account, offer: &Offer) {
        let consents = self.market.consents();
        consents.decide(person.id, offer.id, offer.hash, Decision::Accept).await.unwrap();
    }

    /// Does all that is due, and that becomes due within so many seconds.
    pub(crate) async fn work(&self, seconds: u64) {
        let worker = Worker::new(&self.market);
        worker.run_due().await.unwrap();
        self.market.database().pass_time(std::time::Duration::from_secs(seconds));
        worker.run_due().await.unwrap();
    }
}

pub(crate) fn terms(min_people: u32, price: i64) -> Terms {
    Terms {
        title: "Ages of the people".to_owned(),
        goal: "We want to know how old people are.".to_owned(),
        interval: Interval { from: START, to: START + DAY, granularity: 3_600_000 },
        min_people,
        open_for_seconds: 3600,
        price: Cents(price),
        payment: "dummy".to_owned(),
        max_level: Level::HIGH,
        protection: Protection::Differential,
    }
}

/// The market of a world, opened once more.
pub(crate) async fn open_text(text: &str, access: &str) -> Market {
    open_with_faults(text, access, Faults::default()).await
}

pub(crate) async fn open_with_faults(text: &str, access: &str, faults: Faults) -> Market {
    let parts: Vec<_> = text.split('\n').collect();
    let database = Database::open_with(parts[0], faults).await.unwrap();
    open(database, parts[0], parts[1], parts[2], parts[3], parts[4].as_ref(), access).await
}

async fn open(
    database: Database,
    url: &str,
    vault: &str,
    keys: &str,
    master: &str,
    folder: &std::path::Path,
    access: &str,
) -> Market {
    let settings = UntypedSettings {
        records: vault.to_owned(),
        ledger: folder.join("erasures.log"),
        ledger_head: None,
        accept_lost_ledger: false,
        access: AccessLog::open(folder.join(access)).unwrap(),
        suite: Suite::default(),
        migrate: true,
    };
    let keys = SqlKeys::open(keys, Master::parse(master).unwrap()).await.unwrap();
    let vault = UntypedVault::open(&settings, keys).await.unwrap();
    let catalogue = Catalogue::new().manifest(BODY).unwrap().steady("Body").unwrap().manifest(ROOM).unwrap();
    let domain = Domain::new("market").unwrap();
    Market::builder(url, vault, domain, catalogue)
        .with_play_money()
        .limits(Limits::default())
        .budget_lease(std::time::Duration::from_secs(2))
        .database(database)
        .open()
        .await
        .unwrap()
}
