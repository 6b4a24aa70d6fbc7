//! `allow(rule, reason = "…")`: rules that a field sets aside, each with a reason.

use nest_rules::{self as say, Rule};
use syn::{Expr, ExprLit, Lit, LitStr};

use crate::attr::Entry;
use crate::diag::{Faults, nearest, one_of};

/// A rule that a field sets aside.
pub(crate) struct Waiver {
    pub(crate) rule: Rule,
    pub(crate) reason: LitStr,
}

impl Waiver {
    /// The name of the rule's variant.
    pub(crate) fn variant(&self) -> String {
        format!("{:?}", self.rule)
    }
}

/// Reads one `allow(…)`; `None`, with a fault, where it is no waiver.
pub(crate) fn parse(entry: Entry, faults: &mut Faults) -> Option<Waiver> {
    let Some(list) = entry.list else {
        faults.at(&entry.key, say::WAIVER_REASON);
        return None;
    };
    let (mut rule, mut reason) = (None, None);
    for item in list {
        let name = item.key.to_string();
        if name == "reason" {
            reason = item.value.and_then(text);
        } else if item.value.is_some() || item.list.is_some() || rule.is_some() {
            faults.at(&item.key, say::WAIVER_REASON);
            return None;
        } else {
            rule = Some(item.key);
        }
    }
    let (Some(rule), Some(reason)) = (rule, reason) else {
        faults.at(&entry.key, say::WAIVER_REASON);
        return None;
    };
    if reason.value().trim().is_empty() {
        faults.at(reason, say::WAIVER_REASON);
        return None;
    }
    let name = rule.to_string();
    let message = match self::rule(&name).map(|rule| (rule, fixed(rule))) {
        Some((rule, None)) => return Some(Waiver { rule, reason }),
        Some((_, Some(fixed))) => fixed.to_owned(),
        None => unknown(&name),
    };
    faults.at(rule, message);
    None
}

/// The rule of that name, as it is written in a waiver: with underscores.
pub(crate) fn rule(name: &str) -> Option<Rule> {
    Rule::ALL.into_iter().find(|rule| rule.name().replace('-', "_") == name)
}

/// Why a rule cannot be waived; `None` where it can.
pub(crate) fn fixed(rule: Rule) -> Option<&'static str> {
    match rule {
        Rule::BlockBudget | Rule::BitBudget => {
            Some("a budget is raised, not waived: write `max_blocks = …` or `max_bits = …` on the record")
        }
        rule => (!rule.waivable()).then_some(say::WAIVER_FIXED),
    }
}

fn text(value: Expr) -> Option<LitStr> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text),
        _ => None,
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<String> = Rule::ALL
        .into_iter()
        .filter(|rule| rule.waivable())
        .map(|rule| rule.name().replace('-', "_"))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let list = one_of(&names);
    match nearest(name, &names) {
        Some(near) => format!("unknown rule `{name}`, did you mean `{near}`? (expected {list})"),
        None => format!("unknown rule `{name}`, expected {list}"),
    }
}
