//! What a curious processor or operator could try.

use nest_market::level::Level;
use nest_market::offer::OfferState;

use crate::place::{On, on_both};
use crate::world::{World, terms};

on_both! {
    /// A quote, and an offer with all that its processor sees of it, are the same for one person more.
    async fn one_person_more_or_less_does_not_show_before_an_answer(on: On) {
        let world = World::new(on).await;
        world.people(&[40; 12], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let seen = async || {
            let quote = world.market.quote(&processor, &query, &terms(10, 100)).await.unwrap();
            let offer = world.market.offer(&processor, &query, &terms(10, 100)).await.unwrap();
            let words: serde_json::Value = serde_json::from_str(&offer.request).unwrap();
            (serde_json::to_string(&quote).unwrap(), words["people"].clone(), offer.state)
        };
        let before = seen().await;
        world.people(&[41], Level::MEDIUM).await;
        assert_eq!(seen().await, before);
    }

    /// However often the result is read, it is the first one: noise cannot be averaged away.
    async fn a_result_is_the_same_however_often_it_is_read_or_made(on: On) {
        let world = World::new(on).await;
        let people = world.people(&[40; 10], Level::LOW).await;
        let processor = world.processor("inst").await;
        let query = world.query("SELECT AVG(Body.age)").await;
        let offer = world.market.offer(&processor, &query, &terms(10, 0)).await.unwrap();
        world.market.offers().fund(processor.id, offer.id).await.unwrap();
        for person in &people {
            world.accept(person, &offer).await;
        }
        world.work(3601).await;
        let first = world.market.offers().get(offer.id).await.unwrap();
        assert_eq!(first.state, OfferState::Paid);
        // The evaluation is asked for once more, as by a worker that came too late.
        let mut tx = world.market.database().begin().await.unwrap();
        let subject = format!("{} ", offer.id);
        nest_market::task::Tasks::add(&mut tx, nest_market::task::TaskKind::Execute, subject.trim(), std::time::Duration::ZERO)
            .await.unwrap();
        tx.commit().await.unwrap();
        world.work(600).await;
        for _ in 0..5 {
            assert_eq!(world.market.offers().of(processor.id, offer.id).await.unwrap().result, first.result);
        }
        assert_eq!(world.place.number("SELECT COUNT(*) FROM release_question").await, 1);
    }
}

/// Every route that can be read, by a processor and by an operator, after data were pushed and a query was answered: no
/// reading is in any of them.
#[cfg(feature = "server")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_gives_a_reading_to_others() {
    use nest_market::rest::{BASE, MarketApi, routes};

    // As a reading is written: in quotes, with one decimal.
    const MARKED: &str = "\"249.9\"";
    let world = World::new(On::Sqlite).await;
    let people = world.people(&[40; 10], Level::LOW).await;
    for person in &people {
        let body = format!(
            r#"[{{"n": "weight", "u": "kg", "t": {}, "v": 249.9}}]"#,
            crate::world::START / 1000 + 60
        );
        world.push(person, "Body", &body).await;
    }
    let processor = world.processor("inst").await;
    let query = world.query("SELECT AVG(Body.age) WHERE (Body.weight > 100)").await;
    let offer = world.market.offer(&processor, &query, &terms(10, 0)).await.unwrap();
    world.market.offers().fund(processor.id, offer.id).await.unwrap();
    for person in &people {
        world.accept(person, &offer).await;
    }
    world.work(3601).await;
    let api = MarketApi::new(&world.market);
    let app = move || actix_web::App::new().configure(|cfg| api.configure(cfg));
    let hosted = nest_api::Host::new().bind("127.0.0.1:0".parse().unwrap(), app).unwrap();
    let url = hosted.url();
    tokio::spawn(hosted.run());
    let client = reqwest::Client::new();
    let (token, _) = world.market.accounts().log_in("inst", &crate::world::password(), None).await.unwrap();
    let mut read = 0;
    for route in routes().iter().filter(|route| route.method == "GET" && route.path != "/events") {
        let path = route
            .path
            .replace("{query}", &offer.id.to_string())
            .replace("{source}", "Body")
            .replace("{pin}", "00000000");
        let response =
            client.get(format!("{url}{BASE}{path}")).bearer_auth(token.as_str()).send().await.unwrap();
        read += usize::from(response.status().is_success());
        let text = response.text().await.unwrap();
        assert!(!text.contains(MARKED), "{path}: {text}");
    }
    assert!(read >= 8, "{read}");
    // Its owner reads it.
    let catalogue = world.market.sources().catalogue().await.unwrap();
    let kept =
        world.market.keeper().read(people[0].pseudonym, catalogue.source("Body").unwrap(), 0..=i64::MAX);
    assert!(serde_json::to_string(&kept.await.unwrap()).unwrap().contains(MARKED));
}
