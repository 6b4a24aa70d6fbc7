//! The API description as it is served: to callers only, or to everybody, and from the data source alone.

use nest_api::prelude::*;
use nest_api::{DataSourceApiBuilder, Route};
use nest_core::InProcess;
use nest_examples::records::Assessment;
use nest_examples::school::School;
use serde_json::Value;

use crate::field::{Answered, TOKEN, post, send, serve};

const DASHBOARD_TOKEN: &str = "a-token-for-progress-only";
const METRICS_TOKEN: &str = "a-token-for-metrics-only";

async fn school() -> DataSourceApiBuilder<School, InProcess> {
    DataSourceApi::builder(School::temporary("school", &[]).await.unwrap())
        .domain("school")
        .transcryption(InProcess::new(2))
        .caller(Caller::new("nest", TokenHash::of(TOKEN)))
        .caller(
            Caller::new("dashboard", TokenHash::of(DASHBOARD_TOKEN)).only_operations([Operation::Progress]),
        )
        .caller(Caller::metrics("prometheus", TokenHash::of(METRICS_TOKEN)))
        .activity::<Assessment>()
}

async fn get(url: &str, path: &str, token: Option<&str>) -> Answered {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let request = client.get(format!("{url}{path}"));
    send(match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    })
    .await
}

fn paths(document: &str) -> Vec<String> {
    let document: Value = serde_json::from_str(document).unwrap();
    document["paths"].as_object().unwrap().keys().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_is_for_callers_and_shows_each_what_it_may_call() {
    let api = school().await.build().unwrap();
    let url = serve(&api);
    for token in [None, Some("another-token")] {
        let refused = get(&url, "/api/v1/openapi.json", token).await;
        assert_eq!(refused.status, 401);
        assert!(!refused.body.contains("assessment"));
    }
    let posted = post(&url, "/api/v1/openapi.json", "{}").send().await.unwrap();
    assert_eq!(posted.status(), 405);
    for path in ["/api/v1/docs", "/api/v1/docs/", "/api/v1/docs/swagger-ui.css"] {
        assert_eq!(get(&url, path, None).await.status, 401, "{path}");
        assert_eq!(get(&url, path, Some(TOKEN)).await.status, 404, "{path}");
    }

    let served = get(&url, "/api/v1/openapi.json", Some(TOKEN)).await;
    assert_eq!((served.status, served.header("content-type")), (200, Some("application/json")));
    assert_eq!(serde_json::from_str::<Value>(&served.body).unwrap(), api.openapi());
    let mut expected: Vec<_> = api.routes().into_iter().map(Route::path).collect();
    expected.extend(["/api/v1/health".to_owned(), "/api/v1/ready".to_owned()]);
    expected.sort();
    assert_eq!(paths(&served.body), expected);

    let dashboard = get(&url, "/api/v1/openapi.json", Some(DASHBOARD_TOKEN)).await.body;
    let progress = "/api/v1/activities/assessment/progress";
    let shown = [progress, &format!("{progress}_batch"), "/api/v1/health", "/api/v1/ready"];
    assert_eq!(paths(&dashboard), shown);
    assert!(served.body.contains("free_lunch") && !dashboard.contains("free_lunch"));
    let metrics = get(&url, "/api/v1/openapi.json", Some(METRICS_TOKEN)).await.body;
    assert!(!metrics.contains("assessment"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_may_show_its_description_to_everybody() {
    let api = school().await.public_docs().build().unwrap();
    let url = serve(&api);
    let served = get(&url, "/api/v1/openapi.json", None).await;
    assert_eq!(served.status, 200);
    assert_eq!(serde_json::from_str::<Value>(&served.body).unwrap(), api.openapi());
    // Nothing else is open.
    assert_eq!(get(&url, "/api/v1/docs/no-such-file", None).await.status, 401);
    let route = format!("{url}{}", api.routes()[0].path());
    assert_eq!(send(reqwest::Client::new().post(route)).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_made_of_what_its_own_server_has() {
    let api = school().await.public_docs().build().unwrap();
    let url = serve(&api);
    let redirect = get(&url, "/api/v1/docs", None).await;
    assert_eq!((redirect.status, redirect.header("location")), (308, Some("docs/")));

    let page = get(&url, "/api/v1/docs/", None).await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && policy.contains("script-src 'self';"));
    assert!(!policy.contains("unsafe") && !policy.contains("http"));

    let links: Vec<&str> = ["src=\"", "href=\""]
        .iter()
        .flat_map(|attribute| page.body.split(attribute).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .filter(|link| !link.starts_with("data:"))
        .collect();
    assert_eq!(links, ["swagger-ui-bundle.js", "start.js", "swagger-ui.css", "page.css"]);
    // No script stands in the page itself, where the policy would stop it.
    assert_eq!(page.body.matches("<script").count(), page.body.matches("<script src=").count());
    for link in links {
        let asset = get(&url, &format!("/api/v1/docs/{link}"), None).await;
        assert_eq!((asset.status, asset.header("x-content-type-options")), (200, Some("nosniff")), "{link}");
        assert!(!asset.body.is_empty());
    }
    let start = get(&url, "/api/v1/docs/start.js", None).await.body;
    assert!(start.contains("\"../openapi.json\"") && !start.contains("http"));
}
