//! Readings: pushed, kept sealed, read back, and deleted.

use nest_market::level::Level;
use nest_market::people::{Outcome, PeopleError, Poll, PollError, PushFormat, PushSummary};
use nest_market::senml::{Pack, Rules};
use serde_json::json;

use crate::place::{On, on_both};
use crate::world::{START, World};

/// A service that is asked: it answers, or it does not.
struct Service(bool);

#[async_trait::async_trait]
impl Poll for Service {
    async fn poll(&self, since: i64, rules: &Rules) -> Result<Pack, PollError> {
        if !self.0 {
            return Err(PollError);
        }
        Pack::parse(pack(&[(since, 20.0), (since + 60_000, 21.0)]).as_bytes(), rules).map_err(|_| PollError)
    }
}

async fn push(
    world: &World,
    token: &str,
    body: &str,
    partial: bool,
    key: Option<&str>,
) -> Result<PushSummary, PeopleError> {
    let market = &world.market;
    let (account, settings) = market.sources().of_token(token).await?;
    let account = market.accounts().get(account).await?;
    let format = PushFormat::Pack { partial };
    market
        .keeper()
        .push(market.database(), market.sources(), (&account, &settings), body.as_bytes(), format, key)
        .await
}

fn pack(readings: &[(i64, f64)]) -> String {
    let records: Vec<_> = readings.iter()
        .map(|(millis, value)| json!({"n": "temperature", "u": "Cel", "t": (*millis as f64) / 1000.0, "v": value}))
        .collect();
    json!(records).to_string()
}

