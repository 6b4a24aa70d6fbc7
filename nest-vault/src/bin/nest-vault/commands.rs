//! What each command does.

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};
use nest_core::{Domain, Pseudonym};
use nest_source::Purpose;
use nest_vault::{
    AccessLog, KeyHealth, Master, Reason, RowId, SqlKeys, Suite, UntypedSettings, UntypedVault,
};
use serde_json::{Value as Json, json};

use crate::args::{Args, Command, MaybeWho, Who};
use crate::told::Failure;

/// The environment variable with the master key itself.
const MASTER_KEY: &str = "NEST_VAULT_MASTER_KEY";

pub(crate) async fn run(args: Args) -> Result<(), Failure> {
    let json = args.json;
    let say = |text: String, value: Json| {
        if json { println!("{value}") } else { println!("{text}") }
    };
    match &args.command {
        Command::Init => init(&args, say).await,
        Command::Migrate { dry_run } => migrate(&args, *dry_run, say).await,
        Command::Status => {
            let vault = open(&args, Suite::default(), false).await?;
            let (tables, health) = (vault.tables().await?, vault.health().await?);
            let mut text = format!("vault {}\n", vault.deployment());
            for table in &tables {
                text.push_str(&format!(
                    "  {:<40} {:>9} records, {} erased, {} on hold\n",
                    table.table, table.records, table.erased, table.held
                ));
            }
            text.push_str(&keys_text(&health));
            text.push_str(&format!("  ledger head {}", vault.ledger_head()?));
            let tables: Vec<_> = tables
                .iter()
                .map(|table| {
                    json!({ "table": table.table, "records": table.records, "erased": table.erased, "held": table.held })
                })
                .collect();
            let masters: Vec<_> = health
                .masters
                .iter()
                .map(|(id, keys)| json!({ "master": id.to_string(), "keys": keys }))
                .collect();
            say(
                text,
                json!({
                    "vault": vault.deployment().to_string(),
                    "tables": tables,
                    "masters": masters,
                    "erased": health.erased.0,
                    "final": health.erased.1,
                    "ledger_head": vault.ledger_head()?,
                }),
            );
            Ok(())
        }
        Command::Verify { all } => {
            let vault = open(&args, Suite::default(), false).await?;
            let bar = bar(json, 0, "records");
            let verified = vault.verify(*all, |rows| bar.inc(rows)).await?;
            bar.finish_and_clear();
            let faults: Vec<_> =
                verified.faults.iter().map(|(what, times)| format!("{what} ({times})")).collect();
            say(
                format!(
                    "{} records opened, {} erased, {} of earlier declarations, {} unused keys",
                    verified.opened, verified.erased, verified.earlier, verified.unused_keys
                ),
                json!({
                    "opened": verified.opened,
                    "erased": verified.erased,
                    "earlier": verified.earlier,
                    "unused_keys": verified.unused_keys,
                    "faults": verified.faults,
                }),
            );
            if faults.is_empty() { Ok(()) } else { Err(Failure::Damage(faults.join("\n"))) }
        }
        Command::Erase { who, reason, purge } => {
            let reason = Reason::new(reason).map_err(|error| Failure::Settings(error.to_string()))?;
            let (domain, people) = people(who)?;
            let vault = open(&args, Suite::default(), false).await?;
            for person in &people {
                let report = vault.erase(&domain, person, &reason, *purge).await?;
                say(
                    format!(
                        "erased on {} for {}: {} keys destroyed, {} records emptied, named in {} others, {} on hold\n\
                         copies of the key store open it {}\nledger head {}",
                        report.day,
                        report.reason.as_str(),
                        report.keys,
                        report.records,
                        report.mentions,
                        report.held,
                        if report.is_final { "no more" } else { "until `nest-vault finalise`" },
                        report.ledger_head
                    ),
                    json!({
                        "day": report.day,
                        "reason": report.reason.as_str(),
                        "keys": report.keys,
                        "records": report.records,
                        "mentions": report.mentions,
                        "held": report.held,
                        "final": report.is_final,
                        "ledger_head": report.ledger_head,
                    }),
                );
            }
            Ok(())
        }
        Command::Hold { who, activity, page, reason, release, list } => {
            let vault = open(&args, Suite::default(), false).await?;
            if *list {
                for held in vault.holds().await? {
                    say(
                        format!(
                            "{} {} since {} for {}",
                            held.row,
                            held.table,
                            held.day,
                            held.reason.as_str()
                        ),
                        json!({ "row": held.row.to_string(), "table": held.table, "day": held.day,
                                "reason": held.reason.as_str(), "erased": held.is_erased }),
                    );
                }
                return Ok(());
            }
            if let Some(row) = release {
                let row = RowId::from_hex(row)
                    .ok_or_else(|| Failure::Settings("a row has 32 hexadecimal digits".to_owned()))?;
                vault.release(row).await?;
                say("released".to_owned(), json!({ "released": row.to_string() }));
                return Ok(());
            }
            let (domain, people) = people(&named(who)?)?;
            let activity = activity.as_deref();
            let activity =
                activity.ok_or_else(|| Failure::Settings("name the activity with --activity".to_owned()))?;
            let reason = Reason::new(reason).map_err(|error| Failure::Settings(error.to_string()))?;
            for person in &people {
                let row = vault.hold(&domain, person, activity, *page, &reason).await?;
                say(format!("on hold: row {row}"), json!({ "row": row.to_string() }));
            }
            Ok(())
        }
        Command::RotateMaster { new_master } => {
            let vault = open(&args, Suite::default(), false).await?;
            let new = made_or_read(new_master)?;
            let done = rotate(&vault, &new, json).await?;
            let health = vault.health().await?;
            say(format!("{done} keys wrapped anew\n{}", keys_text(&health)), json!({ "wrapped": done }));
            Ok(())
        }
        Command::Finalise { new_master } => {
            let vault = open(&args, Suite::default(), false).await?;
            if let Some(new_master) = new_master {
                rotate(&vault, &made_or_read(new_master)?, json).await?;
            }
            let finality = vault.finalise().await?;
            let mut text = format!("{} erasures are final once these are destroyed:", finality.erasures);
            for (id, path) in &finality.destroy {
                let path = path.as_ref().map_or_else(String::new, |path| format!(" in {}", path.display()));
                text.push_str(&format!("\n  master key {id}{path}, and every copy of it"));
            }
            if finality.destroy.is_empty() {
                text = "there is no older master key: name a new one with --new-master FILE".to_owned();
            }
            let destroy: Vec<_> = finality
                .destroy
                .iter()
                .map(|(id, path)| json!({ "master": id.to_string(), "file": path }))
                .collect();
            say(text, json!({ "erasures": finality.erasures, "destroy": destroy }));
            Ok(())
        }
        Command::Reseal { suite, dry_run } => {
            let suite = Suite::parse(suite).ok_or_else(|| {
                Failure::Settings("the suites are aes-128-ccm and aes-256-gcm-siv".to_owned())
            })?;
            let vault = open(&args, suite, false).await?;
            let bar = bar(json, 0, "records");
            let done = vault.reseal(*dry_run, |rows| bar.inc(rows)).await?;
            bar.finish_and_clear();
            let text = if *dry_run { "would be sealed anew" } else { "sealed anew" };
            say(format!("{done} records {text}"), json!({ "resealed": done, "dry_run": dry_run }));
            Ok(())
        }
        Command::Export { who, purpose, to } => {
            let purpose =
                Purpose::new(purpose.clone()).map_err(|error| Failure::Settings(error.to_string()))?;
            let (domain, people) = people(who)?;
            let [person] = people.as_slice() else {
                return Err(Failure::Settings("an export is about one person".to_owned()));
            };
            let vault = open(&args, Suite::default(), false).await?;
            let export = vault.export(&domain, person, &purpose).await?;
            write_private(to, &format!("{export:#}\n"))?;
            say(format!("written to {}", to.display()), json!({ "file": to }));
            Ok(())
        }
        Command::ReplayLedger { files } => {
            let vault = open(&args, Suite::default(), false).await?;
            let mut done = 0;
            for file in files {
                done += vault.replay_ledger(file).await?;
            }
            say(format!("{done} erasures carried out"), json!({ "erased": done }));
            Ok(())
        }
    }
}

