//! Every rule that a field and a record keep by what their schema says: in Rust while compiling, in a manifest while it
//! is read, by the same functions and in the same words.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use nest_rules::{self as say, Hint, Rule};

use crate::check::{Nest, global_identifier, precise_time, progress};
use crate::field::{AtRest, FieldOf, Role};
use crate::schema::{RecordKind, SchemaOf};
use crate::ty::TypeOf;
use crate::uses::Use;

/// The most values that people are counted by.
const MOST_GROUPS: u128 = 1_024;

/// The number of rules that a field is checked by.
const FIELD_RULES: usize = 16;

/// What is wrong with a field, rule by rule; the rule is `None` for a waiver that sets nothing aside.
pub const fn field_faults(
    field: &FieldOf<'_>,
    hints: &[Hint],
    record: RecordKind,
) -> [(Option<Rule>, Option<&'static str>); FIELD_RULES] {
    let linkage = matches!(record, RecordKind::Linkage);
    // Names and dates of birth are what people are linked by.
    let identifier = if linkage { None } else { global_identifier(field, hints) };
    let time = if linkage { None } else { precise_time(field, hints) };
    [
        waivable(field, Rule::GlobalIdentifier, identifier),
        waivable(field, Rule::PreciseTime, time),
        waivable(field, Rule::Progress, progress(field, record)),
        (Some(Rule::Subject), subject(field)),
        (Some(Rule::Use), use_in_record(field, record)),
        (Some(Rule::Use), sum(field)),
        (Some(Rule::Use), group_by(field)),
        (Some(Rule::Use), fuzzy(field)),
        (Some(Rule::Use), link_id(field)),
        (Some(Rule::Canon), canon_form(field)),
        (Some(Rule::Canon), canon(field)),
        (Some(Rule::LogicalType), logical(field)),
        (Some(Rule::AtRest), at_rest(field)),
        waivable(field, Rule::PlainText, plain_text(field)),
        (Some(Rule::Presence), absent(field)),
        (Some(Rule::Presence), reasons(field)),
    ]
}

/// The first fault of a field: what a constant refuses it with.
pub const fn field_fault(field: &FieldOf<'_>, hints: &[Hint], record: RecordKind) -> Option<&'static str> {
    first(&field_faults(field, hints, record))
}

/// Every fault of a field that was declared without Rust, its name's included.
///
/// What the numbers and texts of its type are is not looked at: a type of the schema has its bounds already.
pub fn faults(field: &FieldOf<'_>, schema: &SchemaOf<'_>) -> Vec<(Option<Rule>, &'static str)> {
    let faults = field_faults(field, nest_rules::hint(field.name).as_slice(), schema.kind).into_iter();
    faults.filter_map(|(rule, message)| Some((rule, message?))).collect()
}

/// What is wrong with a record as a whole, rule by rule. Its budgets are checked apart.
pub const fn record_faults(schema: &SchemaOf<'_>) -> [(Option<Rule>, Option<&'static str>); 4] {
    let progress = matches!(schema.kind, RecordKind::Progress);
    let linkage = matches!(schema.kind, RecordKind::Linkage);
    let twice = subjects(schema) > 1;
    let second = progress && pseudonyms(schema) > 1;
    let more = progress && holds(schema, RecordKind::Record);
    let nested = !linkage && holds(schema, RecordKind::Linkage);
    [
        (Some(Rule::Subject), if twice { Some(say::SUBJECT_TWICE) } else { None }),
        (Some(Rule::Progress), if second { Some(say::PROGRESS_PSEUDONYM) } else { None }),
        (Some(Rule::Progress), if more { Some(say::PROGRESS_RECORD) } else { None }),
        (Some(Rule::Linkage), if nested { Some(say::LINKAGE_NESTED) } else { None }),
    ]
}

/// Refuses a record that contradicts itself as a whole.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_record(schema: &SchemaOf<'_>) {
    if let Some(message) = first(&record_faults(schema)) {
        panic!("{}", message)
    }
}

/// Refuses a record of linking variables where records are sealed, sent or served.
///
/// # Panics
///
/// With the refusal as its message, while compiling.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a constant refuses to compile")]
pub const fn check_sent(schema: &SchemaOf<'_>) {
    if let RecordKind::Linkage = schema.kind {
        panic!("{}", say::LINKAGE_SENT)
    }
}

