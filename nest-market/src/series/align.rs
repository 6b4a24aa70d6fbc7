//! Readings at any time become one value for each step of an interval, without inventing data.

use std::collections::BTreeMap;

use super::Value;
use nest_release::Column;

use crate::catalogue::{Attribute, Technical};
use crate::query::Window;
use crate::senml::rounded;

/// Of a thousand steps, the most that may be missing.
pub const MAX_MISSING_PER_MILLE: i64 = 210;

/// The longest time without a reading, in milliseconds.
pub const MAX_GAP_MILLIS: i64 = 2 * 3_600_000;

/// Means of steps are kept this much finer than the attribute, so that rounding twice changes nothing.
const FINER: i128 = 1_000;

/// The value of an interval.
pub(super) fn value(readings: &BTreeMap<i64, Value>, attribute: &Attribute, window: Window) -> Option<Value> {
    match attribute.technical() {
        Technical::Label | Technical::Text => most_frequent(readings, window),
        _ => mean(readings, attribute.column().ok()?, window).map(Value::Number),
    }
}

/// The readings of each step that has any, with the number of the step.
fn steps(readings: &BTreeMap<i64, Value>, window: Window) -> Vec<(i64, Vec<&Value>)> {
    let mut steps: Vec<(i64, Vec<&Value>)> = Vec::new();
    for (time, value) in readings.range(window.from()..window.to()) {
        let step = (time - window.from()) / window.granularity();
        match steps.last_mut() {
            Some((last, values)) if *last == step => values.push(value),
            _ => steps.push((step, vec![value])),
        }
    }
    steps
}

/// Whether enough steps have readings. Gaps count at the beginning and at the end too.
fn is_dense(steps: &[(i64, Vec<&Value>)], window: Window) -> bool {
    let all = window.steps();
    let missing = all - steps.len() as i64;
    let mut last = -1;
    let mut longest = 0;
    for step in steps.iter().map(|(step, _)| *step).chain([all]) {
        longest = longest.max(step - last - 1);
        last = step;
    }
    missing < all
        && missing * 1_000 <= all * MAX_MISSING_PER_MILLE
        && longest * window.granularity() <= MAX_GAP_MILLIS
}

/// The mean over all steps, those that are missing filled in a straight line.
///
/// Each reading counts as the nearest bound where it is out of the declared range: one broken reading cannot move the
/// mean of a person by more than its share.
fn mean(readings: &BTreeMap<i64, Value>, column: Column, window: Window) -> Option<i128> {
    let steps = steps(readings, window);
    if !is_dense(&steps, window) {
        return None;
    }
    let mut known = Vec::new();
    for (step, values) in &steps {
        let mut sum = 0_i128;
        for value in values {
            sum = sum.checked_add(value.number()?.clamp(column.min(), column.max()))?;
        }
        known.push((*step, rounded(sum.checked_mul(FINER)?, values.len() as i128)));
    }
    // Before the first and after the last, it stays the same.
    let mut sum = 0_i128;
    let mut add = |value: i128, times: i64| -> Option<()> {
        sum = sum.checked_add(value.checked_mul(times.into())?)?;
        Some(())
    };
    let (first, last) = (known.first()?, known.last()?);
    add(first.1, first.0)?;
    add(last.1, window.steps() - 1 - last.0)?;
    for (_, value) in &known {
        add(*value, 1)?;
    }
    for pair in known.windows(2) {
        let [(from, before), (to, after)] = pair else { continue };
        // A straight line between two values has their middle as its mean.
        let gap = to - from - 1;
        if gap > 0 {
            add(rounded(before.checked_add(*after)?.checked_mul(gap.into())?, 2), 1)?;
        }
    }
    Some(rounded(sum, FINER.checked_mul(window.steps().into())?))
}

/// The value that most steps have. A step that is missing has that of the one before; among equals, the smallest wins.
fn most_frequent(readings: &BTreeMap<i64, Value>, window: Window) -> Option<Value> {
    let steps = steps(readings, window);
    if !is_dense(&steps, window) {
        return None;
    }
    let mut counts: BTreeMap<&Value, i64> = BTreeMap::new();
    let mut known: Vec<(i64, &Value)> = Vec::new();
    for (step, values) in &steps {
        known.push((*step, winner(values.iter().map(|value| (*value, 1)))?));
    }
    let ends = known.iter().skip(1).map(|(step, _)| *step).chain([window.steps()]);
    for (number, ((step, value), end)) in known.iter().zip(ends).enumerate() {
        // What comes before the first reading is as the first.
        let begin = if number == 0 { 0 } else { *step };
        *counts.entry(value).or_default() += end - begin;
    }
    winner(counts).cloned()
}

fn winner<'v>(votes: impl IntoIterator<Item = (&'v Value, i64)>) -> Option<&'v Value> {
    let mut counts: BTreeMap<&Value, i64> = BTreeMap::new();
    for (value, times) in votes {
        *counts.entry(value).or_default() += times;
    }
    counts
        .into_iter()
        .max_by_key(|(value, times)| (*times, std::cmp::Reverse(*value)))
        .map(|(value, _)| value)
}
