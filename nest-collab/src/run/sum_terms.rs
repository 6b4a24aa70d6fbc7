//! The terms of a run that computes a sum.

use std::collections::BTreeMap;

use super::{FieldTerms, StepTerms, Terms};
use crate::envelope::SizeClass;
use crate::identity::{OrgName, RunName};
use crate::sum::{SumItem, SumMode, SumPlan, SumTerms};

/// The name of the protocol.
pub const SECURE_SUM: &str = "secure-sum";

/// The smallest numbers that a run lets out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minima {
    /// The fewest people behind a number.
    pub people: u32,
    /// The fewest people in a cell of a table.
    pub cell: u32,
}

impl Default for Minima {
    fn default() -> Self {
        Self { people: 10, cell: 5 }
    }
}

impl Terms {
    /// The terms of a sum, which the first party starts. The run is over `expires` seconds after 1970.
    pub fn of_sum(
        name: RunName,
        parties: &[OrgName],
        plan: &SumPlan,
        sum: &SumTerms,
        minima: Minima,
        expires: u64,
    ) -> Option<Self> {
        let used = |item: &SumItem| match item {
            SumItem::Count => None,
            SumItem::Sum(field) => Some((field.clone(), "sum")),
            SumItem::Squares(field) => Some((field.clone(), "squares")),
            SumItem::Histogram(field) => Some((field.clone(), "histogram")),
        };
        let fields = plan.items.iter().filter_map(used);
        let fields = fields.map(|(name, used_for)| FieldTerms { name, used_for: used_for.to_owned() });
        let items: Vec<String> = plan.items.iter().map(ToString::to_string).collect();
        let mut parameters = BTreeMap::from([
            ("items".to_owned(), items.join(",")),
            ("max_records".to_owned(), plan.limits.max_records.to_string()),
            ("max_parties".to_owned(), plan.limits.max_parties.to_string()),
            ("mode".to_owned(), mode_name(&sum.mode).to_owned()),
            ("share".to_owned(), sum.share.to_string()),
        ]);
        match &sum.mode {
            SumMode::Pairwise { threshold } => {
                parameters.insert("threshold".to_owned(), threshold.to_string());
            }
            SumMode::Prio3 { aggregators, .. } => {
                let names = aggregators.iter().map(|place| parties.get(*place).map(OrgName::as_str));
                parameters.insert("aggregators".to_owned(), names.collect::<Option<Vec<_>>>()?.join(","));
            }
            SumMode::Ring => {}
        }
        Some(Self {
            protocol: SECURE_SUM.to_owned(),
            name,
            starter: parties.first()?.clone(),
            parties: parties.to_vec(),
            steps: steps(plan, &sum.mode, parties.len()),
            fields: fields.collect(),
            fingerprints: BTreeMap::from([(
                plan.schema.name.to_owned(),
                plan.schema.content_fingerprint().to_string(),
            )]),
            parameters,
            minimum_parties: u16::try_from(plan.limits.least_parties()).ok()?,
            minimum_people: minima.people,
            minimum_cell: minima.cell,
            trust_on_first_use: false,
            expires,
        })
    }
}

/// The name of a way to compute a sum.
pub(crate) const fn mode_name(mode: &SumMode) -> &'static str {
    match mode {
        SumMode::Ring => "ring",
        SumMode::Pairwise { .. } => "pairwise",
        SumMode::Prio3 { .. } => "prio3",
    }
}

/// The steps of each way, with sizes that follow from the terms alone and never from the records.
fn steps(plan: &SumPlan, mode: &SumMode, parties: usize) -> Vec<StepTerms> {
    let numbers = plan.slots.len();
    let step = |number: u16, name: &str, bytes: usize| StepTerms {
        number,
        name: name.to_owned(),
        class: SizeClass::holding(bytes),
    };
    match mode {
        SumMode::Ring => vec![step(1, "ring-round", 8 * numbers), step(2, "ring-share", 8 * numbers)],
        // Messages in JSON, where a byte takes up to four characters and a number up to 21.
        SumMode::Pairwise { .. } => vec![
            step(1, "pairwise-keys", 2_000),
            step(2, "pairwise-roster", 100 + 6 * parties),
            step(3, "pairwise-masked", 300 + 21 * numbers),
            step(4, "pairwise-survivors", 100 + 6 * parties),
            step(5, "pairwise-signed", 400),
            step(6, "pairwise-shares", 100 + 300 * parties),
        ],
        // Reports are as many as there are records: the number of parts tells about how many.
        SumMode::Prio3 { .. } => vec![
            step(1, "prio3-key", 32),
            step(2, "prio3-reports", 60_000),
            step(3, "prio3-verifiers", 60_000),
            step(4, "prio3-sums", 200 + 21 * numbers),
        ],
    }
}
