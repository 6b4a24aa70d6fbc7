//! One person is erased, and a backup that was made before does not bring them back.

use std::fs;
use std::path::{Path, PathBuf};

use nest_examples::Failure;
use nest_examples::records::Assessment;
use nest_examples::school::School;
use nest_examples::store::Store;
use nest_source::Purpose;
use nest_vault::{Opened, Reason};

use crate::report::check;

/// Erases the school's pupil, and opens the backup of before.
pub(crate) async fn run(school: &School, pupil: nest_core::Pseudonym) -> Result<(), Failure> {
    let purpose = Purpose::new("main-job")?;
    let (vault, store) = (school.vault(), school.store());
    let before = vault.outcomes::<Assessment>(school.who(pupil), &purpose).await?;
    check(before.iter().any(|kept| matches!(kept.record, Opened::Whole(_))), "there is nothing to erase")?;
    let backup = store.folder().map(|folder| copied(folder, "backup")).transpose()?;
    let report = vault.erase(school.who(pupil), &Reason::new("request")?).await?;
    println!(
        "     One pupil: {} key destroyed, {} records emptied; the ledger is at {}…",
        report.keys,
        report.records,
        report.ledger_head.get(..8).unwrap_or_default()
    );
    let after = vault.outcomes::<Assessment>(school.who(pupil), &purpose).await?;
    check(after.iter().all(|kept| kept.record == Opened::Erased), "somebody erased is read")?;
    let Some(backup) = backup else { return Ok(()) };
    // Both databases are restored, and the ledger is not part of the backup.
    let url = |name: &str| format!("sqlite:{}", backup.join(name).display());
    let mut restored = Store::at(url("school.db"), url("school-keys.db"), store.master.clone());
    restored.ledger.clone_from(&store.ledger);
    let restored = restored.open().await?;
    let back = restored.outcomes::<Assessment>(school.who(pupil), &purpose).await?;
    check(back.iter().all(|kept| kept.record == Opened::Erased), "a backup brought somebody back")?;
    restored.close().await;
    println!(
        "     The backup of both databases that was made before: opened, and the pupil is erased in it too"
    );
    Ok(())
}

/// A copy of the database files.
fn copied(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let to = folder.join(name);
    fs::create_dir(&to)?;
    for file in fs::read_dir(folder)? {
        let file = file?;
        if file.file_name().to_string_lossy().contains(".db") {
            fs::copy(file.path(), to.join(file.file_name()))?;
        }
    }
    Ok(to)
}
