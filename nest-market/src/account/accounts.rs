//! The accounts: made, opened with a password, changed, and closed.

use std::fmt;

use nest_core::Pseudonym;
use nest_release::PersonToken;

use super::{
    AccountError, Hasher, Limit, Limiter, Organisation, Password, Role, Session, SessionToken, Sessions,
};
use crate::database::{Database, DatabaseError, Row, Tx, id, params};
use crate::money::{AccountId, Cents, Ledger, LedgerAccount};

id!(
    /// The number of an account.
    AccountNumber
);

/// One account.
///
/// Its numbers elsewhere are random: that in the ledger, that in the budget, and the pseudonym in the vault. Only this
/// row leads from one to the other, and it is deleted when the account is closed.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Account {
    /// Its number.
    pub id: AccountNumber,
    /// What it is for.
    pub role: Role,
    /// The name that it logs in with.
    pub name: String,
    /// What kind of organisation it is, of a processor.
    pub organisation: Option<Organisation>,
    /// How it is called, of a processor: people see this.
    pub display: String,
    /// Where people read more about it, of a processor.
    pub website: String,
    /// Its number in the ledger.
    pub money: AccountId,
    /// Who it is in the vault.
    pub pseudonym: Pseudonym,
    /// Who it is in the budget.
    pub budget: PersonToken,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("role", &self.role).finish_non_exhaustive()
    }
}

/// What an account is made with.
#[derive(Debug, Clone)]
pub struct Registration {
    /// What it is for.
    pub role: Role,
    /// The name to log in with: 3 to 64 letters, digits, and `.`, `-`, `_`, `@`.
    pub name: String,
    /// Its password.
    pub password: Password,
    /// What kind of organisation it is: needed of a processor, and of nobody else.
    pub organisation: Option<Organisation>,
    /// How a processor is called.
    pub display: String,
}

/// What an account can change of itself. What is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// How a processor is called.
    pub display: Option<String>,
    /// Where people read more about a processor.
    pub website: Option<String>,
    /// A new password, with the old one.
    pub password: Option<(Password, Password)>,
}

/// The accounts in one database.
#[derive(Clone)]
pub struct Accounts {
    database: Database,
    hasher: Hasher,
    sessions: Sessions,
    limiter: Limiter,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Accounts(..)")
    }
}

const COLUMNS: &str = "id, role, name, organisation, display, website, money, pseudonym, budget";

impl Accounts {
    /// The accounts in this database.
    ///
    /// # Errors
    ///
    /// No password can be hashed here.
    pub async fn open(database: &Database) -> Result<Self, AccountError> {
        Ok(Self {
            database: database.clone(),
            hasher: Hasher::new().await?,
            sessions: Sessions::new(database),
            limiter: Limiter::new(database),
        })
    }

