//! A query that was checked against the catalogue: nothing of it can be meaningless.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::Dialect;
use super::condition::{Comparison, Literal, Operator, Term};
use super::dnf::{self, MAX_COMPARISONS};
use super::error::{Fault, QueryError};
use super::function::{Ask, Function, Functions};
use super::literal;
use super::near::near;
use super::parse::{MAX_ATTRIBUTES, parse, too_many_attributes};
use super::syntax::{Every, Path, RawCall, RawQuery};
use crate::catalogue::{Attribute, Catalogue, Source};

/// One call of a query.
#[derive(Clone)]
pub struct Call {
    pub(super) function: Option<Arc<dyn Function>>,
    pub(super) arguments: Vec<usize>,
    pub(super) asks: Vec<Ask>,
    pub(super) every: Option<Every>,
    text: String,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({})", self.text)
    }
}

impl Call {
    /// The call as it is written, in the one way: `AVG(Weather.temperature) EVERY 1d`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its attributes, by their places in [`Query::attributes`].
    pub fn arguments(&self) -> &[usize] {
        &self.arguments
    }

    /// What its function makes of released answers.
    pub(crate) fn finish(&self, answers: Vec<nest_release::PartAnswer>) -> Vec<nest_release::PartAnswer> {
        match &self.function {
            Some(function) => function.finish(answers),
            None => answers,
        }
    }

    /// The period that its answer is divided by.
    pub fn every(&self) -> Option<Every> {
        self.every
    }
}

/// A checked query.
///
/// ```
/// use nest_market::catalogue::Catalogue;
/// use nest_market::query::{Dialect, Query};
///
/// let catalogue = Catalogue::new().manifest(r#"{"nest": 1, "name": "Weather", "fields": [
///     {"name": "temperature", "type": "decimal", "min": -60, "max": 60, "decimals": 1, "unit": "Cel"}
/// ]}"#)?;
/// let query = Query::check(
///     "SELECT AVG(Weather.temperature) WHERE (Weather.temperature > -10)",
///     &catalogue,
///     Dialect::Strict,
/// )?;
/// assert_eq!(query.text(), "SELECT AVG(Weather.temperature) WHERE (Weather.temperature > -10.0)");
///
/// // What can never hold is a fault, with its place and a repair.
/// let error = Query::check("SELECT AVG(Weather.temperature) WHERE (Weather.temperature > 99)", &catalogue, Dialect::Strict)
///     .unwrap_err();
/// assert_eq!(error.at, 61..63);
/// assert_eq!(error.repair, "it is number with 1 decimal, -60.0 to 60.0");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Query {
    calls: Vec<Call>,
    attributes: Vec<Attribute>,
    /// No terms: everybody.
    terms: Vec<Term>,
    text: String,
}

/// A term before its attributes have their places.
type NamedTerm = Vec<(Attribute, Operator, Literal)>;

impl Query {
    /// Checks a query with the functions that every market has.
    ///
    /// # Errors
    /// The first fault, with its place in the text and a repair.
    pub fn check(text: &str, catalogue: &Catalogue, dialect: Dialect) -> Result<Self, QueryError> {
        Self::check_with(text, catalogue, &Functions::standard(), dialect)
    }

    /// Checks a query with a market's own functions.
    ///
    /// # Errors
    /// The first fault, with its place in the text and a repair.
    pub fn check_with(
        text: &str,
        catalogue: &Catalogue,
        functions: &Functions,
        dialect: Dialect,
    ) -> Result<Self, QueryError> {
        let raw = parse(text)?;
        let mut attributes: Vec<Attribute> = Vec::new();
        let mut calls = Vec::new();
        for call in &raw.calls {
            calls.push(check_call(call, catalogue, functions, &mut attributes)?);
        }
        check_together(&raw.calls, &calls, &attributes)?;
        let named = check_condition(&raw, catalogue)?;
        // The condition's attributes come after those of the calls, in the order of the written form.
        let mut terms = Vec::new();
        for term in &named {
            let mut comparisons = Vec::new();
            for (attribute, operator, value) in term {
                let attribute = place(&mut attributes, attribute)
                    .ok_or_else(|| too_many_attributes(raw.condition.clone()))?;
                comparisons.push(Comparison { attribute, operator: *operator, value: value.clone() });
            }
            terms.push(Term { comparisons });
        }
        let written = write(&calls, &named);
        if let (Dialect::Strict, Some(at)) = (dialect, raw.not_strict) {
            return Err(QueryError::new(
                at,
                Fault::Nested,
                "the strict form has each comparison in parentheses of its own, joined by AND and OR, and no others",
                format!("ask in the relaxed dialect, or write `{written}`"),
            ));
        }
        Ok(Self { calls, attributes, terms, text: written })
    }

