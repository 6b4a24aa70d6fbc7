//! The plan of a sum: which numbers travel, how large each can become, and what is refused before anything is sent.

use nest_core::schema::{Field, Schema, Type, Use};
use nest_release::{Axis, Column};

use super::{SumError, SumItem};

/// How many parties there are, and how many records each may have: what the bounds are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SumLimits {
    /// The most parties of the run.
    pub max_parties: usize,
    /// The most records of one party.
    pub max_records: u64,
    /// Whether two parties may compute a sum, although each then learns the other's by subtraction.
    pub allow_two: bool,
}

impl SumLimits {
    /// So many parties with up to a million records each, and never two parties alone.
    pub const fn new(max_parties: usize) -> Self {
        Self { max_parties, max_records: 1_000_000, allow_two: false }
    }

    /// With so many records at most.
    pub const fn with_max_records(self, max_records: u64) -> Self {
        Self { max_records, ..self }
    }

    /// Also for two parties.
    pub const fn allow_two(self) -> Self {
        Self { allow_two: true, ..self }
    }

    /// The fewest parties that a sum may have.
    pub const fn least_parties(&self) -> usize {
        if self.allow_two { 2 } else { 3 }
    }
}

/// One number of the vector that the parties add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The records.
    Records,
    /// The records that have a value in a column.
    Present(usize),
    /// The sum of a column, each value less the smallest that is declared.
    Shifted(usize),
    /// The sum of the squares of those.
    Squares(usize),
    /// The records in one cell of an axis.
    Cell(usize, usize),
}

/// What is summed and how: the same at all parties, and part of the terms of a run.
///
/// Making one checks all that can be known before the first message: that each field exists, was declared for its use and
/// has bounds, and that no sum can reach 2^63 with as many parties and records as the limits allow.
///
/// ```
/// use nest_collab::sum::{SumItem, SumLimits, SumPlan};
/// use nest_core::schema::Manifest;
///
/// let schema = Manifest::from_json(r#"{"nest": 1, "name": "Patient", "fields": [
///     {"name": "visits", "type": "integer", "min": 0, "max": 400, "uses": ["sum"]}
/// ]}"#)?.schema()?;
///
/// let visits = SumItem::Sum("visits".to_owned());
/// assert!(SumPlan::new(schema, &[visits.clone()], SumLimits::new(3)).is_ok());
///
/// let huge = SumLimits::new(3).with_max_records(u64::MAX);
/// let error = SumPlan::new(schema, &[visits], huge).unwrap_err();
/// assert!(error.to_string().contains("could reach 2^63"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SumPlan {
    pub(crate) schema: &'static Schema,
    pub(crate) items: Vec<SumItem>,
    pub(crate) limits: SumLimits,
    pub(crate) columns: Vec<Column>,
    pub(crate) axes: Vec<Axis>,
    pub(crate) slots: Vec<Slot>,
}

impl SumPlan {
    /// Plans a sum over records of a schema.
    ///
    /// # Errors
    ///
    /// A [`SumError`] that names the field and the repair: a field that does not exist, has no bounds or was not declared
    /// for the use; nothing to sum, or one thing twice; too few parties; a sum that could reach 2^63.
    pub fn new(schema: &'static Schema, items: &[SumItem], limits: SumLimits) -> Result<Self, SumError> {
        if limits.max_parties < limits.least_parties() {
            return Err(SumError::TooFewParties {
                parties: limits.max_parties,
                least: limits.least_parties(),
            });
        }
        if items.is_empty() {
            return Err(SumError::Items("there is nothing to sum: ask for a count, a sum or a histogram"));
        }
        if items
            .iter()
            .enumerate()
            .any(|(place, item)| items.iter().skip(place + 1).any(|other| other == item))
        {
            return Err(SumError::Items("the same sum is asked for twice: ask once"));
        }
        let mut plan = Self {
            schema,
            items: items.to_vec(),
            limits,
            columns: Vec::new(),
            axes: Vec::new(),
            slots: vec![Slot::Records],
        };
        for item in items {
            plan.add(item)?;
        }
        plan.check_bounds()?;
        Ok(plan)
    }

    fn add(&mut self, item: &SumItem) -> Result<(), SumError> {
        match item {
            SumItem::Count => {}
            SumItem::Sum(field) => {
                let column = self.column(field)?;
                self.slot(Slot::Shifted(column));
            }
            SumItem::Squares(field) => {
                let column = self.column(field)?;
                if let Some(column) = self.columns.get(column) {
                    column.squared()?;
                }
                self.slot(Slot::Shifted(column));
                self.slot(Slot::Squares(column));
            }
            SumItem::Histogram(field) => {
                let axis = Axis::of(self.schema, field)?;
                self.check_use(field, Use::GroupBy)?;
                let (place, cells) = (self.axes.len(), axis.cells());
                self.slots.extend((0..cells).map(|cell| Slot::Cell(place, cell)));
                self.axes.push(axis);
            }
        }
        Ok(())
    }

