//! The REST API over real connections.

use std::time::Duration;

use actix_web::App;
use nest_api::Host;
use nest_market::account::{Organisation, Registration, Role};
use nest_market::rest::{Access, BASE, MarketApi, routes};
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value as Json, json};

use crate::place::{On, on_both};
use crate::world::{DAY, START, World, password};

/// A market that listens.
struct Served {
    world: World,
    url: String,
    client: Client,
}

impl Served {
    async fn new(on: On) -> Self {
        let world = World::new(on).await;
        let api = MarketApi::new(&world.market);
        let app = move || App::new().configure(|cfg| api.configure(cfg));
        let hosted = Host::new().bind("127.0.0.1:0".parse().unwrap(), app).unwrap();
        let url = hosted.url();
        tokio::spawn(hosted.run());
        Self { world, url, client: Client::new() }
    }

    async fn send(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Json>) -> Response {
        let mut request = self.client.request(method, format!("{}{BASE}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str, token: &str) -> (StatusCode, Json) {
        answer(self.send(Method::GET, path, Some(token), None).await).await
    }

    async fn call(&self, method: Method, path: &str, token: &str, body: Json) -> (StatusCode, Json) {
        answer(self.send(method, path, Some(token), Some(&body)).await).await
    }

    /// Makes an account and logs in.
    async fn account(&self, role: &str, name: &str) -> String {
        let mut new = json!({ "role": role, "name": name, "password": "a long password" });
        if role == "processor" {
            new["organisation"] = "research".into();
            new["display"] = "Institute".into();
        }
        let (status, _) = answer(self.send(Method::POST, "/accounts", None, Some(&new)).await).await;
        assert_eq!(status, 201);
        self.log_in(name).await
    }

    async fn log_in(&self, name: &str) -> String {
        let login = json!({ "name": name, "password": "a long password" });
        let (status, session) = answer(self.send(Method::POST, "/sessions", None, Some(&login)).await).await;
        assert_eq!(status, 201, "{session}");
        session["token"].as_str().unwrap().to_owned()
    }

    async fn operator(&self) -> String {
        let new = Registration {
            role: Role::Operator,
            name: "operator".to_owned(),
            password: password(),
            organisation: None::<Organisation>,
            display: String::new(),
        };
        self.world.market.accounts().register(new, None).await.unwrap();
        self.log_in("operator").await
    }
}

async fn answer(response: Response) -> (StatusCode, Json) {
    let status = response.status();
    let body = response.text().await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Json::Null))
}

fn terms() -> Json {
    json!({
        "title": "Ages of the people", "goal": "We want to know how old people are.",
        "interval": { "from": START, "to": START + DAY, "granularity": 3_600_000 },
        "min_people": 10, "open_for_seconds": 3600, "price": 1000, "payment": "dummy", "max_level": "high",
    })
}

