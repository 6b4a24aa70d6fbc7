//! What a processor gets.

use nest_release::{DataSet, PartAnswer};
use serde::{Deserialize, Serialize};

use crate::query::{Plan, Query};

/// The answer to a query. It only ever is the value of a [`Released`](nest_release::Released).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Answer {
    /// Statistics, one answer for each call.
    Statistics {
        /// The query, as it was understood.
        query: String,
        /// The answers, in the order of the calls.
        calls: Vec<CallAnswer>,
    },
    /// A data set in which people look alike.
    DataSet {
        /// The query, as it was understood.
        query: String,
        /// The data set.
        data: DataSet,
    },
}

/// The answer to one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CallAnswer {
    /// The call.
    pub call: String,
    /// One point for each period; without `EVERY`, one for the whole interval.
    pub points: Vec<Point>,
}

/// The answer for one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Point {
    /// The first millisecond of the period, since 1970.
    pub from: i64,
    /// The millisecond after its last.
    pub to: i64,
    /// The values: one, for the functions that every market has.
    pub values: Vec<PartAnswer>,
}

/// Puts the answers of the gate in the form of the query. The shape does not depend on who took part.
pub(super) fn statistics(query: &Query, plan: &Plan, answers: Vec<PartAnswer>) -> Answer {
    let mut calls: Vec<CallAnswer> = query
        .calls()
        .iter()
        .map(|call| CallAnswer { call: call.text().to_owned(), points: Vec::new() })
        .collect();
    for (part, answer) in plan.parts().iter().zip(answers) {
        let Some(call) = calls.get_mut(part.call) else { continue };
        let (from, to) = (part.window.from(), part.window.to());
        match call.points.last_mut() {
            Some(point) if point.from == from => point.values.push(answer),
            _ => call.points.push(Point { from, to, values: vec![answer] }),
        }
    }
    for (answer, call) in calls.iter_mut().zip(query.calls()) {
        for point in &mut answer.points {
            point.values = call.finish(std::mem::take(&mut point.values));
        }
    }
    Answer::Statistics { query: query.text().to_owned(), calls }
}
