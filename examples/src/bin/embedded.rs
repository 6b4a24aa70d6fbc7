//! A data source within an existing application on actix-web, which has routes of its own. `cargo run --bin embedded`

use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};
use nest_api::prelude::*;
use nest_core::Transcryption;
use nest_examples::Failure;
use nest_examples::field::{Field, random_token};
use nest_examples::records::{Assessment, PersonInfo, ReadingPractice, Role};
use nest_examples::school::School;
use nest_examples::star;

/// A page that the application had before.
async fn pupils(school: Data<School>) -> String {
    let pupils = school.roll().iter().filter(|line| line.role == Role::Pupil).count();
    format!("{pupils} pupils")
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let field = Field::start(&["school", "nest"]).await?;
    let (party, nest) = (field.join("school").await?, field.join("nest").await?);
    let (school, token) = (School::temporary("school", &star::rows()?).await?, random_token());

    // 1: the API is built once, before the application, and cloned into each of its threads.
    let api = DataSourceApi::builder(school.clone())
        .domain("school")
        .transcryption(party.paas.clone())
        .caller(Caller::new("nest", TokenHash::of(&token)))
        .activity::<Assessment>()
        .activity::<ReadingPractice>()
        .build()?;
    println!("Routes of the data source, each also with `_batch`:");
    for route in api.routes().iter().filter(|route| route.mode() == nest_api::Mode::Single) {
        println!("     POST {}", route.path());
    }

    // 2: one line adds it. It brings its own limits and its own check of tokens, and leaves all that is not
    // below /api/v1 to the application.
    let data = Data::new(school.clone());
    let app = move || {
        App::new()
            .app_data(data.clone())
            .configure(|cfg| api.configure(cfg))
            .route("/pupils", web::get().to(pupils))
    };
    // The application decides how it is reached. Loopback does without TLS; nothing else should.
    let server = HttpServer::new(app).workers(2).disable_signals().bind(("127.0.0.1", 0))?;
    let address = *server.addrs().first().ok_or("the server has no address")?;
    let server = server.run();
    let stop = server.handle();
    let running = tokio::spawn(server);
    let url = format!("http://{address}");

    // 3: both answer.
    let page = reqwest::get(format!("{url}/pupils")).await?.text().await?;
    println!("The application's own page:  GET /pupils  {page}");
    let client = NestClient::builder(&url, &token)
        .domain("nest")
        .transcryption(nest.paas.clone())
        .allow_plain_http()
        .build()?;
    let roll: Vec<_> = school.roll().into_iter().take(20).collect();
    let people = party.hand_over(&roll, &nest).await?;
    let info = people.iter().map(|line| (line.person, PersonInfo { role: line.role })).collect();
    let answers = client.participants().create_batch(info).await?;
    let registered = answers.iter().filter(|answer| answer.result().is_ok()).count();
    println!("The data source beside it:   {registered} of {} people registered", answers.len());

    // A server of nest ends its session when it stops; here that is the application's.
    stop.stop(true).await;
    running.await??;
    party.paas.end().await?;
    nest.paas.end().await?;
    field.stop().await;
    Ok(())
}