on_both! {
    async fn people_push_decide_and_are_paid_over_http(on: On) {
        let served = Served::new(on).await;
        let processor = served.account("processor", "institute").await;
        let mut people = Vec::new();
        for number in 0..11 {
            let token = served.account("person", &format!("person-{number}")).await;
            let (status, source) = served.call(Method::PUT, "/me/sources/Body", &token, json!(null)).await;
            assert_eq!(status, 201);
            let levels = json!({ "age": "low" });
            assert_eq!(served.call(Method::PUT, "/me/sources/Body/levels", &token, levels).await.0, 204);
            let push = source["push_token"].as_str().unwrap().to_owned();
            let pushed = served.client.post(format!("{}{BASE}/push/Body", served.url)).bearer_auth(&push)
                .header("content-type", "application/senml+json")
                .body(format!(r#"[{{"n": "age", "t": {}, "v": 40}}]"#, START / 1000))
                .send().await.unwrap();
            assert_eq!(answer(pushed).await, (StatusCode::OK, json!({ "kept": 1, "unmapped": 0 })));
            people.push((token, push));
        }
        let offered = json!({ "query": "SELECT AVG(Body.age)", "terms": terms() });
        let (status, quote) = served.call(Method::POST, "/queries/check", &processor, offered.clone()).await;
        assert_eq!((status, &quote["people"]), (StatusCode::OK, &json!(10)), "{quote}");
        // The same key is the same offer.
        let mut ids = Vec::new();
        for _ in 0..2 {
            let response = served.client.post(format!("{}{BASE}/queries", served.url)).bearer_auth(&processor)
                .header("idempotency-key", "first").json(&offered).send().await.unwrap();
            let (status, offer) = answer(response).await;
            assert_eq!(status, 201, "{offer}");
            ids.push(offer["id"].as_str().unwrap().to_owned());
        }
        assert_eq!(ids[0], ids[1]);
        let id = &ids[0];
        for (person, _) in &people {
            let (_, requests) = served.get("/me/requests", person).await;
            assert_eq!(requests.as_array().unwrap().len(), 1);
            let (_, one) = served.get(&format!("/me/requests/{id}"), person).await;
            assert_eq!(one["asked"]["request"]["who"], "Institute");
            let path = format!("/me/requests/{id}/decision");
            let decision = json!({ "terms_hash": one["asked"]["terms_hash"], "decision": "accept" });
            assert_eq!(served.call(Method::PUT, &path, person, decision).await.0, 200);
            let other = json!({ "terms_hash": "0".repeat(64), "decision": "accept" });
            let (status, problem) = served.call(Method::PUT, &path, person, other).await;
            assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("other-terms")));
        }
        assert_eq!(served.call(Method::POST, &format!("/queries/{id}/fund"), &processor, json!(null)).await.0, 200);
        assert_eq!(served.get(&format!("/queries/{id}/result"), &processor).await.0, 409);
        served.world.work(3601).await;
        let (status, result) = served.get(&format!("/queries/{id}/result"), &processor).await;
        assert_eq!(status, 200);
        assert_eq!(served.get(&format!("/queries/{id}/result"), &processor).await.1, result);
        let (_, money) = served.get("/me/ledger", &people[0].0).await;
        assert!((90..=91).contains(&money["due"].as_i64().unwrap()), "{money}");
        let (_, budget) = served.get("/me/budget", &people[0].0).await;
        assert_eq!(budget["in_all"], "5");
        let (_, data) = served.get("/me/data/Body", &people[0].0).await;
        assert_eq!(data[0]["readings"][0][1], 40);
        let operator = served.operator().await;
        assert_eq!(served.get("/ledger", &operator).await.1["whole"], true);

        // A push token reaches nothing else.
        for path in ["/me", "/me/data/Body", "/me/ledger"] {
            assert_eq!(served.get(path, &people[0].1).await.0, 401);
        }
    }

    async fn what_belongs_to_others_is_not_there(on: On) {
        let served = Served::new(on).await;
        let (first, second) = (served.account("processor", "first").await, served.account("processor", "second").await);
        let person = served.account("person", "anna").await;
        let offered = json!({ "query": "SELECT AVG(Body.age)", "terms": terms() });
        let (_, offer) = served.call(Method::POST, "/queries", &first, offered).await;
        let id = offer["id"].as_str().unwrap();
        let unknown = "0".repeat(32);
        for (path, token) in [
            (format!("/queries/{id}"), &second),
            (format!("/queries/{id}/result"), &second),
            (format!("/me/requests/{id}"), &person),
        ] {
            // The same answer as for one that nobody has.
            let found = served.get(&path, token).await;
            let nothing = served.get(&path.replace(id, &unknown), token).await;
            assert_eq!(found.0, 404);
            assert_eq!(found, nothing);
        }
        assert_eq!(served.call(Method::POST, &format!("/queries/{id}/fund"), &second, json!(null)).await.0, 404);
        assert_eq!(served.call(Method::DELETE, &format!("/queries/{id}"), &second, json!(null)).await.0, 404);
    }

    async fn mistakes_are_told_with_their_place(on: On) {
        let served = Served::new(on).await;
        let processor = served.account("processor", "institute").await;
        let check = json!({ "query": "SELECT AVG(Body.agee)" });
        let (status, problem) = served.call(Method::POST, "/queries/check", &processor, check).await;
        assert_eq!(status, 422);
        assert_eq!((&problem["code"], &problem["at"]), (&json!("invalid-query"), &json!([16, 20])), "{problem}");
        assert_eq!(problem["repair"], "write `age`");
        // The body is not quoted.
        let response = served.client.post(format!("{}{BASE}/sessions", served.url))
            .header("content-type", "application/json").body("{\"MARKED\": 1}").send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let text = response.text().await.unwrap();
        assert!(!text.contains("MARKED"), "{text}");
        let person = served.account("person", "anna").await;
        let (_, source) = served.call(Method::PUT, "/me/sources/Room", &person, json!(null)).await;
        let push = served.client.post(format!("{}{BASE}/push/Room/bulk", served.url))
            .bearer_auth(source["push_token"].as_str().unwrap())
            .header("content-type", "application/senml+json")
            .body(r#"[{"n": "temperature", "u": "Cel", "v": 20}, {"n": "temperature", "u": "m", "v": 1}]"#);
        let (status, problem) = answer(push.send().await.unwrap()).await;
        assert_eq!((status.as_u16(), &problem["record"]), (422, &json!(1)));
    }
}

/// Each route of the table refuses callers of another kind, and none is open that should not be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_is_for_whom_the_table_says() {
    let served = Served::new(On::Sqlite).await;
    let person = served.account("person", "anna").await;
    let processor = served.account("processor", "institute").await;
    let operator = served.operator().await;
    for route in routes() {
        let path: String = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        let method: Method = route.method.parse().unwrap();
        let status = async |token: Option<&str>| {
            served.send(method.clone(), &path, token, None).await.status().as_u16()
        };
        let name = format!("{} {}", route.method, route.path);
        match route.access {
            Access::Open => assert_ne!(status(None).await, 401, "{name}"),
            Access::PushToken => {
                for token in [&person, &processor, &operator] {
                    assert!(matches!(status(Some(token)).await, 401 | 415), "{name}");
                }
            }
            Access::Account => assert_eq!(status(None).await, 401, "{name}"),
            access => {
                assert_eq!(status(None).await, 401, "{name}");
                assert_eq!(status(Some("0")).await, 401, "{name}");
                for (token, own) in [
                    (&person, Access::Person),
                    (&processor, Access::Processor),
                    (&operator, Access::Operator),
                ] {
                    let status = status(Some(token)).await;
                    assert_eq!(status == 403, own != access, "{name} for {own:?}: {status}");
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_has_every_route_and_nothing_else() {
    let served = Served::new(On::Sqlite).await;
    let response = served.send(Method::GET, "/openapi.json", None, None).await;
    let (status, document) = answer(response).await;
    assert_eq!((status.as_u16(), &document), (200, &MarketApi::openapi()));
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = 0;
    let mut ids = std::collections::HashSet::new();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            described += 1;
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(described, routes().len());
    assert_eq!(served.send(Method::GET, "/nothing", None, None).await.status(), 404);
    assert_eq!(served.send(Method::PATCH, "/sources", None, None).await.status(), 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notices_come_as_events_without_a_title() {
    let served = Served::new(On::Sqlite).await;
    let token = served.account("person", "anna").await;
    served.call(Method::PUT, "/me/sources/Body", &token, json!(null)).await;
    served.call(Method::PUT, "/me/sources/Body/levels", &token, json!({ "age": "low" })).await;
    let (_, source) = served.call(Method::POST, "/me/sources/Body/token", &token, json!(null)).await;
    let pushed = served
        .client
        .post(format!("{}{BASE}/push/Body", served.url))
        .bearer_auth(source["push_token"].as_str().unwrap())
        .header("content-type", "application/senml+json")
        .body(format!(r#"[{{"n": "age", "t": {}, "v": 40}}]"#, START / 1000));
    assert_eq!(pushed.send().await.unwrap().status(), 200);
    let mut events = served.send(Method::GET, "/events", Some(&token), None).await;
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let processor = served.account("processor", "institute").await;
    let offered = json!({ "query": "SELECT AVG(Body.age)", "terms": terms() });
    assert_eq!(served.call(Method::POST, "/queries", &processor, offered).await.0, 201);
    let mut text = String::new();
    let read = async {
        while !text.contains("event: asked") {
            text.push_str(&String::from_utf8_lossy(&events.chunk().await.unwrap().unwrap()));
        }
    };
    tokio::time::timeout(Duration::from_secs(30), read).await.unwrap();
    assert!(!text.contains("Ages of the people"));
}

/// Bodies that are anything at all, on every route: no answer is 500, and none takes the server down.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_body_is_a_fault_of_the_market() {
    let served = Served::new(On::Postgres).await;
    let tokens = [
        served.account("person", "anna").await,
        served.account("processor", "institute").await,
        served.operator().await,
    ];
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "[[[[",
        "{\"query\": 1}",
        "\u{0}",
        "{\"password\": \"\\u0000\", \"name\": \"\\u0000\"}",
    ];
    for route in routes() {
        if route.path == "/events" {
            continue;
        }
        for part in ["x", "%00", "..%2f", &"9".repeat(32), &"a".repeat(300)] {
            let path: Vec<&str> =
                route.path.split('/').map(|name| if name.starts_with('{') { part } else { name }).collect();
            let method: Method = route.method.parse().unwrap();
            for token in &tokens {
                let body = bodies[usize::from(rand::random::<u8>()) % bodies.len()];
                let response = served
                    .client
                    .request(method.clone(), format!("{}{BASE}{}", served.url, path.join("/")))
                    .bearer_auth(token)
                    .header("content-type", "application/json")
                    .body(body)
                    .send()
                    .await
                    .unwrap();
                assert!(
                    response.status().as_u16() < 500,
                    "{method} {} with {body}: {}",
                    route.path,
                    response.status()
                );
            }
            if !route.path.contains('{') {
                break;
            }
        }
    }
    assert_eq!(served.send(Method::GET, "/health", None, None).await.status(), 200);
}
