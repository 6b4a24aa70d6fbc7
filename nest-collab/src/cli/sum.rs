//! A sum with other organisations, over a file.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::args::{Mode, NodeArgs, Release, SumArgs};
use super::data::{self, data_error, sum_error};
use super::serve::open;
use crate::data::{DataProvider, sum_records};
use crate::error::CollabError;
use crate::identity::{OrgName, RunName};
use crate::node::{Node, NodeConfig};
use crate::relay::Collaboration;
use crate::run::{Minima, Run, SECURE_SUM, Terms};
use crate::sum::{RawSums, ReleasedSums, SumItem, SumLimits, SumMode, SumPlan, SumTerms, secure_sum};
use nest_core::schema::Schema;

/// How long a run may take, in seconds.
const EXPIRES: u64 = 24 * 3600;

fn refused(what: &str) -> CollabError {
    CollabError::Refused(what.to_owned())
}

fn items(args: &SumArgs) -> Vec<SumItem> {
    let count = args.count.then_some(SumItem::Count).into_iter();
    let sums = args.sum.iter().cloned().map(SumItem::Sum);
    let squares = args.squares.iter().cloned().map(SumItem::Squares);
    let histograms = args.histogram.iter().cloned().map(SumItem::Histogram);
    count.chain(sums).chain(squares).chain(histograms).collect()
}

/// The way that the arguments ask for.
fn mode(args: &SumArgs, parties: &[OrgName], minimum: u32) -> Result<SumMode, CollabError> {
    Ok(match args.mode.unwrap_or(Mode::Pairwise) {
        Mode::Ring => SumMode::Ring,
        Mode::Pairwise => match args.threshold {
            Some(threshold) => SumMode::Pairwise { threshold },
            None => SumMode::pairwise(parties.len()),
        },
        Mode::Prio3 => {
            let places = if args.aggregators.is_empty() {
                vec![0, 1]
            } else {
                let place = |name: &OrgName| parties.iter().position(|party| party == name);
                let places: Option<Vec<usize>> = args.aggregators.iter().map(place).collect();
                places.ok_or_else(|| CollabError::Settings("an aggregator is no party".to_owned()))?
            };
            SumMode::Prio3 { aggregators: places, minimum: minimum.into() }
        }
    })
}

/// The way that the terms of a run say.
fn mode_of(terms: &Terms, minimum: u32) -> Result<SumMode, CollabError> {
    let parameter = |name: &str| terms.parameters.get(name).map(String::as_str);
    match parameter("mode") {
        Some("ring") => Ok(SumMode::Ring),
        Some("pairwise") => {
            let threshold = parameter("threshold").and_then(|number| number.parse().ok());
            Ok(SumMode::Pairwise { threshold: threshold.ok_or_else(|| refused("the run has no threshold"))? })
        }
        Some("prio3") => {
            let names = parameter("aggregators").unwrap_or_default().split(',');
            let place = |name: &str| terms.parties.iter().position(|party| party.as_str() == name);
            let places: Option<Vec<usize>> = names.map(place).collect();
            let aggregators = places.ok_or_else(|| refused("an aggregator of the run is no party"))?;
            Ok(SumMode::Prio3 { aggregators, minimum: minimum.into() })
        }
        _ => Err(refused("the run has a mode that this version does not know")),
    }
}

fn shared(terms: &Terms) -> bool {
    terms.parameters.get("share").is_some_and(|share| share == "true")
}

pub(super) async fn sum(args: SumArgs) -> Result<(), CollabError> {
    let config = NodeConfig::load(&args.config.config)?;
    let policy = config.policy()?;
    let parties = &config.parties;
    let schema = data::schema(&args.data)?;
    let limits = SumLimits::new(parties.len()).with_max_records(args.max_records);
    let limits = if args.allow_two { limits.allow_two() } else { limits };
    let plan = SumPlan::new(schema, &items(&args), limits).map_err(|error| sum_error(&error))?;
    let csv = data::csv(&args.data, schema)?;
    let minima = match args.policy {
        Release::Minimum => Minima { people: policy.minimum_people, cell: policy.minimum_cell },
        Release::None if policy.synthetic => Minima { people: 0, cell: 0 },
        Release::None => {
            return Err(refused(
                "`--policy none` is for made-up data: the policy of this node does not say `synthetic`",
            ));
        }
    };
    let wanted = mode(&args, parties, minima.people)?;
    // Every record is read before anything is sent.
    let records = sum_records(&csv, &plan, &wanted).await.map_err(data_error)?;
    let org = config.org()?;
    policy.check_records(org.name(), records.records())?;
    let wait = Duration::from_secs(args.wait.wait);
    let node = open(&config, wait).await?;
    let collab = config.collaboration();
    let step_wait = Duration::from_secs(args.wait.step_wait);
    let own = |mode: SumMode, share: bool, expires: u64| {
        let sum = SumTerms { mode, share, wait: step_wait };
        let terms = Terms::of_sum(args.run.clone(), parties, &plan, &sum, minima, expires);
        terms
            .map(|terms| (terms, sum))
            .ok_or_else(|| refused("the parties of the run cannot be written down"))
    };
    let first = parties.first().is_some_and(|first| first == org.name());
    let (run, sum, records) = if first {
        let (terms, sum) = own(wanted, args.share, now().saturating_add(EXPIRES))?;
        (node.start(&collab, terms, wait).await?, sum, records)
    } else {
        // The first party chooses the mode and whether the result is shared, unless the arguments insist on one.
        let check = |theirs: &Terms| {
            let theirs_mode = mode_of(theirs, minima.people)?;
            let mode = if args.mode.is_some() { wanted.clone() } else { theirs_mode };
            let (mut terms, _) = own(mode, shared(theirs), theirs.expires)?;
            terms.trust_on_first_use = theirs.trust_on_first_use;
            match terms.difference(theirs) {
                Some(term) => Err(CollabError::TermsDiffer { party: theirs.starter.clone(), term }),
                None => Ok(()),
            }
        };
        let run = node.take_part(&collab, &args.run, wait, check).await?;
        let mode = mode_of(run.terms(), minima.people)?;
        let records = if mode == wanted { records } else { read(&csv, &plan, &mode, &node, &run).await? };
        let share = shared(run.terms());
        (run, SumTerms { mode, share, wait: step_wait }, records)
    };
    let total = secure_sum(&run, &plan, records, &sum).await;
    let total = ended(&node, &run, total).await?;
    let Some(total) = total else {
        eprintln!("nest-collab: done; `{}` alone learns the results", run.terms().starter);
        return Ok(());
    };
    let released = total.release(minima.people, minima.cell).map_err(|error| sum_error(&error))?;
    tell(&args, &run, &released);
    Ok(())
}

