//! What one party adds: its records summed into the numbers of the plan.

use std::collections::HashMap;

use nest_core::PepRecord;
use nest_core::schema::{Schema, Type};
use nest_core::value::{PlainRecord, Value};
use zeroize::Zeroizing;

use super::plan::Slot;
use super::{SumError, SumPlan};

/// The sums of one party's records, modulo 2^64. No `Debug`: it is what no other party may see.
#[derive(Clone)]
pub struct SumVector(pub(crate) Zeroizing<Vec<u64>>);

impl SumVector {
    /// The numbers, in the order of the plan: the party's own, to be masked before they are sent.
    pub(crate) fn numbers(&self) -> &[u64] {
        &self.0
    }
}

/// Sums the records of one party.
///
/// A record counts as one person. Where the declaration has a subject, or one pseudonym alone, two records of one person
/// are refused at the end, since each person may count once only. The same person at two parties is not noticed.
pub struct LocalSums<'p> {
    plan: &'p SumPlan,
    numbers: Zeroizing<Vec<u64>>,
    /// Where the person of a record stands, and how many records each has.
    person: Option<&'static str>,
    people: HashMap<[u8; 32], u32>,
    records: u64,
}

impl<'p> LocalSums<'p> {
    /// No records yet.
    pub fn new(plan: &'p SumPlan) -> Self {
        Self {
            plan,
            numbers: Zeroizing::new(vec![0; plan.len()]),
            person: person_of(plan.schema),
            people: HashMap::new(),
            records: 0,
        }
    }

    /// Adds a record of a Rust type.
    ///
    /// # Errors
    ///
    /// [`SumError::Record`], which names the field, where a value lies outside what is declared: it is not clipped.
    pub fn add<R: PepRecord>(&mut self, record: &R) -> Result<(), SumError> {
        self.add_plain(&record.to_plain()?)
    }

    /// Adds a record without a Rust type.
    ///
    /// # Errors
    ///
    /// [`SumError::TooManyRecords`], and [`SumError::Terms`] where the record is of another declaration than the plan.
    pub fn add_plain(&mut self, record: &PlainRecord) -> Result<(), SumError> {
        let same = std::ptr::eq(record.schema(), self.plan.schema);
        if !same && record.schema().content_fingerprint() != self.plan.schema.content_fingerprint() {
            return Err(SumError::Terms("the records are of another declaration than the sum"));
        }
        self.records = self.records.saturating_add(1);
        if self.records > self.plan.limits.max_records {
            return Err(SumError::TooManyRecords { max_records: self.plan.limits.max_records });
        }
        if let Some(person) = self.person
            && let Value::Pseudonym(pseudonym) = record.get(person)?
        {
            let records = self.people.entry(pseudonym.to_bytes()).or_default();
            *records = records.saturating_add(1);
        }
        let added = contribution(self.plan, record)?;
        for (number, added) in self.numbers.iter_mut().zip(added.iter()) {
            *number = number.wrapping_add(*added);
        }
        Ok(())
    }

    /// The number of records so far.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// What the party adds.
    ///
    /// # Errors
    ///
    /// [`SumError::Repeated`] with the number of people who have several records.
    pub fn finish(self) -> Result<SumVector, SumError> {
        match self.people.values().filter(|records| **records > 1).count() {
            0 => Ok(SumVector(self.numbers)),
            people => Err(SumError::Repeated { people: people as u64 }),
        }
    }
}

/// What one record adds to each number of the plan.
pub(crate) fn contribution(plan: &SumPlan, record: &PlainRecord) -> Result<Zeroizing<Vec<u64>>, SumError> {
    let mut columns = Vec::with_capacity(plan.columns.len());
    for column in &plan.columns {
        let steps = steps(&record.get(column.name())?);
        // A record keeps to its declaration, so the value lies within the bounds.
        columns.push(steps.map(|steps| u64::try_from(steps.saturating_sub(column.min())).unwrap_or(0)));
    }
    let mut cells = Vec::with_capacity(plan.axes.len());
    for axis in &plan.axes {
        let value = record.get(axis.name())?;
        cells.push(match &value {
            Value::Label(label) => axis.labels().position(|known| known == label),
            value => steps(value).and_then(|value| axis.place(value)),
        });
    }
    let column = |place: usize| columns.get(place).copied().flatten();
    let numbers = plan.slots.iter().map(|slot| match *slot {
        Slot::Records => 1,
        Slot::Present(place) => u64::from(column(place).is_some()),
        Slot::Shifted(place) => column(place).unwrap_or(0),
        Slot::Squares(place) => column(place).map_or(0, |value| value.wrapping_mul(value)),
        Slot::Cell(axis, cell) => u64::from(cells.get(axis).copied().flatten() == Some(cell)),
    });
    Ok(Zeroizing::new(numbers.collect()))
}

/// A value as a whole number of steps.
fn steps(value: &Value) -> Option<i128> {
    match value {
        Value::Bool(value) => Some((*value).into()),
        Value::Integer(value) => Some(*value),
        Value::Decimal { steps, .. } => Some((*steps).into()),
        Value::Time { count, .. } => Some((*count).into()),
        _ => None,
    }
}

/// The field that says whom a record is about: its subject, or its only pseudonym.
fn person_of(schema: &'static Schema) -> Option<&'static str> {
    if let Some(subject) = schema.fields.iter().find(|field| field.subject) {
        return Some(subject.name);
    }
    let mut pseudonyms = schema.fields.iter().filter(|field| matches!(field.ty, Type::Pseudonym));
    match (pseudonyms.next(), pseudonyms.next()) {
        (Some(only), None) => Some(only.name),
        _ => None,
    }
}
