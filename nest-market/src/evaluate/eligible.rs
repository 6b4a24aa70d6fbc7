//! Who a condition holds for.

use crate::query::{Comparison, Literal, Operator, Query};
use crate::series::Value;

impl Query {
    /// Whether the condition holds for a person with these values, in the order of [`attributes`](Query::attributes).
    ///
    /// A comparison with an absent value is false. Without a condition, everybody is meant.
    pub fn holds_for(&self, values: &[Option<Value>]) -> bool {
        self.terms().is_empty()
            || self
                .terms()
                .iter()
                .any(|term| term.comparisons.iter().all(|comparison| holds(comparison, values)))
    }
}

fn holds(comparison: &Comparison, values: &[Option<Value>]) -> bool {
    let Some(Some(value)) = values.get(comparison.attribute) else { return false };
    let order = match (value, &comparison.value) {
        (Value::Number(value), Literal::Number(other)) => value.cmp(other),
        (Value::Text(value), Literal::Text(other)) => value.cmp(other),
        _ => return false,
    };
    match comparison.operator {
        Operator::Equal => order.is_eq(),
        Operator::Less => order.is_lt(),
        Operator::Greater => order.is_gt(),
    }
}
