//! The functions that every market has.

use std::sync::Arc;

use nest_release::Column;

use super::function::{Ask, Function, Unfit};
use crate::catalogue::{Attribute, Technical};

pub(super) fn functions() -> Vec<Arc<dyn Function>> {
    vec![Arc::new(Avg), Arc::new(Sum), Arc::new(Count), Arc::new(Corr), Arc::new(Hist), Arc::new(Quantile)]
}

struct Avg;
struct Sum;
struct Count;
struct Corr;
struct Hist;
struct Quantile;

/// The only attribute of a call.
fn one<'c>(name: &str, arguments: &[&'c Attribute]) -> Result<&'c Attribute, Unfit> {
    match arguments {
        [attribute] => Ok(attribute),
        _ => Err(Unfit::new(
            format!("{name} takes one attribute, and not {}", arguments.len()),
            format!("write one call for each: `{name}(…), {name}(…)`"),
        )),
    }
}

fn no_number(name: &str, share: Option<u16>) -> Result<(), Unfit> {
    match share {
        None => Ok(()),
        Some(_) => Err(Unfit::new(format!("{name} takes no number"), "leave the number out")),
    }
}

/// The bounds of an attribute of numbers.
fn numbers(name: &str, attribute: &Attribute) -> Result<Column, Unfit> {
    let refused = |why: &str| {
        Unfit::new(
            format!("{name} takes a number, and `{}` is {why}", attribute.label()),
            format!("ask `HIST({0})` or `COUNT({0})`", attribute.label()),
        )
    };
    match attribute.technical() {
        Technical::Whole | Technical::Decimal | Technical::Flag => {
            attribute.column().map_err(|error| refused(&error.to_string()))
        }
        _ => Err(refused(&attribute.ty().describe())),
    }
}

impl Function for Avg {
    fn name(&self) -> &str {
        "AVG"
    }

    fn asks(&self, arguments: &[&Attribute], share: Option<u16>) -> Result<Vec<Ask>, Unfit> {
        no_number("AVG", share)?;
        Ok(vec![Ask::Mean(0, numbers("AVG", one("AVG", arguments)?)?)])
    }
}

impl Function for Sum {
    fn name(&self) -> &str {
        "SUM"
    }

    fn asks(&self, arguments: &[&Attribute], share: Option<u16>) -> Result<Vec<Ask>, Unfit> {
        no_number("SUM", share)?;
        Ok(vec![Ask::Total(0, numbers("SUM", one("SUM", arguments)?)?)])
    }
}

impl Function for Count {
    fn name(&self) -> &str {
        "COUNT"
    }

    fn asks(&self, arguments: &[&Attribute], share: Option<u16>) -> Result<Vec<Ask>, Unfit> {
        no_number("COUNT", share)?;
        one("COUNT", arguments)?;
        Ok(vec![Ask::Count(0)])
    }
}

impl Function for Corr {
    fn name(&self) -> &str {
        "CORR"
    }

    fn asks(&self, arguments: &[&Attribute], share: Option<u16>) -> Result<Vec<Ask>, Unfit> {
        no_number("CORR", share)?;
        match arguments {
            [first, second] if first != second => {
                Ok(vec![Ask::Correlation((0, numbers("CORR", first)?), (1, numbers("CORR", second)?))])
            }
            _ => Err(Unfit::new(
                "CORR takes two different attributes",
                "write `CORR(Source.first, Source.second)`",
            )),
        }
    }

    /// With fewer people, six noised moments say nothing.
    fn minimum_people(&self) -> u32 {
        100
    }
}

impl Function for Hist {
    fn name(&self) -> &str {
        "HIST"
    }

    fn asks(&self, arguments: &[&Attribute], share: Option<u16>) -> Result<Vec<Ask>, Unfit> {
        no_number("HIST", share)?;
        let attribute = one("HIST", arguments)?;
        let axis = attribute.axis().map_err(|_| {
            Unfit::new(
                format!(
                    "HIST takes labels, yes or no, or at most 1024 whole numbers or times, and `{}` is {}",
                    attribute.label(),
                    attribute.ty().describe()
                ),
                format!("ask `QUANTILE({0}, 0.25)` or `AVG({0})`", attribute.label()),
            )
        })?;
        Ok(vec![Ask::Histogram(0, axis)])
    }
}

impl Function for Quantile {
    fn name(&self) -> &str {
        "QUANTILE"
    }

    fn asks(&self, arguments: &[&Attribute], share: Option<u16>) -> Result<Vec<Ask>, Unfit> {
        let column = numbers("QUANTILE", one("QUANTILE", arguments)?)?;
        // Without a number it is the median.
        Ok(vec![Ask::Quantile(0, column, share.unwrap_or(500))])
    }
}