async fn init(args: &Args, say: impl Fn(String, Json)) -> Result<(), Failure> {
    let master = match &args.master {
        Some(path) => made_or_read(path)?,
        None => Master::env(MASTER_KEY)?,
    };
    let (records, keys, ledger) = places(args)?;
    let vault = nest_vault::init(records, keys, &master, ledger).await?;
    say(
        format!(
            "vault {vault} is set up with master key {}\n\
             keep the master key, the keys, the records and the ledger in four places, with backups of each",
            master.id()
        ),
        json!({ "vault": vault.to_string(), "master": master.id().to_string() }),
    );
    Ok(())
}

async fn migrate(args: &Args, dry_run: bool, say: impl Fn(String, Json)) -> Result<(), Failure> {
    if dry_run {
        let needed = match open(args, Suite::default(), false).await {
            Ok(_) => false,
            Err(Failure::Vault(nest_vault::VaultError::Database(nest_vault::DatabaseError::Schema))) => true,
            Err(other) => return Err(other),
        };
        let text = if needed { "there are tables to bring up to this version" } else { "nothing to do" };
        say(text.to_owned(), json!({ "needed": needed }));
        return Ok(());
    }
    open(args, Suite::default(), true).await?;
    say("the tables are of this version".to_owned(), json!({ "migrated": true }));
    Ok(())
}