    /// The query in the one way in which it is written: alternatives and comparisons in order, each once, values with
    /// all their decimals. Two queries that mean the same by these rules have the same text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The calls, in their order.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Every attribute that the query looks at: those of the calls first, then those of the condition alone.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The alternatives of the condition. None means that there is no condition.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it asks for a data set (`ALL`), not for statistics.
    pub fn is_data_set(&self) -> bool {
        self.calls.iter().any(|call| call.function.is_none())
    }

    /// The sources that it looks at, each once.
    pub fn sources(&self) -> Vec<&'static str> {
        let mut sources: Vec<_> = self.attributes.iter().map(Attribute::source).collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }

    /// The fewest people that its functions make sense with.
    pub fn minimum_people(&self) -> u32 {
        let functions = self.calls.iter().filter_map(|call| call.function.as_ref());
        functions.map(|function| function.minimum_people()).max().unwrap_or(0)
    }
}

/// The place of an attribute among those of the query, where it is added if it is new; none where there are too many.
fn place(attributes: &mut Vec<Attribute>, attribute: &Attribute) -> Option<usize> {
    if let Some(place) = attributes.iter().position(|known| known == attribute) {
        return Some(place);
    }
    attributes.push(*attribute);
    (attributes.len() <= MAX_ATTRIBUTES).then(|| attributes.len() - 1)
}

fn check_call(
    raw: &RawCall<'_>,
    catalogue: &Catalogue,
    functions: &Functions,
    attributes: &mut Vec<Attribute>,
) -> Result<Call, QueryError> {
    let name = raw.function.what;
    if name == "RAVG" {
        return Err(QueryError::new(
            raw.function.range(),
            Fault::NotOffered,
            "RAVG, the raw average, is not offered: an average without noise tells one person's value to anyone who \
             knows the others",
            "write `AVG`",
        ));
    }
    let mut arguments = Vec::new();
    let mut found = Vec::new();
    for path in &raw.arguments {
        let attribute = look_up(path, catalogue)?;
        let place =
            place(attributes, attribute).ok_or_else(|| too_many_attributes(raw.function.start..raw.end))?;
        arguments.push(place);
        found.push(attribute);
    }
    let range = raw.arguments.first().map_or(raw.function.end, |path| path.range().start)
        ..raw.arguments.last().map_or(raw.end, |path| path.range().end);
    let (function, asks, share) = if name == "ALL" {
        check_data_set(raw, &found, &range)?;
        (None, Vec::new(), None)
    } else {
        let Some(function) = functions.find(name) else {
            return Err(unknown_function(raw, functions));
        };
        let share = raw.number.as_ref().map(|number| {
            share(number.what).ok_or_else(|| {
                QueryError::new(
                    number.range(),
                    Fault::Arguments,
                    "a share of people is above 0 and below 1, with at most three decimals",
                    "write for example `0.5` for the median",
                )
            })
        });
        let share = share.transpose()?;
        let asks = function
            .asks(&found, share)
            .map_err(|unfit| QueryError::new(range.clone(), Fault::Arguments, unfit.message, unfit.repair))?;
        (Some(function), asks, share)
    };
    let labels: Vec<_> = found.iter().map(|attribute| attribute.label()).collect();
    let share = share
        .map_or_else(String::new, |share| format!(", 0.{}", format!("{share:03}").trim_end_matches('0')));
    let every = raw.every.as_ref().map(|every| every.what);
    let period = every.map_or_else(String::new, |every| format!(" EVERY {every}"));
    let text = format!("{name}({}{share}){period}", labels.join(", "));
    Ok(Call { function, arguments, asks, every, text })
}

fn check_data_set(raw: &RawCall<'_>, found: &[&Attribute], range: &Range<usize>) -> Result<(), QueryError> {
    let fault = |at: Range<usize>, message: String, repair: &str| {
        Err(QueryError::new(at, Fault::Arguments, message, repair))
    };
    if let Some(every) = &raw.every {
        let message = "ALL gives one row for each person, and no series".to_owned();
        return fault(every.range(), message, "leave EVERY out");
    }
    if let Some(number) = &raw.number {
        return fault(number.range(), "ALL takes no number".to_owned(), "leave the number out");
    }
    let twice =
        found.iter().enumerate().any(|(i, attribute)| found.iter().skip(i + 1).any(|b| b == attribute));
    if twice {
        return fault(range.clone(), "an attribute is there twice".to_owned(), "name it once");
    }
    if found.iter().any(|attribute| found.first().is_some_and(|first| first.source() != attribute.source())) {
        let message =
            "ALL takes attributes of one source: data sets of several could be laid over each other";
        return fault(range.clone(), message.to_owned(), "ask ALL of one source");
    }
    for (attribute, path) in found.iter().zip(&raw.arguments) {
        if nest_release::DataSetFields::of(attribute.schema(), &[attribute.name()], &[]).is_err() {
            let message = format!(
                "ALL takes labels, bounded numbers and times, and `{}` is {}",
                attribute.label(),
                attribute.ty().describe()
            );
            return fault(path.range(), message, "leave it out");
        }
    }
    Ok(())
}

