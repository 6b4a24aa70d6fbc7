//! One query, from the people who take part to what is released.

use std::fmt;

use nest_release::{
    AddedNoise, Asked, Budget, BudgetError, DataSetFields, PartAnswer, Question, RawDataSet, Refused,
    Released, Spend, Survey, SurveyRow,
};

use super::answer::{Answer, statistics};
use super::{Candidate, Selection};
use crate::level::{Level, Profile};
use crate::query::{Ask, Plan, Query};

/// How statistics are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Method {
    /// Differential privacy, with noise on each aggregate and a budget for each person.
    #[default]
    Differential,
    /// Noise on each value. It costs no budget and gives **no guarantee**: answers to several queries can be averaged,
    /// and what is known beside them is not protected against.
    AddedNoise,
}

impl Method {
    /// The name: `differential` or `added-noise`.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Differential => "differential",
            Method::AddedNoise => "added-noise",
        }
    }
}

/// What is asked beside the query itself.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// Who asks.
    pub processor: &'r str,
    /// What tells this request from others with the same query: the hash of the terms that people agreed to. The same
    /// request has the same answer, however often it is evaluated.
    pub terms: &'r str,
    /// The fewest people who must take part.
    pub min_people: u32,
    /// The numbers of the levels.
    pub profile: &'r Profile,
    /// How statistics are protected.
    pub method: Method,
    /// How long the answer is kept, in days, and given again. For a data set, how long no other of this source can be
    /// released to this processor.
    pub period_days: u32,
}

