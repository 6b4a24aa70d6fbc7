//! A table of the file. It is read key by key, so that every fault is named, not only the first.

use std::ops::RangeInclusive;

use toml::{Table, Value};

/// A key as TOML writes it: in quotes, unless it has only letters, digits, `_` and `-`.
pub(super) fn toml_key(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !key.is_empty() && key.bytes().all(bare) {
        key.to_owned()
    } else {
        format!("\"{}\"", key.escape_debug())
    }
}

/// A table. What is read is taken out, and what is left at the [end](Self::end) is unknown.
pub(super) struct Section {
    /// What stands before its keys in a fault: nothing, or a name with a full stop.
    prefix: String,
    table: Table,
}

impl Section {
    pub(super) fn root(table: Table) -> Self {
        Self { prefix: String::new(), table }
    }

    /// The name of a key, from the top of the file. Values are never named. A secret may stand in the wrong place.
    pub(super) fn name(&self, key: &str) -> String {
        format!("`{}{}`", self.prefix, toml_key(key))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Sets a value that stands outside the file.
    pub(super) fn set(&mut self, section: Option<&str>, key: &str, value: Value) {
        let table = match section {
            None => Some(&mut self.table),
            Some(section) => {
                self.table.entry(section).or_insert_with(|| Value::Table(Table::new())).as_table_mut()
            }
        };
        // A section that is not a table is a fault. It is named when the section is read.
        if let Some(table) = table {
            table.insert(key.to_owned(), value);
        }
    }

    /// What `read` makes of the value. `None` from `read` is a fault.
    fn take<T>(
        &mut self,
        key: &str,
        what: &str,
        faults: &mut Vec<String>,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<T> {
        let value = self.table.remove(key)?;
        let found = read(value);
        if found.is_none() {
            faults.push(format!("{} must be {what}", self.name(key)));
        }
        found
    }

    pub(super) fn text(&mut self, key: &str, faults: &mut Vec<String>) -> Option<String> {
        self.take(key, "a text in quotes", faults, |value| match value {
            Value::String(text) => Some(text),
            _ => None,
        })
    }

    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        what: &str,
        faults: &mut Vec<String>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.take(key, what, faults, |value| parse(value.as_str()?))
    }

    /// A setting that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &str,
        what: &str,
        faults: &mut Vec<String>,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        if !self.has(key) {
            faults.push(format!("{} is missing: write {what}", self.name(key)));
        }
        self.parsed(key, what, faults, parse)
    }

    pub(super) fn switch(&mut self, key: &str, faults: &mut Vec<String>) -> bool {
        self.take(key, "`true` or `false`", faults, |value| value.as_bool()).unwrap_or(false)
    }

    pub(super) fn number(
        &mut self,
        key: &str,
        default: u64,
        range: RangeInclusive<u64>,
        faults: &mut Vec<String>,
    ) -> u64 {
        let what = format!("a whole number from {} to {}", range.start(), range.end());
        let read = |value: Value| {
            let number = u64::try_from(value.as_integer()?).ok()?;
            range.contains(&number).then_some(number)
        };
        self.take(key, &what, faults, read).unwrap_or(default)
    }

    /// A list of texts. `parse` reads each.
    pub(super) fn list<T>(
        &mut self,
        key: &str,
        what: &str,
        faults: &mut Vec<String>,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        self.take(key, &format!("a list of one or more: {what}"), faults, |value| match value {
            Value::Array(values) if !values.is_empty() => {
                values.iter().map(|value| parse(value.as_str()?)).collect()
            }
            _ => None,
        })
    }

    pub(super) fn section(&mut self, key: &str, faults: &mut Vec<String>) -> Option<Section> {
        let prefix = format!("{}{}.", self.prefix, toml_key(key));
        self.take(key, &format!("a table: write `[{}{key}]`", self.prefix), faults, |value| match value {
            Value::Table(table) => Some(Section { prefix, table }),
            _ => None,
        })
    }

    pub(super) fn sections(&mut self, key: &str, faults: &mut Vec<String>) -> Vec<Section> {
        let prefix = format!("{}{key}", self.prefix);
        let what = format!("one or more tables: write `[[{prefix}]]` before each");
        let read = |value: Value| match value {
            Value::Array(values) => {
                let section = |(i, value)| match value {
                    Value::Table(table) => Some(Section { prefix: format!("{prefix}[{i}]."), table }),
                    _ => None,
                };
                values.into_iter().enumerate().map(section).collect()
            }
            _ => None,
        };
        self.take(key, &what, faults, read).unwrap_or_default()
    }

    /// The keys of a table whose keys are names.
    pub(super) fn keys(&self) -> Vec<String> {
        self.table.keys().cloned().collect()
    }

    /// Names every key that was not read.
    pub(super) fn end(self, faults: &mut Vec<String>) {
        for key in self.table.keys() {
            faults.push(format!("{} is no setting: remove it, or look for a misspelling", self.name(key)));
        }
    }
}
