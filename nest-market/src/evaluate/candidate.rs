//! A person as a query sees them: one value for each attribute, and one cell for each aggregate.

use nest_release::{Cell, PersonToken};

use crate::catalogue::Attribute;
use crate::level::{Level, Levels};
use crate::query::{Ask, Plan, Planned, Query};
use crate::series::{Series, Value};

/// One person with the values that a query looks at. It has no `Debug`.
pub struct Candidate {
    pub(super) person: PersonToken,
    pub(super) level: Level,
    /// In the order of [`Query::attributes`].
    pub(super) values: Vec<Option<Value>>,
    /// In the order of [`Plan::parts`].
    pub(super) cells: Vec<Option<Cell>>,
}

impl Candidate {
    /// A person with their readings of each attribute. Readings are aligned to the interval of the plan, and to each of
    /// its periods.
    ///
    /// The level is the strictest that the person has for any attribute of the query, those of the condition included.
    pub fn new<'s>(
        person: PersonToken,
        levels: &Levels,
        query: &Query,
        plan: &Plan,
        series: impl Fn(&Attribute) -> Option<&'s Series>,
    ) -> Self {
        let found: Vec<Option<&Series>> = query.attributes().iter().map(&series).collect();
        let value_in = |place: usize, window| {
            let attribute = query.attributes().get(place)?;
            found.get(place).copied().flatten()?.value(attribute, window)
        };
        let values: Vec<Option<Value>> =
            (0..query.attributes().len()).map(|place| value_in(place, plan.window())).collect();
        let cells = plan.parts().iter().map(|part| {
            cell(part, |place| {
                if part.window == plan.window() {
                    values.get(place).cloned().flatten()
                } else {
                    value_in(place, part.window)
                }
            })
        });
        let cells = cells.collect();
        Self { person, level: levels.strictest(query.attributes()), values, cells }
    }

    /// A person with one value for each attribute of the query, in the order of [`Query::attributes`]. Periods of the
    /// plan other than the whole interval have no value.
    pub fn with_values(person: PersonToken, level: Level, plan: &Plan, values: Vec<Option<Value>>) -> Self {
        let cells = plan.parts().iter().map(|part| {
            cell(part, |place| values.get(place).cloned().flatten().filter(|_| part.window == plan.window()))
        });
        let cells = cells.collect();
        Self { person, level, values, cells }
    }

    /// Who it is, to the budget.
    pub fn person(&self) -> &PersonToken {
        &self.person
    }

    /// The level at which the query treats the person.
    pub fn level(&self) -> Level {
        self.level
    }
}

/// What a person says in one aggregate; nothing where a value is absent.
fn cell(part: &Planned, value: impl Fn(usize) -> Option<Value>) -> Option<Cell> {
    let mut values = part.attributes.iter().map(|place| value(*place));
    let first = values.next()??;
    match part.ask {
        Ask::Count(_) => Some(Cell::Here),
        Ask::Correlation(..) => Some(Cell::Two(first.number()?, values.next()??.number()?)),
        Ask::Mean(..) | Ask::Total(..) | Ask::Histogram(..) | Ask::Quantile(..) => {
            Some(Cell::One(first.number()?))
        }
    }
}
