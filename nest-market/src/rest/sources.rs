//! The catalogue, and what a person has of it: sources, levels, sensors, readings.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path, Query};
use serde::Deserialize;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, created, done, ok};
use super::caller::PersonCaller;
use super::problem::Problem;
use crate::catalogue::{Catalogue, Source};
use crate::level::{Answers, Defaults, Level, wizard};
use crate::people::PersonSource;

fn described(source: &Source) -> serde_json::Value {
    let attributes = source.attributes().iter().map(|attribute| {
        json!({
            "name": attribute.name(),
            "doc": attribute.doc(),
            "type": attribute.technical(),
            "values": attribute.ty().describe(),
            "logical": attribute.logical(),
            "unit": attribute.unit(),
            "context": attribute.context(),
        })
    });
    json!({ "name": source.name(), "doc": source.doc(), "attributes": attributes.collect::<Vec<_>>() })
}

fn find<'c>(catalogue: &'c Catalogue, name: &str) -> Result<&'c Source, Problem> {
    catalogue.source(name).ok_or_else(Problem::not_found)
}

pub(super) async fn list(api: Data<MarketApi>) -> Answer {
    let catalogue = api.market.sources().catalogue().await?;
    ok(&catalogue.sources().iter().map(described).collect::<Vec<_>>())
}

pub(super) async fn get(api: Data<MarketApi>, name: Path<String>) -> Answer {
    let catalogue = api.market.sources().catalogue().await?;
    ok(&described(find(&catalogue, &name)?))
}

pub(super) async fn mine(api: Data<MarketApi>, person: PersonCaller) -> Answer {
    ok(&api.market.sources().of(person.0.id).await?)
}

pub(super) async fn begin(api: Data<MarketApi>, person: PersonCaller, name: Path<String>) -> Answer {
    let catalogue = api.market.sources().catalogue().await?;
    let source = find(&catalogue, &name)?;
    let token = api.market.sources().begin(person.0.id, &name).await?;
    api.market.levels().begin(person.0.id, source).await?;
    created(&json!({ "source": source.name(), "push_token": token.as_str() }))
}

pub(super) async fn one(api: Data<MarketApi>, person: PersonCaller, name: Path<String>) -> Answer {
    let (market, person) = (&api.market, person.0);
    let catalogue = market.sources().catalogue().await?;
    let source = find(&catalogue, &name)?;
    let mine = market.sources().of(person.id).await?;
    let settings = mine.iter().find(|mine| mine.source == *name).ok_or_else(Problem::not_found)?;
    let levels = market.levels().of(person.id).await?;
    let of = |attribute: &crate::catalogue::Attribute| (attribute.name(), levels.of(attribute));
    let levels: BTreeMap<&str, Level> = source.attributes().iter().map(of).collect();
    let mapping = market.keeper().mapping(person.pseudonym, source).await?;
    let sensors: BTreeMap<&str, Option<&str>> = mapping.sensors().collect();
    ok(&json!({ "settings": settings, "levels": levels, "sensors": sensors }))
}

pub(super) async fn remove(api: Data<MarketApi>, person: PersonCaller, name: Path<String>) -> Answer {
    api.market.remove_source(&person.0, &name).await?;
    done()
}

