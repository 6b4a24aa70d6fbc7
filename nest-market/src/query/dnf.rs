//! A condition of any nesting as a list of alternatives (disjunctive normal form), counted before it is written out.

use std::collections::BTreeSet;

use super::error::{Fault, QueryError};
use super::syntax::Step;

/// The most alternatives of a condition.
pub const MAX_TERMS: usize = 64;

/// The most comparisons of one alternative.
pub const MAX_COMPARISONS: usize = 16;

/// An alternative: the numbers of its comparisons.
pub(super) type RawTerm = BTreeSet<usize>;

/// The alternatives of a condition in postfix order.
///
/// # Errors
/// There are more than [`MAX_TERMS`] alternatives, or an alternative has more than [`MAX_COMPARISONS`] comparisons. Both
/// are counted first, so that a short text cannot ask for much work.
pub(super) fn alternatives(
    steps: &[Step],
    condition: &std::ops::Range<usize>,
) -> Result<Vec<RawTerm>, QueryError> {
    let (terms, widest) = count(steps);
    if terms > MAX_TERMS {
        return Err(QueryError::new(
            condition.clone(),
            Fault::TooManyTerms,
            format!("too many terms ({MAX_TERMS}): written out, this condition has {terms} alternatives"),
            "take fewer ORs within ANDs, or ask in several queries",
        ));
    }
    if widest > MAX_COMPARISONS {
        return Err(QueryError::new(
            condition.clone(),
            Fault::TooManyComparisons,
            format!("an alternative has at most {MAX_COMPARISONS} comparisons, and one here has {widest}"),
            "join fewer comparisons with AND",
        ));
    }
    let mut stack: Vec<Vec<RawTerm>> = Vec::new();
    for step in steps {
        if let Step::Comparison(number) = step {
            stack.push(vec![RawTerm::from([*number])]);
            continue;
        }
        let (right, left) = (stack.pop().unwrap_or_default(), stack.pop().unwrap_or_default());
        stack.push(match step {
            Step::And => left
                .iter()
                .flat_map(|left| right.iter().map(move |right| left.union(right).copied().collect()))
                .collect(),
            _ => left.into_iter().chain(right).collect(),
        });
    }
    Ok(stack.pop().unwrap_or_default())
}

/// How many alternatives there are, and how many comparisons the widest has.
fn count(steps: &[Step]) -> (usize, usize) {
    let mut stack: Vec<(usize, usize)> = Vec::new();
    for step in steps {
        if let Step::Comparison(_) = step {
            stack.push((1, 1));
            continue;
        }
        let (right, left) = (stack.pop().unwrap_or((0, 0)), stack.pop().unwrap_or((0, 0)));
        stack.push(match step {
            Step::And => (left.0.saturating_mul(right.0), left.1.saturating_add(right.1)),
            _ => (left.0.saturating_add(right.0), left.1.max(right.1)),
        });
    }
    stack.pop().unwrap_or((0, 0))
}
