//! Records from files, databases and vaults, and what is refused of them.

mod database;
mod file;
mod proposal;
mod vault;

use std::path::PathBuf;

use nest_collab::data::{DataError, DataProvider};
use nest_core::schema::{Manifest, Schema};

/// What is planted in values that must not be told.
pub(crate) const MARKED: &str = "MARKED-4711";

pub(crate) fn patients() -> &'static Schema {
    let manifest = Manifest::from_json(
        r#"{"nest": 1, "name": "Patient", "max_bits": 256, "fields": [
            {"name": "visits", "type": "integer", "min": 0, "max": 400, "uses": ["sum"]},
            {"name": "dose", "type": "decimal", "min": -1.0, "max": 99.5, "decimals": 2, "absent": 100.0, "uses": ["sum"]},
            {"name": "ward", "type": "label", "labels": ["surgery", "childrens ward"], "uses": ["group_by"]},
            {"name": "smoker", "type": "bool", "uses": ["group_by"]},
            {"name": "since", "type": "time", "unit_of_time": "month", "min": "2020-01", "max": "2030-12"}
        ]}"#,
    );
    manifest.unwrap().schema().unwrap()
}

/// A file that is removed with its folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("nest-collab-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).unwrap();
        self.path(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Every value of every record, as texts.
pub(crate) async fn texts(data: &dyn DataProvider) -> Result<Vec<Vec<String>>, DataError> {
    use nest_core::value::ParseValue;
    let mut all = Vec::new();
    data.read(&mut |record| {
        let fields = record.schema().fields.iter();
        let texts = fields.map(|field| field.to_text(&record.get(field.name).unwrap()).unwrap());
        all.push(texts.collect());
        Ok(())
    })
    .await?;
    Ok(all)
}