pub(super) async fn rotate(api: Data<MarketApi>, person: PersonCaller, name: Path<String>) -> Answer {
    let token = api.market.sources().rotate(person.0.id, &name).await?;
    created(&json!({ "push_token": token.as_str() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    granularity: i64,
    #[serde(default)]
    accept_base_only: bool,
}

pub(super) async fn settings(
    api: Data<MarketApi>,
    person: PersonCaller,
    name: Path<String>,
    set: Json<Settings>,
) -> Answer {
    let Settings { granularity, accept_base_only } = set.into_inner();
    let set = PersonSource { source: name.into_inner(), granularity, accept_base_only };
    api.market.sources().set(person.0.id, &set).await?;
    done()
}

pub(super) async fn levels(
    api: Data<MarketApi>,
    person: PersonCaller,
    name: Path<String>,
    levels: Json<BTreeMap<String, Level>>,
) -> Answer {
    let catalogue = api.market.sources().catalogue().await?;
    let levels: Vec<_> = levels.into_inner().into_iter().collect();
    api.market.levels().set(person.0.id, find(&catalogue, &name)?, &levels).await?;
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sensor {
    sensor: String,
    unit: Option<String>,
}

/// Maps a sensor of the person to an attribute.
pub(super) async fn map(
    api: Data<MarketApi>,
    person: PersonCaller,
    path: Path<(String, String)>,
    sensor: Json<Sensor>,
) -> Answer {
    let (name, attribute) = path.into_inner();
    let catalogue = api.market.sources().catalogue().await?;
    let source = find(&catalogue, &name)?;
    let change = |mapping: &mut crate::catalogue::Mapping| {
        Ok(mapping.map(source, &sensor.sensor, &attribute, sensor.unit.as_deref())?)
    };
    api.market.keeper().change_mapping(person.0.pseudonym, source, change).await?;
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct All {
    level: Level,
}

pub(super) async fn set_all(api: Data<MarketApi>, person: PersonCaller, all: Json<All>) -> Answer {
    let market = &api.market;
    let catalogue = market.sources().catalogue().await?;
    let sources: Vec<_> =
        market.sources().of(person.0.id).await?.into_iter().map(|mine| mine.source).collect();
    market.levels().set_all(person.0.id, &catalogue, &sources, all.level).await?;
    done()
}

pub(super) async fn defaults(api: Data<MarketApi>, person: PersonCaller) -> Answer {
    ok(&api.market.levels().defaults(person.0.id).await?)
}

pub(super) async fn set_defaults(
    api: Data<MarketApi>,
    person: PersonCaller,
    defaults: Json<Answers>,
) -> Answer {
    set_answers(&api, &person, Defaults::nothing_shared(), &defaults).await
}

pub(super) async fn questions(api: Data<MarketApi>, _: PersonCaller) -> Answer {
    let catalogue = api.market.sources().catalogue().await?;
    ok(&wizard(&catalogue, api.market.profile()))
}

pub(super) async fn answers(api: Data<MarketApi>, person: PersonCaller, answers: Json<Answers>) -> Answer {
    set_answers(&api, &person, Defaults::suggested(), &answers).await
}

/// Sets the levels at which what is new begins, from a base and what the person says.
async fn set_answers(
    api: &MarketApi,
    person: &PersonCaller,
    mut defaults: Defaults,
    answers: &Answers,
) -> Answer {
    // Checks the names of logical types.
    Defaults::from_answers(answers).map_err(|error| Problem::invalid(error.to_string()))?;
    for (logical, level) in answers {
        defaults.set(logical, *level);
    }
    api.market.levels().set_defaults(person.0.id, &defaults).await?;
    ok(&defaults)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Times {
    from: Option<i64>,
    to: Option<i64>,
}

pub(super) async fn read(
    api: Data<MarketApi>,
    person: PersonCaller,
    name: Path<String>,
    times: Query<Times>,
) -> Answer {
    let catalogue = api.market.sources().catalogue().await?;
    let source = find(&catalogue, &name)?;
    let times = times.from.unwrap_or(0)..=times.to.unwrap_or(i64::MAX);
    ok(&api.market.keeper().read(person.0.pseudonym, source, times).await?)
}

pub(super) async fn erase(api: Data<MarketApi>, person: PersonCaller, name: Path<String>) -> Answer {
    let catalogue = api.market.sources().catalogue().await?;
    let source = find(&catalogue, &name)?;
    let days = api.market.keeper().remove_readings(person.0.pseudonym, source).await?;
    ok(&json!({ "removed": days > 0 }))
}
