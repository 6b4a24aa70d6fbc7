//! What a program says it found: checked against the declaration, and released like every other aggregate.

use std::fmt;

use nest_core::schema::{Schema, Use};
use nest_release::{Axis, Column, Count, Histogram, Mean, RawAggregate, Total};
use serde::{Deserialize, Serialize};

/// An aggregate that a program claims.
///
/// The node cannot check that it is right. It checks that so many people with values within the declared bounds can have
/// it, and then it leaves by the node's release policy.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "shape", rename_all = "lowercase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Claim {
    /// A number of people.
    Count {
        /// How many.
        people: u32,
    },
    /// The mean of a field, by its sum.
    Mean {
        /// The field.
        field: String,
        /// The sum in steps: of 1 for whole numbers, of the last decimal for decimals.
        sum: i64,
        /// Over how many people.
        people: u32,
    },
    /// The sum of a field.
    Total {
        /// The field.
        field: String,
        /// The sum in steps.
        sum: i64,
        /// Over how many people.
        people: u32,
    },
    /// The number of people for each value of a field.
    Histogram {
        /// The field.
        field: String,
        /// The numbers, in the order of the declaration.
        counts: Vec<u64>,
    },
}

/// A claim as an aggregate, which cannot be looked at.
#[non_exhaustive]
pub enum RawClaim {
    /// A number of people.
    Count(RawAggregate<Count>),
    /// A mean.
    Mean(RawAggregate<Mean>),
    /// A sum.
    Total(RawAggregate<Total>),
    /// A histogram.
    Histogram(RawAggregate<Histogram>),
}

/// Why a claim is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimError {
    field: String,
    fault: &'static str,
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the result about `{}` {}", self.field, self.fault)
    }
}

impl std::error::Error for ClaimError {}

impl Claim {
    /// The claim as an aggregate of a declaration.
    ///
    /// # Errors
    ///
    /// The field does not exist, was not declared for the use, or its bounds do not allow the numbers.
    pub fn check(self, schema: &'static Schema) -> Result<RawClaim, ClaimError> {
        let needs = |field: &str, one: Use| {
            let declared = schema.field(field).is_some_and(|declared| declared.uses.contains(one));
            let fault = "is of a field that is not declared for it: add the use to the manifest";
            declared.then_some(()).ok_or_else(|| ClaimError { field: field.to_owned(), fault })
        };
        let bounds =
            |field: &str| ClaimError { field: field.to_owned(), fault: "lies outside what was declared" };
        Ok(match self {
            Claim::Count { people } => RawClaim::Count(RawAggregate::from_people(people)),
            Claim::Mean { field, sum, people } => {
                needs(&field, Use::Sum)?;
                let column = Column::of(schema, &field).map_err(|_| bounds(&field))?;
                let raw = RawAggregate::<Mean>::from_sum(column, sum.into(), people);
                RawClaim::Mean(raw.map_err(|_| bounds(&field))?)
            }
            Claim::Total { field, sum, people } => {
                needs(&field, Use::Sum)?;
                let column = Column::of(schema, &field).map_err(|_| bounds(&field))?;
                let raw = RawAggregate::<Total>::from_sum(column, sum.into(), people);
                RawClaim::Total(raw.map_err(|_| bounds(&field))?)
            }
            Claim::Histogram { field, counts } => {
                needs(&field, Use::GroupBy)?;
                let axis = Axis::of(schema, &field).map_err(|_| bounds(&field))?;
                let raw = RawAggregate::<Histogram>::from_counts(axis, counts);
                RawClaim::Histogram(raw.map_err(|_| bounds(&field))?)
            }
        })
    }
}