    /// The place of a column, which is added with the number of its values where it is new.
    fn column(&mut self, field: &str) -> Result<usize, SumError> {
        if let Some(place) = self.columns.iter().position(|column| column.name() == field) {
            return Ok(place);
        }
        let column = Column::of(self.schema, field)?;
        self.check_use(field, Use::Sum)?;
        let place = self.columns.len();
        self.columns.push(column);
        self.slot(Slot::Present(place));
        Ok(place)
    }

    fn slot(&mut self, slot: Slot) {
        if !self.slots.contains(&slot) {
            self.slots.push(slot);
        }
    }

    fn check_use(&self, path: &str, one: Use) -> Result<(), SumError> {
        match declared(self.schema, path) {
            Some(field) if field.uses.contains(one) => Ok(()),
            _ => Err(SumError::Undeclared { field: path.to_owned(), uses: one.name() }),
        }
    }

    /// The largest that one record can add to a slot.
    pub(crate) fn capacity(&self, slot: Slot) -> u128 {
        let range =
            |place: usize| self.columns.get(place).map_or(0, |column| column.max().abs_diff(column.min()));
        match slot {
            Slot::Records | Slot::Present(_) | Slot::Cell(..) => 1,
            Slot::Shifted(column) => range(column),
            Slot::Squares(column) => range(column).saturating_mul(range(column)),
        }
    }

    /// The largest that so many parties can add up to in a slot; `None` where it reaches 2^63.
    pub(crate) fn most(&self, slot: Slot, parties: usize) -> Option<u64> {
        let records = u128::from(self.limits.max_records).checked_mul(parties as u128)?;
        let most = u64::try_from(records.checked_mul(self.capacity(slot))?).ok()?;
        (most < 1 << 63).then_some(most)
    }

    fn check_bounds(&self) -> Result<(), SumError> {
        for slot in &self.slots {
            if self.most(*slot, self.limits.max_parties).is_none() {
                return Err(SumError::CouldOverflow {
                    item: self.name(*slot),
                    parties: self.limits.max_parties,
                    max_records: self.limits.max_records,
                });
            }
        }
        Ok(())
    }

    /// What a slot is called in messages.
    fn name(&self, slot: Slot) -> String {
        let column = |place: usize| self.columns.get(place).map_or("", Column::name).to_owned();
        match slot {
            Slot::Records => "count".to_owned(),
            Slot::Present(place) | Slot::Shifted(place) => column(place),
            Slot::Squares(place) => SumItem::Squares(column(place)).to_string(),
            Slot::Cell(place, _) => {
                let axis = self.axes.get(place).map_or("", Axis::name);
                SumItem::Histogram(axis.to_owned()).to_string()
            }
        }
    }

    /// How many numbers travel.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether no number travels. A plan always has one.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// What is summed, in the order of the question.
    pub fn items(&self) -> &[SumItem] {
        &self.items
    }

    /// The limits that the bounds were checked with.
    pub fn limits(&self) -> SumLimits {
        self.limits
    }

    /// The declaration of the records.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// The plan as bytes, for the hash of the terms of a run: parties whose declarations, items or limits differ have
    /// different terms, and refuse each other before the first number is sent.
    pub fn terms(&self) -> Vec<u8> {
        let mut terms = b"nest-collab/sum/1".to_vec();
        let mut part = |bytes: &[u8]| {
            terms.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            terms.extend_from_slice(bytes);
        };
        part(self.schema.content_fingerprint().to_string().as_bytes());
        part(&(self.limits.max_parties as u64).to_be_bytes());
        part(&self.limits.max_records.to_be_bytes());
        part(&[u8::from(self.limits.allow_two)]);
        for item in &self.items {
            part(item.to_string().as_bytes());
        }
        terms
    }
}

/// The declaration of the field at a path.
fn declared(schema: &'static Schema, path: &str) -> Option<&'static Field> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let field = schema.fields.iter().find(|field| field.name == first)?;
    match rest {
        None => Some(field),
        Some(rest) => match field.ty {
            Type::Record(inner) | Type::OrFiller(inner) => declared(inner, rest),
            _ => None,
        },
    }
}