fn check_together(raw: &[RawCall<'_>], calls: &[Call], attributes: &[Attribute]) -> Result<(), QueryError> {
    for (raw, (number, call)) in raw.iter().zip(calls.iter().enumerate()) {
        if call.function.is_none() && calls.len() > 1 {
            return Err(QueryError::new(
                raw.function.range(),
                Fault::Together,
                "ALL stands alone: a data set is protected in another way than a statistic",
                "ask the other calls in a query of their own",
            ));
        }
        if calls.iter().take(number).any(|other| other.text == call.text) {
            return Err(QueryError::new(
                raw.function.start..raw.end,
                Fault::Together,
                "this call is there twice, and would be paid for twice",
                "leave one of them out",
            ));
        }
        if let Some(every) = &raw.every {
            let steady = call
                .arguments
                .iter()
                .filter_map(|place| attributes.get(*place))
                .find(|attribute| attribute.cadence() == crate::catalogue::Cadence::Steady);
            if let Some(attribute) = steady {
                return Err(QueryError::new(
                    every.range(),
                    Fault::Every,
                    format!("`{}` has one value that stays, and no readings over time", attribute.label()),
                    "leave EVERY out",
                ));
            }
        }
    }
    Ok(())
}

fn check_condition(raw: &RawQuery<'_>, catalogue: &Catalogue) -> Result<Vec<NamedTerm>, QueryError> {
    let mut comparisons = Vec::new();
    for comparison in &raw.comparisons {
        let attribute = look_up(&comparison.attribute, catalogue)?;
        let (operator, value) = literal::typed(attribute, comparison)?;
        comparisons.push((*attribute, operator, value));
    }
    let mut terms: Vec<NamedTerm> = Vec::new();
    for alternative in dnf::alternatives(&raw.steps, &raw.condition)? {
        let mut term: NamedTerm =
            alternative.iter().filter_map(|number| comparisons.get(*number)).cloned().collect();
        term.sort_by(in_order);
        term.dedup();
        debug_assert!(term.len() <= MAX_COMPARISONS);
        terms.push(term);
    }
    terms.sort_by(|a, b| {
        let first = a.iter().zip(b).map(|(a, b)| in_order(a, b)).find(|order| order.is_ne());
        first.unwrap_or_else(|| a.len().cmp(&b.len()))
    });
    terms.dedup();
    Ok(terms)
}

fn in_order(a: &(Attribute, Operator, Literal), b: &(Attribute, Operator, Literal)) -> std::cmp::Ordering {
    let key = |(attribute, operator, value): &(Attribute, Operator, Literal)| {
        (attribute.source(), attribute.name(), *operator, value.clone())
    };
    key(a).cmp(&key(b))
}

fn look_up<'c>(path: &Path<'_>, catalogue: &'c Catalogue) -> Result<&'c Attribute, QueryError> {
    let (source_name, name) = (path.source.what, path.name.what);
    let Some(source) = catalogue.source(source_name) else {
        let names = catalogue.sources().iter().map(Source::name);
        return Err(QueryError::new(
            path.source.range(),
            Fault::UnknownSource,
            format!("there is no source `{source_name}`"),
            near(source_name, names, "look in the catalogue for its name"),
        ));
    };
    source.attribute(name).ok_or_else(|| {
        let names = source.attributes().iter().map(Attribute::name);
        QueryError::new(
            path.name.range(),
            Fault::UnknownAttribute,
            format!("the source `{source_name}` has no attribute `{name}`"),
            near(name, names, "look in the catalogue for its name"),
        )
    })
}

fn unknown_function(raw: &RawCall<'_>, functions: &Functions) -> QueryError {
    let name = raw.function.what;
    let all = || functions.names().chain(["ALL"]);
    let others = format!("it is one of {}", all().collect::<Vec<_>>().join(", "));
    QueryError::new(
        raw.function.range(),
        Fault::UnknownFunction,
        format!("there is no function `{name}`"),
        near(name, all(), &others),
    )
}

/// `0.25` as 250.
fn share(text: &str) -> Option<u16> {
    let part = text.strip_prefix("0.")?;
    if part.len() > 3 {
        return None;
    }
    format!("{part:0<3}").parse().ok().filter(|share| (1..1_000).contains(share))
}

fn write(calls: &[Call], terms: &[NamedTerm]) -> String {
    let calls: Vec<_> = calls.iter().map(Call::text).collect();
    let comparison = |(attribute, operator, value): &(Attribute, Operator, Literal)| {
        format!("({} {} {})", attribute.label(), operator.symbol(), literal::written(attribute, value))
    };
    let terms: Vec<_> =
        terms.iter().map(|term| term.iter().map(comparison).collect::<Vec<_>>().join(" AND ")).collect();
    let condition = if terms.is_empty() { String::new() } else { format!(" WHERE {}", terms.join(" OR ")) };
    format!("SELECT {}{condition}", calls.join(", "))
}
