//! Standing rules: what a person allows without being asked each time. Without a rule, the person is asked.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::account::{AccountNumber, Organisation};
use crate::catalogue::Attribute;
use crate::database::{Database, DatabaseError, Param, Row, Tx, id, params};
use crate::level::{Level, Levels};
use crate::money::Cents;
use crate::offer::OfferError;

id!(
    /// The number of a rule.
    RuleId
);

/// One rule: who may ask, about what, how well it is protected, for how much, and until when.
///
/// A rule agrees to an offer where **every** attribute of the query is covered by some rule of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which kind of organisation.
    pub organisation: Organisation,
    /// Which logical type of attribute.
    pub logical: String,
    /// The lowest level at which the person agrees without being asked. At a lower one, they are asked.
    pub lowest_level: Level,
    /// The least that the person gets, in cents.
    pub least: Cents,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
}

impl Rule {
    /// Whether it covers an attribute at a person's level, for a share of at least this much.
    fn covers(
        &self,
        organisation: Organisation,
        attribute: &Attribute,
        level: Level,
        share: Cents,
        now: i64,
    ) -> bool {
        self.organisation == organisation
            && attribute.logical() == Some(self.logical.as_str())
            && level >= self.lowest_level
            && share >= self.least
            && now < self.until
    }
}

/// The most rules of one person.
const MOST_RULES: usize = 100;

/// The rules in one database.
#[derive(Debug, Clone)]
pub struct Rules {
    database: Database,
}

impl Rules {
    /// The rules in this database.
    pub fn new(database: &Database) -> Self {
        Self { database: database.clone() }
    }

    /// The rules of a person.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn of(&self, account: AccountNumber) -> Result<Vec<Rule>, OfferError> {
        let sql = format!("{SELECT} WHERE account = $1 ORDER BY organisation, logical, until, id");
        let rows = self.database.fetch(&sql, params![account]).await?;
        rows.iter().map(|row| Ok(read(row)?.1)).collect()
    }

    /// Puts these rules in the place of all that a person has.
    ///
    /// # Errors
    ///
    /// [`OfferError::Invalid`] where there are too many, or one is no rule.
    pub async fn set(&self, account: AccountNumber, rules: &[Rule]) -> Result<(), OfferError> {
        if rules.len() > MOST_RULES {
            return Err(OfferError::Invalid("at most 100 rules are kept"));
        }
        for rule in rules {
            if !nest_rules::is_logical(&rule.logical) {
                return Err(OfferError::Invalid("a rule names a logical type that does not exist"));
            }
            if rule.least < Cents::ZERO || !rule.lowest_level.is_shared() {
                return Err(OfferError::Invalid(
                    "a rule has an amount from 0.00 and a level at which it shares",
                ));
            }
        }
        let mut tx = self.database.begin().await?;
        tx.execute("DELETE FROM market_rule WHERE account = $1", params![account]).await?;
        let row = |rule: &Rule| {
            params![
                RuleId::random(),
                account,
                rule.organisation.as_str(),
                &rule.logical,
                rule.lowest_level.to_string(),
                rule.least.0,
                rule.until,
            ]
        };
        let head = "INSERT INTO market_rule (id, account, organisation, logical, lowest, least, until)";
        tx.insert(head, rules.iter().map(row).collect(), "").await?;
        Ok(tx.commit().await?)
    }

    /// Which of these people agree by their rules. `share` is the least that each of them can get.
    pub(crate) async fn agreeing(
        tx: &mut Tx,
        people: &[AccountNumber],
        levels: &HashMap<AccountNumber, Levels>,
        organisation: Organisation,
        attributes: &[Attribute],
        share: Cents,
    ) -> Result<Vec<AccountNumber>, OfferError> {
        let now = tx.now().await?;
        let among: Vec<Param> = people.iter().map(|account| (*account).into()).collect();
        let mut rules: HashMap<AccountNumber, Vec<Rule>> = HashMap::new();
        for row in
            tx.fetch_among(&format!("{SELECT} WHERE account IN ({{among}})"), Vec::new(), &among).await?
        {
            let (account, rule) = read(&row)?;
            rules.entry(account).or_default().push(rule);
        }
        let agrees = |account: &AccountNumber| {
            let (Some(rules), Some(levels)) = (rules.get(account), levels.get(account)) else { return false };
            attributes.iter().all(|attribute| {
                let level = levels.of(attribute);
                rules.iter().any(|rule| rule.covers(organisation, attribute, level, share, now))
            })
        };
        Ok(people.iter().copied().filter(agrees).collect())
    }

    pub(super) async fn forget(tx: &mut Tx, account: AccountNumber) -> Result<(), OfferError> {
        tx.execute("DELETE FROM market_rule WHERE account = $1", params![account]).await?;
        Ok(())
    }
}

const SELECT: &str = "SELECT account, organisation, logical, lowest, least, until FROM market_rule";

fn read(row: &Row) -> Result<(AccountNumber, Rule), OfferError> {
    let rule = Rule {
        organisation: Organisation::parse(&row.text(1)?).ok_or(DatabaseError::Schema)?,
        logical: row.text(2)?,
        lowest_level: row.text(3)?.parse().map_err(|_| DatabaseError::Schema)?,
        least: Cents(row.int(4)?),
        until: row.int(5)?,
    };
    Ok((AccountNumber::from_bytes(row.array(0)?), rule))
}