on_both! {
    async fn readings_come_back_and_the_last_write_wins(on: On) {
        let world = World::new(on).await;
        let anna = world.person("anna").await;
        let token = world.market.sources().begin(anna.id, "Room").await.unwrap();
        // Out of order, over two days, one twice within the granularity.
        let body = pack(&[(START + 86_400_000, 21.5), (START, 20.0), (START + 500, 20.5), (START + 1000, 19.9)]);
        assert_eq!(push(&world, token.as_str(), &body, false, None).await.unwrap().kept, 4);
        push(&world, token.as_str(), &pack(&[(START + 1000, -4.0)]), false, None).await.unwrap();
        let catalogue = world.market.sources().catalogue().await.unwrap();
        let room = catalogue.source("Room").unwrap();
        let kept = world.market.keeper().read(anna.pseudonym, room, 0..=i64::MAX).await.unwrap();
        assert_eq!(kept[0].readings, [
            (START, json!("20.5")), (START + 1000, json!("-4.0")), (START + 86_400_000, json!("21.5")),
        ]);
        // Somebody else has nothing.
        let ben = world.person("ben").await;
        let kept = world.market.keeper().read(ben.pseudonym, room, 0..=i64::MAX).await.unwrap();
        assert!(kept[0].readings.is_empty());
        world.market.remove_source(&anna, "Room").await.unwrap();
        let kept = world.market.keeper().read(anna.pseudonym, room, 0..=i64::MAX).await.unwrap();
        assert!(kept[0].readings.is_empty());
        assert!(matches!(push(&world, token.as_str(), &body, false, None).await, Err(PeopleError::Denied)));
    }

    async fn a_pack_is_kept_whole_or_not_at_all(on: On) {
        let world = World::new(on).await;
        let anna = world.person("anna").await;
        let token = world.market.sources().begin(anna.id, "Room").await.unwrap();
        let body = json!([
            {"n": "temperature", "u": "Cel", "t": START / 1000, "v": 20},
            {"n": "temperature", "u": "m", "t": START / 1000 + 60, "v": 20},
            {"n": "garden", "u": "Cel", "t": START / 1000, "v": 5}
        ]).to_string();
        let refused = push(&world, token.as_str(), &body, false, None).await.unwrap_err();
        assert!(matches!(refused, PeopleError::Reading { record: 1, .. }), "{refused}");
        assert!(!refused.to_string().contains("20"));
        let catalogue = world.market.sources().catalogue().await.unwrap();
        let room = catalogue.source("Room").unwrap();
        let kept = world.market.keeper().read(anna.pseudonym, room, 0..=i64::MAX).await.unwrap();
        assert!(kept[0].readings.is_empty());
        let summary = push(&world, token.as_str(), &body, true, None).await.unwrap();
        assert_eq!((summary.kept, summary.unmapped), (1, 1));
        assert!(matches!(summary.outcomes[1], Outcome::Refused { .. }));
        // The sensor is known now, and stands for nothing until its owner says so.
        let mapping = world.market.keeper().mapping(anna.pseudonym, room).await.unwrap();
        assert_eq!(mapping.sensors().collect::<Vec<_>>(), [("garden", None)]);
        let map = |mapping: &mut nest_market::catalogue::Mapping| {
            Ok(mapping.map(room, "garden", "temperature", Some("Cel"))?)
        };
        world.market.keeper().change_mapping(anna.pseudonym, room, map).await.unwrap();
        let garden = json!([{"n": "garden", "u": "Cel", "t": START / 1000 + 7, "v": 5}]).to_string();
        assert_eq!(push(&world, token.as_str(), &garden, false, None).await.unwrap().kept, 1);
    }

    async fn a_key_takes_a_pack_once(on: On) {
        let world = World::new(on).await;
        let anna = world.person("anna").await;
        let token = world.market.sources().begin(anna.id, "Room").await.unwrap();
        let (first, other) = (pack(&[(START, 20.0)]), pack(&[(START, 25.0)]));
        let summary = push(&world, token.as_str(), &first, false, Some("k")).await.unwrap();
        push(&world, token.as_str(), &other, false, None).await.unwrap();
        assert_eq!(push(&world, token.as_str(), &first, false, Some("k")).await.unwrap(), summary);
        let catalogue = world.market.sources().catalogue().await.unwrap();
        let kept = world.market.keeper().read(anna.pseudonym, catalogue.source("Room").unwrap(), 0..=i64::MAX).await.unwrap();
        assert_eq!(kept[0].readings[0].1, json!("25.0"), "the repetition was written");
        assert!(matches!(push(&world, token.as_str(), &other, false, Some("k")).await, Err(PeopleError::KeyReused)));
    }

    async fn packs_at_the_same_time_are_all_kept(on: On) {
        let world = std::sync::Arc::new(World::new(on).await);
        let anna = world.person("anna").await;
        let token = world.market.sources().begin(anna.id, "Room").await.unwrap();
        let pushes: Vec<_> = (0..6).map(|number| {
            let (world, token) = (std::sync::Arc::clone(&world), token.clone());
            tokio::spawn(async move {
                let body = pack(&[(START + number * 60_000, 20.0)]);
                loop {
                    match push(&world, token.as_str(), &body, false, None).await {
                        Ok(_) => return,
                        Err(PeopleError::Busy) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            })
        }).collect();
        for push in pushes {
            push.await.unwrap();
        }
        let catalogue = world.market.sources().catalogue().await.unwrap();
        let kept = world.market.keeper().read(anna.pseudonym, catalogue.source("Room").unwrap(), 0..=i64::MAX).await.unwrap();
        assert_eq!(kept[0].readings.len(), 6);
    }

    async fn an_adapter_asks_and_what_it_repeats_is_kept_once(on: On) {
        let world = World::new(on).await;
        let anna = world.person("anna").await;
        world.market.sources().begin(anna.id, "Room").await.unwrap();
        let settings = world.market.sources().of(anna.id).await.unwrap().remove(0);
        let market = &world.market;
        let poll = async |adapter: &Service| {
            market.keeper().poll(market.database(), market.sources(), (&anna, &settings), adapter, START).await
        };
        for _ in 0..2 {
            assert_eq!(poll(&Service(true)).await.unwrap().kept, 2);
        }
        assert!(matches!(poll(&Service(false)).await, Err(PeopleError::Source)));
        let catalogue = market.sources().catalogue().await.unwrap();
        let kept = market.keeper().read(anna.pseudonym, catalogue.source("Room").unwrap(), 0..=i64::MAX).await.unwrap();
        assert_eq!(kept[0].readings.len(), 2);
    }

    async fn a_token_is_rotated_and_reaches_one_source(on: On) {
        let world = World::new(on).await;
        let anna = world.person("anna").await;
        let sources = world.market.sources();
        let first = sources.begin(anna.id, "Room").await.unwrap();
        let second = sources.rotate(anna.id, "Room").await.unwrap();
        assert!(matches!(sources.of_token(first.as_str()).await, Err(PeopleError::Denied)));
        assert_eq!(sources.of_token(second.as_str()).await.unwrap().1.source, "Room");
        assert!(matches!(sources.rotate(anna.id, "Body").await, Err(PeopleError::NotFound)));
        assert!(matches!(sources.begin(anna.id, "Nothing").await, Err(PeopleError::NotFound)));
        // A push token is no session.
        assert!(world.market.accounts().sessions().find(second.as_str()).await.is_err());
    }

    async fn what_is_new_is_not_shared_until_its_owner_says_so(on: On) {
        let world = World::new(on).await;
        let anna = world.person("anna").await;
        let catalogue = world.market.sources().catalogue().await.unwrap();
        let (body, room) = (catalogue.source("Body").unwrap(), catalogue.source("Room").unwrap());
        let levels = world.market.levels();
        levels.begin(anna.id, room).await.unwrap();
        assert_eq!(levels.of(anna.id).await.unwrap().of(&room.attributes()[0]), Level::DONT_SHARE);
        let mut defaults = levels.defaults(anna.id).await.unwrap();
        defaults.set("medical", Level::MEDIUM);
        levels.set_defaults(anna.id, &defaults).await.unwrap();
        levels.begin(anna.id, body).await.unwrap();
        let found = levels.of(anna.id).await.unwrap();
        assert_eq!(found.of(body.attribute("weight").unwrap()), Level::MEDIUM);
        assert_eq!(found.of(body.attribute("age").unwrap()), Level::DONT_SHARE);
        levels.set(anna.id, body, &[("age".to_owned(), Level::LOW)]).await.unwrap();
        levels.begin(anna.id, body).await.unwrap();
        assert_eq!(levels.of(anna.id).await.unwrap().of(body.attribute("age").unwrap()), Level::LOW);
        assert!(levels.set(anna.id, body, &[("height".to_owned(), Level::LOW)]).await.is_err());
    }

    async fn a_source_of_run_time_is_seen_by_every_process(on: On) {
        let world = World::new(on).await;
        let other = crate::world::open_text(&world.to_text(), "other.log").await;
        let manifest = r#"{"nest": 1, "name": "Phone", "fields": [
            {"name": "steps", "type": "integer", "min": 0, "max": 100000, "logical": "personal"}]}"#;
        world.market.sources().add(manifest, false).await.unwrap();
        world.market.sources().add(manifest, false).await.unwrap();
        assert!(world.market.sources().add(&manifest.replace("100000", "5"), false).await.is_err());
        assert!(world.market.sources().add(&manifest.replace("Phone", "phone"), false).await.is_err());
        assert!(other.sources().catalogue().await.unwrap().attribute("Phone", "steps").is_some());
    }
}

/// Neither database nor any file of the market holds a reading or the name of a sensor in plain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_hold_no_reading_and_no_sensor() {
    let world = World::new(On::Sqlite).await;
    let anna = world.person("anna").await;
    let token = world.market.sources().begin(anna.id, "Room").await.unwrap();
    let body = json!([{"n": "MARKED-sensor-17", "u": "Cel", "t": START / 1000, "v": 20}]).to_string();
    push(&world, token.as_str(), &body, true, Some("MARKED-key")).await.unwrap();
    let mut found = Vec::new();
    for file in std::fs::read_dir(&world.place.folder).unwrap() {
        found.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    assert!(!found.windows(6).any(|window| window == b"MARKED"));
    let token = token.as_str().as_bytes();
    assert!(!found.windows(token.len()).any(|window| window == token));
}
