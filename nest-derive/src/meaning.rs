//! What a field means and is used for: `uses(…)`, `at_rest`, `canon`, `logical`; and the kind of a record.
//!
//! Whether they fit the field's type is for `nest-core` to say, which knows it. Here names are looked up, and the
//! nearest one is suggested.

use nest_rules::{self as say, Rule};
use syn::LitStr;

use crate::attr::Entry;
use crate::diag::{Faults, nearest, one_of};

/// A name to choose, and the variant that it stands for in the generated code.
pub(crate) struct Choice {
    pub(crate) name: &'static str,
    pub(crate) variant: &'static str,
}

const fn choice(name: &'static str, variant: &'static str) -> Choice {
    Choice { name, variant }
}

const USES: [Choice; 6] = [
    choice("sum", "Sum"),
    choice("group_by", "GroupBy"),
    choice("link_id", "LinkId"),
    choice("block", "Block"),
    choice("link", "Link"),
    choice("fuzzy", "Fuzzy"),
];

const AT_REST: [Choice; 3] = [choice("sealed", "Sealed"), choice("alone", "Alone"), choice("plain", "Plain")];

const KINDS: [Choice; 3] =
    [choice("record", "Record"), choice("progress", "Progress"), choice("linkage", "Linkage")];

/// The kind of a record, and where it was written.
pub(crate) struct Kind {
    pub(crate) variant: &'static str,
    pub(crate) written: Option<LitStr>,
}

impl Kind {
    /// Of a record that declares none.
    pub(crate) const RECORD: Self = Self { variant: "Record", written: None };

    /// Whether it is a record of linking variables, which may hold names and dates of birth.
    pub(crate) fn is_linkage(&self) -> bool {
        self.variant == "Linkage"
    }
}

/// Reads `kind = "…"`.
pub(crate) fn kind(entry: Entry, faults: &mut Faults) -> Option<Kind> {
    let (choice, text) = choose(entry, "kind = \"progress\"", "kind of record", &KINDS, "", faults)?;
    Some(Kind { variant: choice.variant, written: Some(text) })
}

/// Reads `at_rest = "…"`.
pub(crate) fn at_rest(entry: Entry, faults: &mut Faults) -> Option<&'static Choice> {
    let of_rule = of_rule(Rule::AtRest);
    Some(choose(entry, "at_rest = \"alone\"", "way of storage", &AT_REST, &of_rule, faults)?.0)
}

/// Reads `uses(…)`.
pub(crate) fn uses(entry: Entry, faults: &mut Faults) -> Vec<&'static Choice> {
    let mut uses: Vec<&'static Choice> = Vec::new();
    let example = "write `uses(sum)`, with commas between several";
    let Some(list) = entry.list.filter(|list| !list.is_empty()) else {
        faults.at(&entry.key, format!("the uses of a field stand in parentheses [use]: {example}"));
        return uses;
    };
    for item in list {
        let name = item.key.to_string();
        if item.value.is_some() || item.list.is_some() {
            faults.at(&item.key, format!("a use is one word without a value [use]: {example}"));
        } else if uses.iter().any(|earlier| earlier.name == name) {
            faults.at(&item.key, format!("the use `{name}` is there twice [use]: keep one"));
        } else if let Some(one) = USES.iter().find(|one| one.name == name) {
            uses.push(one);
        } else {
            faults.at(&item.key, unknown("use", &name, &names(&USES), &of_rule(Rule::Use)));
        }
    }
    uses
}

/// Reads `canon = "…"`. Blanks around its parts do not count.
pub(crate) fn canon(entry: Entry, faults: &mut Faults) -> Option<LitStr> {
    let text = entry.text("canon = \"nfc,trim,upper\"", faults)?;
    let written = text.value();
    let parts: Vec<&str> = written.split(',').map(str::trim).collect();
    if let Some(part) = parts.iter().find(|part| !say::CANON_PARTS.contains(part)) {
        let what = "part of a canonical form";
        faults.at(text, unknown(what, part, &say::CANON_PARTS, &of_rule(Rule::Canon)));
        return None;
    }
    let canon = parts.join(",");
    if let Some(fault) = say::canon_fault(&canon) {
        faults.at(text, fault);
        return None;
    }
    Some(LitStr::new(&canon, text.span()))
}

/// Reads `logical = "…"`.
pub(crate) fn logical(entry: Entry, faults: &mut Faults) -> Option<LitStr> {
    let text = entry.text("logical = \"education\"", faults)?;
    let name = text.value();
    if say::is_logical(&name) {
        return Some(text);
    }
    let message = match nearest(&name, &say::LOGICAL_TYPES) {
        Some(_) => unknown("logical type", &name, &say::LOGICAL_TYPES, &of_rule(Rule::LogicalType)),
        None => say::LOGICAL.to_owned(),
    };
    faults.at(text, message);
    None
}

/// The choice that a text names.
fn choose(
    entry: Entry,
    example: &str,
    what: &str,
    choices: &'static [Choice],
    of_rule: &str,
    faults: &mut Faults,
) -> Option<(&'static Choice, LitStr)> {
    let text = entry.text(example, faults)?;
    let name = text.value();
    match choices.iter().find(|choice| choice.name == name) {
        Some(choice) => Some((choice, text)),
        None => {
            faults.at(text, unknown(what, &name, &names(choices), of_rule));
            None
        }
    }
}

fn names(choices: &[Choice]) -> Vec<&'static str> {
    choices.iter().map(|choice| choice.name).collect()
}

/// The name of a rule, as it stands in a message.
fn of_rule(rule: Rule) -> String {
    format!(" [{}]", rule.name())
}

fn unknown(what: &str, name: &str, known: &[&str], of_rule: &str) -> String {
    let list = one_of(known);
    match nearest(name, known) {
        Some(near) => format!("unknown {what} `{name}`{of_rule}, did you mean `{near}`? (expected {list})"),
        None => format!("unknown {what} `{name}`{of_rule}, expected {list}"),
    }
}
