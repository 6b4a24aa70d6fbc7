//! A market: its database, its vault, its catalogue and its budget, opened together.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use nest_core::Domain;
use nest_release::{Budget, Limits, StorageError};
use nest_vault::UntypedVault;

use crate::account::{AccountError, Accounts};
use crate::catalogue::Catalogue;
use crate::consent::{Consents, Notices, PinQueries, Rules};
use crate::database::{Database, DatabaseError};
use crate::level::Profile;
use crate::money::{Central, Direct, Dummy, Ledger, NoPayment, PaymentMethod, Payouts, PerQuery};
use crate::offer::Offers;
use crate::people::{Keeper, PeopleError, PersonLevels, Sources};
use crate::query::Functions;
use crate::task::{Outbox, Tasks};

/// A market. Clones share everything.
#[derive(Clone)]
pub struct Market {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) database: Database,
    pub(crate) accounts: Accounts,
    pub(crate) sources: Sources,
    pub(crate) levels: PersonLevels,
    pub(crate) keeper: Keeper,
    pub(crate) offers: Offers,
    pub(crate) consents: Consents,
    pub(crate) rules: Rules,
    pub(crate) pins: PinQueries,
    pub(crate) notices: Notices,
    pub(crate) ledger: Ledger,
    pub(crate) payouts: Payouts,
    pub(crate) tasks: Tasks,
    pub(crate) outbox: Outbox,
    pub(crate) budget: Budget,
    pub(crate) profile: Profile,
    pub(crate) functions: Functions,
}

impl fmt::Debug for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Market({:?})", self.inner.database)
    }
}

/// Why a market does not open.
#[derive(Debug)]
#[non_exhaustive]
pub enum MarketError {
    /// The database fails, or its tables are of another version.
    Database(DatabaseError),
    /// The budget cannot be opened.
    Budget(StorageError),
    /// The accounts cannot be opened.
    Account(AccountError),
    /// A source of the database does not fit the compiled ones.
    People(PeopleError),
}

impl fmt::Display for MarketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MarketError::Database(error) => error.fmt(f),
            MarketError::Budget(error) => error.fmt(f),
            MarketError::Account(error) => error.fmt(f),
            MarketError::People(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MarketError {}

macro_rules! from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<$from> for MarketError {
            fn from(error: $from) -> Self {
                MarketError::$variant(error)
            }
        }
    )*};
}

from!(DatabaseError => Database, StorageError => Budget, AccountError => Account, PeopleError => People);

/// Settings of a market that is about to be opened.
#[must_use = "it is opened by `open`"]
pub struct MarketBuilder {
    url: String,
    budget_url: String,
    keeper: Keeper,
    catalogue: Catalogue,
    profile: Profile,
    limits: Limits,
    functions: Functions,
    methods: Vec<Arc<dyn PaymentMethod>>,
    approvals: u32,
    database: Option<Database>,
    budget_lease: Duration,
}

/// How long a worker may take from the reservation of a budget to the answer. After one that was killed, another waits
/// for so long.
const BUDGET_LEASE: Duration = Duration::from_secs(150);

impl fmt::Debug for MarketBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MarketBuilder(..)")
    }
}

impl MarketBuilder {
    /// The numbers of the levels, instead of the profile `safe`.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// The most ε of each person, instead of 3 for a processor and 6 in all in 90 days.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The functions of queries, instead of the standard ones.
    pub fn functions(mut self, functions: Functions) -> Self {
        self.functions = functions;
        self
    }

    /// Another payment method, or another one of the same name.
    pub fn payment(mut self, method: impl PaymentMethod) -> Self {
        self.methods.retain(|known| known.name() != method.name());
        self.methods.push(Arc::new(method));
        self
    }

    /// Play money as well: for demonstrations.
    pub fn with_play_money(self) -> Self {
        self.payment(Dummy)
    }

    /// How many operators must approve a batch of payouts, instead of two.
    pub fn approvals(mut self, approvals: u32) -> Self {
        self.approvals = approvals;
        self
    }

    /// A database of its own for the budgets, instead of the market's.
    pub fn budget_at(mut self, url: impl Into<String>) -> Self {
        self.budget_url = url.into();
        self
    }

    #[doc(hidden)]
    pub fn budget_lease(mut self, lease: Duration) -> Self {
        self.budget_lease = lease;
        self
    }

    #[doc(hidden)]
    pub fn database(mut self, database: Database) -> Self {
        self.database = Some(database);
        self
    }

    /// Opens the market, and brings its tables up to this version.
    ///
    /// # Errors
    ///
    /// [`MarketError`]
    pub async fn open(self) -> Result<Market, MarketError> {
        let database = match self.database {
            Some(database) => database,
            None => Database::open(&self.url).await?,
        };
        let budget = Budget::open(&self.budget_url, self.limits).await?.lease(self.budget_lease);
        let inner = Inner {
            accounts: Accounts::open(&database).await?,
            sources: Sources::open(&database, self.catalogue).await?,
            levels: PersonLevels::new(&database),
            keeper: self.keeper,
            offers: Offers::new(&database, self.methods),
            consents: Consents::new(&database),
            rules: Rules::new(&database),
            pins: PinQueries::new(&database),
            notices: Notices::new(&database),
            ledger: Ledger::new(&database),
            payouts: Payouts::new(&database, self.approvals),
            tasks: Tasks::new(&database),
            outbox: Outbox::new(&database),
            budget,
            profile: self.profile,
            functions: self.functions,
            database,
        };
        Ok(Market { inner: Arc::new(inner) })
    }
}

impl Market {
    /// A market in the database of this URL, `sqlite:FILE` or `postgres://…`, whose people are kept in this vault under
    /// their pseudonyms in this domain.
    pub fn builder(
        url: impl Into<String>,
        vault: UntypedVault,
        domain: Domain,
        catalogue: Catalogue,
    ) -> MarketBuilder {
        let url = url.into();
        MarketBuilder {
            budget_url: url.clone(),
            url,
            keeper: Keeper::new(vault, domain),
            catalogue,
            profile: Profile::safe(),
            limits: Limits::default(),
            functions: Functions::standard(),
            methods: vec![Arc::new(NoPayment), Arc::new(Direct), Arc::new(PerQuery), Arc::new(Central)],
            approvals: 2,
            database: None,
            budget_lease: BUDGET_LEASE,
        }
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.inner.database
    }

    /// The accounts.
    pub fn accounts(&self) -> &Accounts {
        &self.inner.accounts
    }

    /// The sources and the catalogue.
    pub fn sources(&self) -> &Sources {
        &self.inner.sources
    }

    /// The levels of people.
    pub fn levels(&self) -> &PersonLevels {
        &self.inner.levels
    }

    /// The readings of people.
    pub fn keeper(&self) -> &Keeper {
        &self.inner.keeper
    }

    /// The offers.
    pub fn offers(&self) -> &Offers {
        &self.inner.offers
    }

    /// The consents.
    pub fn consents(&self) -> &Consents {
        &self.inner.consents
    }

    /// The standing rules.
    pub fn rules(&self) -> &Rules {
        &self.inner.rules
    }

    /// The notices.
    pub fn notices(&self) -> &Notices {
        &self.inner.notices
    }

    /// The ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.inner.ledger
    }

    /// The payouts.
    pub fn payouts(&self) -> &Payouts {
        &self.inner.payouts
    }

    /// The tasks.
    pub fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    /// The budgets.
    pub fn budget(&self) -> &Budget {
        &self.inner.budget
    }

    /// The numbers of the levels.
    pub fn profile(&self) -> &Profile {
        &self.inner.profile
    }
}