async fn read<'p>(
    csv: &dyn DataProvider,
    plan: &'p SumPlan,
    mode: &SumMode,
    node: &Node,
    run: &Run,
) -> Result<crate::sum::SumRecords<'p>, CollabError> {
    let records = sum_records(csv, plan, mode).await.map_err(data_error);
    match records {
        Ok(records) => Ok(records),
        Err(error) => {
            node.fail(run, 1, &error).await?;
            Err(error)
        }
    }
}

/// Ends the run at the node, as the sum ended.
async fn ended(
    node: &Node,
    run: &Run,
    total: Result<Option<RawSums>, crate::sum::SumError>,
) -> Result<Option<RawSums>, CollabError> {
    match total {
        Ok(total) => {
            node.finish(run).await?;
            Ok(total)
        }
        Err(error) => {
            let error = run.failure().unwrap_or_else(|| sum_error(&error));
            node.fail(run, 1, &error).await?;
            Err(error)
        }
    }
}

fn tell(args: &SumArgs, run: &Run, released: &ReleasedSums) {
    let terms = run.terms();
    let mode = terms.parameters.get("mode").cloned().unwrap_or_default();
    if args.json {
        // By hand, since the order of the members is promised.
        println!(
            "{{\"run\":{},\"mode\":{},\"parties\":{},\"contributors\":{},\"results\":{}}}",
            json!(terms.name),
            json!(mode),
            terms.parties.len(),
            json!(released.contributors_text()),
            released.results()
        );
        return;
    }
    println!(
        "run {}, {mode}, {} parties, contributors {}",
        terms.name,
        terms.parties.len(),
        released.contributors_text()
    );
    if let Some(results) = released.results().as_object() {
        results.iter().for_each(|(name, value)| println!("{name} {value}"));
    }
}

/// Takes part in a sum that another organisation started, as far as the policy and the manifest allow.
pub(super) async fn answer(
    node: &Node,
    collab: &Collaboration,
    name: &RunName,
    args: &NodeArgs,
    schema: &'static Schema,
) -> Result<(), CollabError> {
    let policy = node.policy();
    let csv = data::csv(&args.data, schema)?;
    let planned = |terms: &Terms| -> Result<(SumPlan, SumMode), CollabError> {
        if terms.protocol != SECURE_SUM {
            return Err(refused("this node computes sums alone"));
        }
        let parameter = |name: &str| terms.parameters.get(name).cloned().unwrap_or_default();
        let items: Result<Vec<SumItem>, _> = parameter("items").split(',').map(str::parse).collect();
        let items =
            items.map_err(|_| refused("the run asks for something that this version does not know"))?;
        let max_records =
            parameter("max_records").parse().map_err(|_| refused("the run has no `max_records`"))?;
        let limits = SumLimits::new(terms.parties.len()).with_max_records(max_records);
        let limits = if policy.minimum_parties <= 2 { limits.allow_two() } else { limits };
        let plan = SumPlan::new(schema, &items, limits).map_err(|error| sum_error(&error))?;
        Ok((plan, mode_of(terms, policy.minimum_people)?))
    };
    let step_wait = Duration::from_secs(args.wait.step_wait);
    let check = |theirs: &Terms| {
        let (plan, mode) = planned(theirs)?;
        let minima = Minima { people: theirs.minimum_people, cell: theirs.minimum_cell };
        let sum = SumTerms { mode, share: shared(theirs), wait: step_wait };
        let own = Terms::of_sum(name.clone(), &theirs.parties, &plan, &sum, minima, theirs.expires);
        let own = own.map(|own| Terms { trust_on_first_use: theirs.trust_on_first_use, ..own });
        match own.as_ref().map(|own| own.difference(theirs)) {
            Some(None) => Ok(()),
            Some(Some(term)) => Err(CollabError::TermsDiffer { party: theirs.starter.clone(), term }),
            None => Err(refused("the run has no parties")),
        }
    };
    let run = node.take_part(collab, name, Duration::from_secs(30), check).await?;
    let (plan, mode) = planned(run.terms())?;
    let records = read(&csv, &plan, &mode, node, &run).await?;
    if let Err(error) = policy.check_records(node.org().name(), records.records()) {
        node.fail(&run, 1, &error).await?;
        return Err(error);
    }
    let sum = SumTerms { mode, share: shared(run.terms()), wait: step_wait };
    let total = secure_sum(&run, &plan, records, &sum).await;
    // The results are for the one who asked: a node that answers by itself lets none out.
    ended(node, &run, total).await.map(drop)
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
