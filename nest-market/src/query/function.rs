//! What a function is: which attributes it takes, what it asks of the gate, and what it makes of the answer.
//!
//! A function never sees a value of a person. It says which aggregates it needs, and gets them back with noise.

use std::fmt;
use std::sync::Arc;

use nest_release::{Axis, Column, PartAnswer};

use crate::catalogue::Attribute;

/// One aggregate that a function needs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Ask {
    /// The number of people who have a value of the attribute at this place among the arguments.
    Count(usize),
    /// The mean of one number for each person.
    Mean(usize, Column),
    /// The sum of one number for each person.
    Total(usize, Column),
    /// The number of people for each value.
    Histogram(usize, Axis),
    /// Pearson's correlation of two numbers of each person.
    Correlation((usize, Column), (usize, Column)),
    /// The value that a share of people, in thousandths, is at or below.
    Quantile(usize, Column, u16),
}

/// Why a function cannot be asked of these attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub repair: String,
}

impl Unfit {
    /// A message and a repair.
    pub fn new(message: impl Into<String>, repair: impl Into<String>) -> Self {
        Self { message: message.into(), repair: repair.into() }
    }
}

/// A function of the query language. A market may add its own.
///
/// What it asks for shares the ε of its call evenly. It only ever gets released values back, so it cannot leak more
/// than they do.
///
/// ```
/// use nest_market::catalogue::Attribute;
/// use nest_market::query::{Ask, Function, Functions, Unfit};
///
/// /// The three quartiles.
/// struct Quartiles;
///
/// impl Function for Quartiles {
///     fn name(&self) -> &str {
///         "QUARTILES"
///     }
///
///     fn asks(&self, arguments: &[&Attribute], _: Option<u16>) -> Result<Vec<Ask>, Unfit> {
///         let [attribute] = arguments else {
///             return Err(Unfit::new("QUARTILES takes one attribute", "write `QUARTILES(Source.attribute)`"));
///         };
///         let column = attribute.column().map_err(|error| Unfit::new(error.to_string(), "ask HIST"))?;
///         Ok([250, 500, 750].map(|share| Ask::Quantile(0, column.clone(), share)).into())
///     }
/// }
///
/// let functions = Functions::standard().with(Quartiles);
/// assert!(functions.names().any(|name| name == "QUARTILES"));
/// ```
pub trait Function: Send + Sync {
    /// The name in a query, in capital letters.
    fn name(&self) -> &str;

    /// What it needs of these attributes. `share` is the number after them, in thousandths, such as 900 for `0.9`.
    ///
    /// # Errors
    /// It does not take these attributes, or no such number.
    fn asks(&self, arguments: &[&Attribute], share: Option<u16>) -> Result<Vec<Ask>, Unfit>;

    /// What it makes of the released answers, in the order of its asks. As they are, if nothing is said.
    fn finish(&self, answers: Vec<PartAnswer>) -> Vec<PartAnswer> {
        answers
    }

    /// The fewest people that it makes sense with, whatever the terms say.
    fn minimum_people(&self) -> u32 {
        0
    }
}

/// The functions that a market offers.
#[derive(Clone)]
pub struct Functions {
    functions: Vec<Arc<dyn Function>>,
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Default for Functions {
    fn default() -> Self {
        Self::standard()
    }
}

impl Functions {
    /// `AVG`, `SUM`, `COUNT`, `CORR`, `HIST` and `QUANTILE`. `ALL` is not among them: it is no statistic.
    pub fn standard() -> Self {
        Self { functions: super::standard::functions() }
    }

    /// With another function. It takes the place of one of the same name.
    #[must_use]
    pub fn with(mut self, function: impl Function + 'static) -> Self {
        self.functions.retain(|known| known.name() != function.name());
        self.functions.push(Arc::new(function));
        self
    }

    /// The names, as in a query.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(|function| function.name())
    }

    /// The function of this name.
    pub(super) fn find(&self, name: &str) -> Option<Arc<dyn Function>> {
        self.functions.iter().find(|function| function.name() == name).cloned()
    }
}