/// Why a query has no answer.
#[derive(Debug)]
#[non_exhaustive]
pub enum EvaluateError {
    /// Too few people, or too few with budget left. None and too few are the same.
    Refused(Refused),
    /// The same request is being answered just now.
    Busy,
    /// The method cannot answer one of the calls.
    Method {
        /// The call.
        call: String,
    },
    /// The query and the plan do not belong together, or an attribute is no longer declared so.
    Mismatch,
    /// The database of budgets fails, or a reservation has lapsed. Asking again is safe.
    Budget(BudgetError),
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EvaluateError::Refused(refused) => refused.fmt(f),
            EvaluateError::Busy => BudgetError::Busy.fmt(f),
            EvaluateError::Method { call } => {
                write!(
                    f,
                    "noise on each value answers AVG, SUM and COUNT: ask `{call}` with differential privacy"
                )
            }
            EvaluateError::Mismatch => f.write_str("the query and its plan do not fit together"),
            EvaluateError::Budget(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EvaluateError {}

impl From<BudgetError> for EvaluateError {
    fn from(error: BudgetError) -> Self {
        match error {
            BudgetError::Refused(refused) => EvaluateError::Refused(refused),
            BudgetError::Busy => EvaluateError::Busy,
            BudgetError::Tally(_) => EvaluateError::Mismatch,
            error => EvaluateError::Budget(error),
        }
    }
}

/// Answers a query from the people who take part.
///
/// Each person spends the ε of their level, once for the whole query. People without that much budget are left out and
/// not charged. The noise is drawn in the transaction that stores the answer and makes the charge final, so an
/// evaluation that is cut off and run again draws no second noise.
///
/// # Errors
/// See [`EvaluateError`]. Nothing is charged where there is no answer.
pub async fn evaluate(
    query: &Query,
    plan: &Plan,
    selection: Selection,
    request: &Request<'_>,
    budget: &Budget,
) -> Result<Released<Answer>, EvaluateError> {
    if query.is_data_set() {
        return data_set(query, selection, request, budget).await;
    }
    let parts = plan.survey().ok_or(EvaluateError::Mismatch)?.clone();
    let text = format!(
        "{}\n{} {} {}\n{}\n{}\n{} {}",
        query.text(),
        plan.window().from(),
        plan.window().to(),
        plan.window().granularity(),
        request.profile.name(),
        request.terms,
        request.method.name(),
        selection.max_level,
    );
    // The classes that the offer allows, not those of the people who came: the noise must not show who is in which.
    let allowed = Level::SHARED.into_iter().filter(|level| *level <= selection.max_level);
    let question = Question::<Survey>::new(request.processor, parts, &text)
        .period_days(request.period_days)
        .with_classes(allowed.filter_map(|level| request.profile.epsilon(level)));
    let minimum = request.min_people.max(query.minimum_people());
    let released = match request.method {
        Method::Differential => differential(&question, &selection, minimum, request.profile, budget).await?,
        Method::AddedNoise => {
            if let Some(part) = plan
                .parts()
                .iter()
                .find(|part| !matches!(part.ask, Ask::Count(_) | Ask::Mean(..) | Ask::Total(..)))
            {
                let call =
                    query.calls().get(part.call).map_or_else(String::new, |call| call.text().to_owned());
                return Err(EvaluateError::Method { call });
            }
            with_added_noise(&question, &selection, minimum, request.profile, budget).await?
        }
    };
    Ok(released.map(|answers| statistics(query, plan, answers)))
}

async fn differential(
    question: &Question<Survey>,
    selection: &Selection,
    minimum: u32,
    profile: &Profile,
    budget: &Budget,
) -> Result<Released<Vec<PartAnswer>>, EvaluateError> {
    let spend = |candidate: &Candidate| {
        Some(Spend { person: candidate.person, epsilon: profile.epsilon(candidate.level)? })
    };
    let spends: Option<Vec<Spend>> = selection.people.iter().map(spend).collect();
    let spends = spends.ok_or(EvaluateError::Mismatch)?;
    let reservation = match budget.ask(question, &spends, minimum).await? {
        Asked::Answered(released) => return Ok(released),
        Asked::Reserved(reservation) => reservation,
    };
    let mut pool = reservation.pool();
    let reserved = selection.people.iter().filter(|candidate| reservation.includes(&candidate.person));
    for (candidate, row) in reserved.flat_map(|candidate| rows(candidate).map(move |row| (candidate, row))) {
        if pool.add(&candidate.person, row).is_err() {
            // Nothing is charged for an answer that there cannot be.
            budget.give_back(reservation).await?;
            return Err(EvaluateError::Mismatch);
        }
    }
    Ok(budget.commit(reservation, pool).await?)
}

async fn with_added_noise(
    question: &Question<Survey>,
    selection: &Selection,
    minimum: u32,
    profile: &Profile,
    budget: &Budget,
) -> Result<Released<Vec<PartAnswer>>, EvaluateError> {
    let mut noise = AddedNoise::new(question);
    for candidate in &selection.people {
        let numbers = profile.at(candidate.level).ok_or(EvaluateError::Mismatch)?;
        for row in rows(candidate) {
            noise
                .add(&candidate.person, numbers.noise_per_mille, row)
                .map_err(|_| EvaluateError::Mismatch)?;
        }
    }
    Ok(budget.release_with_added_noise(question, noise, minimum).await?)
}

fn rows(candidate: &Candidate) -> impl Iterator<Item = SurveyRow> {
    candidate.cells.iter().enumerate().filter_map(|(part, cell)| cell.map(|cell| SurveyRow { part, cell }))
}

async fn data_set(
    query: &Query,
    selection: Selection,
    request: &Request<'_>,
    budget: &Budget,
) -> Result<Released<Answer>, EvaluateError> {
    let places: Vec<usize> = query.calls().iter().flat_map(|call| call.arguments().iter().copied()).collect();
    let attributes: Vec<_> = places.iter().filter_map(|place| query.attributes().get(*place)).collect();
    let first = attributes.first().ok_or(EvaluateError::Mismatch)?;
    let names: Vec<&str> = attributes.iter().map(|attribute| attribute.name()).collect();
    let fields = DataSetFields::of(first.schema(), &names, &[]).map_err(|_| EvaluateError::Mismatch)?;
    if selection.people.len() < request.min_people as usize {
        return Err(EvaluateError::Refused(Refused::TooFew));
    }
    let mut raw = RawDataSet::new(fields);
    for candidate in &selection.people {
        let k = request.profile.at(candidate.level).ok_or(EvaluateError::Mismatch)?.k;
        let value = |place: &usize| candidate.values.get(*place)?.as_ref()?.number();
        let values: Vec<Option<i128>> = places.iter().map(value).collect();
        raw.add(&candidate.person, k, &values, &[]).map_err(|_| EvaluateError::Mismatch)?;
    }
    // Two data sets of one source, cut in other ways, could be laid over each other.
    let name = format!("market/{}/{}", request.processor, first.source());
    let released = budget.release_data_set(&name, raw, request.period_days).await?;
    let query = query.text().to_owned();
    Ok(released.map(|data| Answer::DataSet { query, data }))
}