fn places(args: &Args) -> Result<(&str, &str, &Path), Failure> {
    let missing = |what: &str, variable: &str| {
        Failure::Settings(format!("name {what} with --{what}, or in the environment variable {variable}"))
    };
    Ok((
        args.records.as_deref().ok_or_else(|| missing("records", "NEST_VAULT_RECORDS"))?,
        args.keys.as_deref().ok_or_else(|| missing("keys", "NEST_VAULT_KEYS"))?,
        args.ledger.as_deref().ok_or_else(|| missing("ledger", "NEST_VAULT_LEDGER"))?,
    ))
}

async fn open(args: &Args, suite: Suite, migrate: bool) -> Result<UntypedVault, Failure> {
    let (records, keys, ledger) = places(args)?;
    let mut master = match &args.master {
        Some(path) => Master::file(path)?,
        None => Master::env(MASTER_KEY)?,
    };
    if let Some(previous) = &args.previous_master {
        master = master.with_previous(Master::file(previous)?);
    }
    let keys = SqlKeys::open(keys, master).await?;
    let access = AccessLog::open(&args.access_log)
        .map_err(|error| Failure::Settings(format!("{}: {error}", args.access_log.display())))?;
    let settings = UntypedSettings {
        records: records.to_owned(),
        ledger: ledger.to_owned(),
        ledger_head: args.ledger_head.clone(),
        accept_lost_ledger: args.accept_lost_ledger,
        access,
        suite,
        migrate,
    };
    Ok(UntypedVault::open(&settings, keys).await?)
}

async fn rotate(vault: &UntypedVault, new: &Master, json: bool) -> Result<u64, Failure> {
    let bar = bar(json, 1, "keys");
    let done = vault
        .rotate_master(new, |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })
        .await?;
    bar.finish_and_clear();
    Ok(done)
}

fn made_or_read(path: &Path) -> Result<Master, Failure> {
    Ok(if path.exists() { Master::file(path)? } else { Master::create(path)? })
}

fn named(who: &MaybeWho) -> Result<Who, Failure> {
    match (&who.domain, &who.pseudonym_file) {
        (Some(domain), Some(file)) => Ok(Who { domain: domain.clone(), pseudonym_file: file.clone() }),
        _ => Err(Failure::Settings("name the person with --domain and --pseudonym-file".to_owned())),
    }
}

fn people(who: &Who) -> Result<(Domain, Vec<Pseudonym>), Failure> {
    let domain = Domain::new(&who.domain).map_err(|error| Failure::Settings(error.to_string()))?;
    let failed =
        |error: std::io::Error| Failure::Settings(format!("{}: {error}", who.pseudonym_file.display()));
    let mut text = String::new();
    if who.pseudonym_file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(failed)?;
    } else {
        text = std::fs::read_to_string(&who.pseudonym_file).map_err(failed)?;
    }
    let mut people = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if !line.trim().is_empty() {
            let person = Pseudonym::from_hex(line.trim());
            people.push(person.map_err(|error| Failure::Settings(format!("line {number}: {error}")))?);
        }
    }
    if people.is_empty() {
        return Err(Failure::Settings("there is no pseudonym in the file".to_owned()));
    }
    Ok((domain, people))
}

fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::Settings(format!("{}: {error}", path.display())))
}

fn keys_text(health: &KeyHealth) -> String {
    let total: u64 = health.masters.iter().map(|(_, keys)| keys).sum();
    let mut text = String::new();
    for (place, (id, keys)) in health.masters.iter().enumerate() {
        let role = if place == 0 { "current" } else { "older, still needed" };
        let share = (keys * 100).checked_div(total).unwrap_or(100);
        text.push_str(&format!("  master key {id}: {keys} keys, {share} % ({role})\n"));
    }
    text.push_str(&format!("  {} people erased, {} of them finally\n", health.erased.0, health.erased.1));
    text
}

fn bar(json: bool, len: u64, what: &str) -> ProgressBar {
    if json {
        return ProgressBar::hidden();
    }
    let bar = if len == 0 { ProgressBar::no_length() } else { ProgressBar::new(len) };
    let style = if len == 0 {
        format!("{{spinner}} {{pos}} {what}")
    } else {
        format!("{{bar:40}} {{pos}} of {{len}} {what}")
    };
    bar.with_style(ProgressStyle::with_template(&style).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