const fn first(faults: &[(Option<Rule>, Option<&'static str>)]) -> Option<&'static str> {
    let mut i = 0;
    while i < faults.len() {
        if let (_, Some(message)) = faults[i] {
            return Some(message);
        }
        i += 1;
    }
    None
}

/// A fault that a waiver sets aside, or a waiver that sets nothing aside.
const fn waivable(
    field: &FieldOf<'_>,
    rule: Rule,
    fault: Option<&'static str>,
) -> (Option<Rule>, Option<&'static str>) {
    match (fault, field.waives(rule)) {
        (Some(message), false) => (Some(rule), Some(message)),
        (None, true) => (None, Some(say::WAIVER_IDLE)),
        (Some(_), true) | (None, false) => (Some(rule), None),
    }
}

const fn subject(field: &FieldOf<'_>) -> Option<&'static str> {
    match field.ty {
        _ if !field.subject => None,
        TypeOf::Pseudonym => None,
        ty => match ty.role() {
            Role::Pseudonym => Some(say::SUBJECT_LIST),
            Role::Attribute | Role::Record => Some(say::SUBJECT_TYPE),
        },
    }
}

/// A use where there is nothing to use.
const fn use_in_record(field: &FieldOf<'_>, record: RecordKind) -> Option<&'static str> {
    if field.uses.is_empty() {
        return None;
    }
    match (record, field.role()) {
        (RecordKind::Progress, _) => Some(say::USE_PROGRESS),
        (_, Role::Record) => Some(say::USE_RECORD),
        _ => None,
    }
}

const fn sum(field: &FieldOf<'_>) -> Option<&'static str> {
    if !field.uses.contains(Use::Sum) {
        return None;
    }
    match Nest::of(&field.ty).leaf {
        TypeOf::Bool | TypeOf::Integer { .. } | TypeOf::Decimal { .. } | TypeOf::Time { .. } => None,
        // Refused already, in words of its own.
        TypeOf::Record(_) | TypeOf::OrFiller(_) => None,
        TypeOf::Pseudonym
        | TypeOf::Enum(_)
        | TypeOf::Text { .. }
        | TypeOf::Optional { .. }
        | TypeOf::Array { .. }
        | TypeOf::List { .. } => Some(say::USE_SUM),
    }
}

const fn group_by(field: &FieldOf<'_>) -> Option<&'static str> {
    if !field.uses.contains(Use::GroupBy) {
        return None;
    }
    let nest = Nest::of(&field.ty);
    match nest.leaf {
        TypeOf::Text { .. } => Some(say::USE_GROUP_TEXT),
        TypeOf::Pseudonym => Some(say::USE_GROUP_PSEUDONYM),
        leaf => match leaf.values() {
            // Those who have no value are a group as well, and so are those with each reason.
            Some(values) if values.saturating_add(absences(&nest)) > MOST_GROUPS => Some(say::USE_GROUP_MANY),
            _ => None,
        },
    }
}

/// In how many ways a value may be absent.
const fn absences(nest: &Nest<'_>) -> u128 {
    if nest.reasons > 0 { nest.reasons as u128 } else { nest.optional as u128 }
}

const fn fuzzy(field: &FieldOf<'_>) -> Option<&'static str> {
    match (field.uses.contains(Use::Fuzzy), Nest::of(&field.ty).leaf) {
        (false, _) | (_, TypeOf::Text { .. } | TypeOf::Record(_) | TypeOf::OrFiller(_)) => None,
        (true, _) => Some(say::USE_FUZZY),
    }
}

const fn link_id(field: &FieldOf<'_>) -> Option<&'static str> {
    let nest = Nest::of(&field.ty);
    if field.uses.contains(Use::LinkId) && (nest.lists > 0 || nest.arrays > 0) {
        Some(say::USE_LINK_ID_LIST)
    } else {
        None
    }
}

const fn canon_form(field: &FieldOf<'_>) -> Option<&'static str> {
    match field.canon {
        Some(canon) => say::canon_fault(canon),
        None => None,
    }
}

const fn canon(field: &FieldOf<'_>) -> Option<&'static str> {
    match (field.canon, Nest::of(&field.ty).leaf) {
        (None, _) => None,
        (Some(_), TypeOf::Text { .. }) if field.uses.is_empty() => Some(say::CANON_IDLE),
        (Some(_), TypeOf::Text { .. }) => None,
        (Some(_), _) => Some(say::CANON_TYPE),
    }
}

const fn logical(field: &FieldOf<'_>) -> Option<&'static str> {
    match field.logical {
        Some(logical) if !say::is_logical(logical) => Some(say::LOGICAL),
        _ => None,
    }
}

const fn at_rest(field: &FieldOf<'_>) -> Option<&'static str> {
    match (field.at_rest, field.role()) {
        (AtRest::Sealed, _) | (_, Role::Attribute) => None,
        (AtRest::Alone | AtRest::Plain, Role::Pseudonym) => Some(say::AT_REST_PSEUDONYM),
        (AtRest::Alone | AtRest::Plain, Role::Record) => Some(say::AT_REST_RECORD),
    }
}

const fn plain_text(field: &FieldOf<'_>) -> Option<&'static str> {
    match (field.at_rest, Nest::of(&field.ty).leaf) {
        (AtRest::Plain, TypeOf::Text { .. }) => Some(say::PLAIN_TEXT),
        _ => None,
    }
}

/// A number that stands for absence and is a value as well. Rust declarations hear of it with a number to write.
const fn absent(field: &FieldOf<'_>) -> Option<&'static str> {
    let mut ty = field.ty;
    loop {
        ty = match ty {
            TypeOf::Optional { item, absent } => {
                return if absent.is_value_of(item) { Some(say::ABSENT_INSIDE_ALL) } else { None };
            }
            TypeOf::Array { item, .. } | TypeOf::List { item, .. } => *item,
            TypeOf::Pseudonym
            | TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_)
            | TypeOf::Text { .. }
            | TypeOf::Record(_)
            | TypeOf::OrFiller(_) => return None,
        }
    }
}

/// A reason for absence that could be taken for a value of the field.
const fn reasons(field: &FieldOf<'_>) -> Option<&'static str> {
    let mut ty = field.ty;
    loop {
        ty = match ty {
            TypeOf::Optional { item, absent } => {
                let reasons = absent.reasons();
                let mut i = 0;
                while i < reasons.len() {
                    if reasons[i].is_value_of(item) {
                        return Some(match item {
                            TypeOf::Text { .. } => say::REASON_TEXT,
                            TypeOf::Enum(_) => say::REASON_LABEL,
                            TypeOf::Time { .. } => say::REASON_NAME,
                            _ => say::REASON_NUMBER,
                        });
                    }
                    i += 1;
                }
                return None;
            }
            TypeOf::Array { item, .. } | TypeOf::List { item, .. } => *item,
            _ => return None,
        }
    }
}

/// The number of fields that are marked as the subject.
const fn subjects(schema: &SchemaOf<'_>) -> usize {
    let mut sum = 0;
    let mut i = 0;
    while i < schema.fields.len() {
        sum += schema.fields[i].subject as usize;
        i += 1;
    }
    sum
}

/// The number of pseudonyms in a record, those of its lists and inner records included.
const fn pseudonyms(schema: &SchemaOf<'_>) -> usize {
    let mut sum: usize = 0;
    let mut i = 0;
    while i < schema.fields.len() {
        let ty = &schema.fields[i].ty;
        let found = match (ty.role(), ty.record()) {
            (Role::Pseudonym, _) => ty.blocks(),
            // Each item of an array or a list is one more.
            (_, Some(record)) => match record.blocks() {
                0 => 0,
                each => pseudonyms(record).saturating_mul(ty.blocks() / each),
            },
            _ => 0,
        };
        sum = sum.saturating_add(found);
        i += 1;
    }
    sum
}

/// Whether a field of the record is a record of that kind.
const fn holds(schema: &SchemaOf<'_>, kind: RecordKind) -> bool {
    let mut i = 0;
    while i < schema.fields.len() {
        if let Some(record) = schema.fields[i].ty.record()
            && record.kind as u8 == kind as u8
        {
            return true;
        }
        i += 1;
    }
    false
}