    /// The sessions of these accounts.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// The counters of tries.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// Makes an account. `from` is the address that asks, where it is known: an operator's command has none.
    ///
    /// # Errors
    ///
    /// [`AccountError::Taken`], [`AccountError::Invalid`] and [`AccountError::TooMany`].
    pub async fn register(&self, new: Registration, from: Option<&[u8]>) -> Result<Account, AccountError> {
        if let Some(from) = from {
            self.limiter.count(Limit::REGISTER_FROM, from).await?;
        }
        check_name(&new.name)?;
        let organisation = match (new.role, new.organisation) {
            (Role::Processor, Some(kind)) => kind.as_str(),
            (Role::Processor, None) => {
                return Err(AccountError::Invalid("a processor says what kind of organisation it is"));
            }
            (_, Some(_)) => return Err(AccountError::Invalid("only a processor is an organisation")),
            (_, None) => "",
        };
        if new.role == Role::Processor {
            check_text(&new.display, 1, 200, "a processor has a name of 1 to 200 characters")?;
        }
        let hash = self.hasher.hash(&new.password).await?;
        let budget: [u8; 32] = rand::random();
        let account = Account {
            id: AccountNumber::random(),
            role: new.role,
            name: new.name,
            organisation: new.organisation,
            display: new.display,
            website: String::new(),
            money: AccountId::random(),
            pseudonym: Pseudonym::random(),
            budget: PersonToken::from_bytes(budget),
        };
        let mut tx = self.database.begin().await?;
        let now = tx.now().await?;
        let sql = "INSERT INTO market_account (id, role, name, password, organisation, display, website, money, \
                   pseudonym, budget, at) VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10)";
        let params = params![
            account.id,
            account.role.as_str(),
            &account.name,
            hash,
            organisation,
            &account.display,
            account.money,
            account.pseudonym.to_bytes(),
            budget,
            now,
        ];
        match tx.execute(sql, params).await {
            Ok(_) => {}
            Err(DatabaseError::Exists) => return Err(AccountError::Taken),
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(account)
    }

    /// Begins a session, and gives its token and the token for its forms.
    ///
    /// # Errors
    ///
    /// [`AccountError::Denied`] for an unknown name and for a wrong password, after the same time, and
    /// [`AccountError::TooMany`].
    pub async fn log_in(
        &self,
        name: &str,
        password: &Password,
        from: Option<&[u8]>,
    ) -> Result<(SessionToken, String), AccountError> {
        if let Some(from) = from {
            self.limiter.count(Limit::LOGIN_FROM, from).await?;
        }
        // Unknown names are counted as well: that there is a limit for a name tells nothing.
        self.limiter.count(Limit::LOGIN, name.as_bytes()).await?;
        let sql = "SELECT id, password FROM market_account WHERE name = $1";
        let rows = self.database.fetch(sql, params![name]).await?;
        let known = match rows.first() {
            Some(row) => Some((AccountNumber::from_bytes(row.array(0)?), row.text(1)?)),
            None => None,
        };
        let hash = known.as_ref().map(|(_, hash)| hash.as_str());
        let fits = self.hasher.fits(password, hash).await?;
        match known {
            Some((account, _)) if fits => {
                self.limiter.forget(Limit::LOGIN, name.as_bytes()).await?;
                self.sessions.begin(account).await
            }
            _ => Err(AccountError::Denied),
        }
    }

    /// The account of this number.
    ///
    /// # Errors
    ///
    /// [`AccountError::NotFound`]
    pub async fn get(&self, id: AccountNumber) -> Result<Account, AccountError> {
        let sql = format!("SELECT {COLUMNS} FROM market_account WHERE id = $1");
        let rows = self.database.fetch(&sql, params![id]).await?;
        read(rows.first().ok_or(AccountError::NotFound)?)
    }

    pub(crate) async fn get_in(tx: &mut Tx, id: AccountNumber) -> Result<Account, AccountError> {
        let sql = format!("SELECT {COLUMNS} FROM market_account WHERE id = $1");
        read(&tx.fetch_one(&sql, params![id]).await?.ok_or(AccountError::NotFound)?)
    }

    /// Changes what an account says of itself. A new password ends all its sessions.
    ///
    /// # Errors
    ///
    /// [`AccountError::Denied`] where the old password is wrong, and [`AccountError::Invalid`].
    pub async fn change(&self, session: &Session, profile: Profile) -> Result<Account, AccountError> {
        if let Some(display) = &profile.display {
            check_text(display, 1, 200, "a processor has a name of 1 to 200 characters")?;
        }
        if let Some(website) = &profile.website {
            let is_link = website.is_empty() || website.starts_with("https://");
            if !is_link || website.len() > 500 || website.chars().any(char::is_whitespace) {
                return Err(AccountError::Invalid(
                    "a website begins with https:// and has at most 500 bytes",
                ));
            }
        }
        let password = match &profile.password {
            None => None,
            Some((old, new)) => {
                self.confirm(session.account, old).await?;
                Some(self.hasher.hash(new).await?)
            }
        };
        let mut tx = self.database.begin().await?;
        for (column, value) in
            [("display", profile.display), ("website", profile.website), ("password", password.clone())]
        {
            if let Some(value) = value {
                let sql = format!("UPDATE market_account SET {column} = $2 WHERE id = $1");
                tx.execute(&sql, params![session.account, value]).await?;
            }
        }
        if password.is_some() {
            Sessions::end_all(&mut tx, session.account).await?;
        }
        let account = Self::get_in(&mut tx, session.account).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Whether this is the password of an account: asked again before something that cannot be undone.
    ///
    /// # Errors
    ///
    /// [`AccountError::Denied`] where it is not.
    pub async fn confirm(&self, id: AccountNumber, password: &Password) -> Result<(), AccountError> {
        self.limiter.count(Limit::LOGIN, &id.to_bytes()).await?;
        let sql = "SELECT password FROM market_account WHERE id = $1";
        let rows = self.database.fetch(sql, params![id]).await?;
        let hash = rows.first().map(|row| row.text(0)).transpose()?;
        if self.hasher.fits(password, hash.as_deref()).await? {
            self.limiter.forget(Limit::LOGIN, &id.to_bytes()).await
        } else {
            Err(AccountError::Denied)
        }
    }

    /// Removes an account, in the transaction that voids what hangs on it. The ledger keeps its amounts under a number
    /// that leads nowhere any more.
    ///
    /// # Errors
    ///
    /// [`AccountError::MoneyLeft`] where something is due to it, or is in its balance, unless it is given up.
    pub(crate) async fn remove(
        tx: &mut Tx,
        account: &Account,
        give_up_money: bool,
    ) -> Result<(), AccountError> {
        let owned = Ledger::balance_in(tx, account.money).await?;
        let owes = Ledger::balance_in(tx, LedgerAccount::debt(account.money).id()).await?;
        if !give_up_money && (owned != Cents::ZERO || owes != Cents::ZERO) {
            return Err(AccountError::MoneyLeft);
        }
        Sessions::end_all(tx, account.id).await?;
        tx.execute("DELETE FROM market_payout_wish WHERE account = $1", params![account.money]).await?;
        tx.execute("DELETE FROM market_account WHERE id = $1", params![account.id]).await?;
        Ok(())
    }

    /// Every person, in the order of their numbers.
    pub(crate) async fn people(tx: &mut Tx) -> Result<Vec<Account>, AccountError> {
        let sql = format!("SELECT {COLUMNS} FROM market_account WHERE role = 'person' ORDER BY id");
        tx.fetch(&sql, Vec::new()).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Account, AccountError> {
    let pseudonym = Pseudonym::from_bytes(&row.array(7)?).map_err(|_| DatabaseError::Schema)?;
    Ok(Account {
        id: AccountNumber::from_bytes(row.array(0)?),
        role: Role::parse(&row.text(1)?).ok_or(DatabaseError::Schema)?,
        name: row.text(2)?,
        organisation: Organisation::parse(&row.text(3)?),
        display: row.text(4)?,
        website: row.text(5)?,
        money: AccountId::from_bytes(row.array(6)?),
        pseudonym,
        budget: PersonToken::from_bytes(row.array(8)?),
    })
}

fn check_name(name: &str) -> Result<(), AccountError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte);
    if (3..=64).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(AccountError::Invalid("a name has 3 to 64 letters, digits, or . - _ @"))
    }
}

pub(crate) fn check_text(
    text: &str,
    least: usize,
    most: usize,
    what: &'static str,
) -> Result<(), AccountError> {
    let is_plain = !text.chars().any(|c| c.is_control() && c != '\n');
    if is_plain && (least..=most).contains(&text.chars().count()) && text.trim().len() >= least {
        Ok(())
    } else {
        Err(AccountError::Invalid(what))
    }
}
