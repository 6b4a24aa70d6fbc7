//! The crate that nest-api is measured against, used as it says: its data source behind its routes, and a platform of
//! its message types.

use std::collections::HashMap;

use actix_web::{App, HttpResponse, HttpServer, web};
use async_trait::async_trait;
use libpep::data::simple::{ElGamalEncryptable, Pseudonym as LibpepPseudonym};
use libpep::factors::PseudonymizationDomain;
use nest_core::Pseudonym;
use nest_data_source_api::api::{ApiError, DataSourceAPI};
use nest_data_source_api::batch_messages::{
    ActivityBatchRequest, ActivityBatchRequestMessageType, ActivityBatchResponse,
    ActivityBatchResponseMessageType, PEPActivityBatchResponse, PEPBatchMessageType, Record,
};
use nest_data_source_api::data_source::DataSource;
use nest_data_source_api::messages::{
    ActivityRequest, ActivityRequestMessageType, ActivityResponse, ActivityResponseMessageType,
    PEPActivityResponse, PEPMessageType,
};
use nest_data_source_api::participant_info::ParticipantInfo;
use nest_data_source_api::prelude::TokenServiceConfig;
use nest_testbed::Transcryptors;
use paas_client::pseudonym_service::PseudonymService;
use rand::SeedableRng;
use rand::rngs::StdRng;
use reqwest::{StatusCode, Url};
use rustls::ServerConfig;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::records::Shape;
use super::wire::Wire;
use super::{PLATFORM, SOURCE, TOKEN};
use crate::Failure;

/// How many calls its source can have at the transcryptors: the most that it recommends.
const POOL: usize = 8;

/// What its source knows: records by activity, and by the pseudonym in hexadecimal, as it gives them.
#[derive(Default)]
pub(super) struct Source {
    records: HashMap<&'static str, HashMap<String, Value>>,
}

impl Source {
    pub(super) fn know<S: Shape>(&mut self, records: &HashMap<Pseudonym, S>) {
        let records = records.iter().map(|(who, record)| (who.to_hex(), record.to_json()));
        self.records.insert(S::NAME, records.collect());
    }

    fn record(&self, activity: &str, who: &str) -> Result<Value, ApiError> {
        self.records.get(activity).and_then(|records| records.get(who)).cloned().ok_or(ApiError::NotFound)
    }

    /// Serves it over TLS on a free port, for as long as the runtime lives.
    pub(super) async fn serve(self, field: &Transcryptors, tls: ServerConfig) -> Result<String, Failure> {
        let (login, logins) = login(field).await?;
        let api = DataSourceAPI::init(self, TOKEN.to_owned(), field.config().clone(), login, POOL).await;
        logins.abort();
        let server = HttpServer::new(move || App::new().configure(|cfg| api.configure_service(cfg)))
            .tcp_nodelay(true)
            .disable_signals()
            .bind_rustls_0_23("127.0.0.1:0", tls)?;
        let address = server.addrs().into_iter().next().ok_or("the server has no address")?;
        tokio::spawn(server.run());
        Ok(format!("https://{address}"))
    }
}

/// An identity service that knows the source only. It is asked once, before anything is measured.
async fn login(
    field: &Transcryptors,
) -> Result<(TokenServiceConfig, JoinHandle<std::io::Result<()>>), Failure> {
    let member = field.config().transcryptors.first().ok_or("there is no transcryptor")?;
    let auth = field.auths(SOURCE).get(&member.system_id).ok_or("the source has no account")?;
    let token = auth.token().await.map_err(|error| error.to_string())?;
    let answer = json!({ "access_token": token, "token_type": "bearer", "expires_in": 36_000 });
    let server = HttpServer::new(move || {
        let answer = answer.clone();
        App::new().route(
            "/token/",
            web::post().to(move || {
                let answer = answer.clone();
                async move { HttpResponse::Ok().json(answer) }
            }),
        )
    });
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0")?;
    let address = server.addrs().into_iter().next().ok_or("the server has no address")?;
    let config = TokenServiceConfig {
        identity_service_base_url: format!("http://{address}"),
        username: SOURCE.to_owned(),
        token: "secret".to_owned(),
        client_id: "bench".to_owned(),
    };
    Ok((config, tokio::spawn(server.run())))
}

/// Answers with what it knows; the operations that are named here are not asked for.
macro_rules! data_source {
    ($($name:ident: $request:ty => $response:ty),+ $(,)?) => {
        #[async_trait]
        impl DataSource for Source {
            async fn participant_activity_result(
                &self,
                request: ActivityRequest,
            ) -> Result<Option<ActivityResponse>, ApiError> {
                let ActivityRequest { participant, activity, .. } = request;
                let extra_data = self.record(&activity, &participant.pseudonym.to_hex())?;
                Ok(Some(ActivityResponse { participant, activity, extra_data }))
            }

            async fn participant_activity_result_batch(
                &self,
                request: ActivityBatchRequest,
            ) -> Result<Option<ActivityBatchResponse>, ApiError> {
                let ActivityBatchRequest { record, activity, domain } = request;
                let record = record.into_iter().map(|asked| {
                    let extra_data = self.record(&activity, &asked.participant)?;
                    Ok(Record::ok(asked.participant, extra_data))
                });
                let record = record.collect::<Result<_, ApiError>>()?;
                Ok(Some(ActivityBatchResponse { record, activity, domain }))
            }

            $(async fn $name(&self, _: $request) -> Result<Option<$response>, ApiError> {
                Err(ApiError::NotFound)
            })+
        }
    };
}

data_source! {
    create_participant_activity: ActivityRequest => ActivityResponse,
    create_participant_activity_batch: ActivityBatchRequest => ActivityBatchResponse,
    update_participant_activity: ActivityRequest => ActivityResponse,
    update_participant_activity_batch: ActivityBatchRequest => ActivityBatchResponse,
    delete_participant_activity: ActivityRequest => ActivityResponse,
    delete_participant_activity_batch: ActivityBatchRequest => ActivityBatchResponse,
    participant_activity_details: ActivityRequest => ActivityResponse,
    participant_activity_details_batch: ActivityBatchRequest => ActivityBatchResponse,
    participant_activity_progress: ActivityRequest => ActivityResponse,
    participant_activity_progress_batch: ActivityBatchRequest => ActivityBatchResponse,
}

/// A platform that keeps its connection to the source. Each clone can call at the same time, in the same session.
#[derive(Clone)]
pub(super) struct Platform {
    http: reqwest::Client,
    url: String,
    service: PseudonymService,
}

impl Platform {
    pub(super) async fn new(field: &Transcryptors, url: String) -> Result<Self, Failure> {
        let mut service = PseudonymService::new(field.config().clone(), field.auths(PLATFORM)).await?;
        service.init().await?;
        Ok(Self { http: reqwest::Client::builder().tcp_nodelay(true).build()?, url, service })
    }

    /// The records of participants, in a batch: everything encrypted.
    pub(super) async fn results_batch<S: Shape>(
        &mut self,
        people: &[Pseudonym],
    ) -> Result<(Vec<(Pseudonym, Value)>, Wire), Failure> {
        let asked = people.iter().map(|who| Record::ok(who.to_hex(), Value::Null)).collect();
        let request =
            ActivityBatchRequest { record: asked, activity: S::NAME.to_owned(), domain: domain(PLATFORM) };
        let request = ActivityBatchRequestMessageType::pack(request, domain(SOURCE), &mut self.service);
        let body = serde_json::to_vec(&request.map_err(at_platform)?)?;
        let sent = body.len();
        let answer = self.post("/api/activities/result_batch", body).await?;
        let received = answer.len();
        let answer: PEPActivityBatchResponse = serde_json::from_slice(&answer)?;
        let answer = ActivityBatchResponseMessageType::unpack(answer, &mut self.service).await;
        let records = answer.map_err(at_platform)?.record.into_iter().map(|record| {
            let who = Pseudonym::from_hex(&record.participant).map_err(|_| "an answer is about nobody")?;
            Ok((who, record.extra_data))
        });
        Ok((records.collect::<Result<_, Failure>>()?, Wire { sent, received }))
    }

    /// The record of one participant: the pseudonym encrypted, the record in clear.
    pub(super) async fn result<S: Shape>(&mut self, who: Pseudonym) -> Result<Value, Failure> {
        let pseudonym = LibpepPseudonym::from_bytes(&who.to_bytes()).ok_or("no pseudonym of libpep")?;
        let request = ActivityRequest {
            participant: ParticipantInfo { pseudonym, domain: domain(PLATFORM) },
            activity: S::NAME.to_owned(),
            extra_data: Value::Null,
        };
        // That of the thread may not be kept across a wait in a task that moves between threads.
        let mut rng = StdRng::from_rng(&mut rand::rng());
        let request =
            ActivityRequestMessageType::pack(request, domain(SOURCE), &mut self.service, &mut rng).await;
        let body = serde_json::to_vec(&request.map_err(at_platform)?)?;
        let answer = self.post("/api/activities/result", body).await?;
        let mut answer: PEPActivityResponse = serde_json::from_slice(&answer)?;
        // The source names its own domain here, where the receiver's has to stand to be unpacked.
        answer.domain_to = domain(PLATFORM);
        let answer = ActivityResponseMessageType::unpack(answer, &mut self.service).await;
        let answer = answer.map_err(at_platform)?;
        if answer.participant.pseudonym == pseudonym {
            Ok(answer.extra_data)
        } else {
            Err("somebody else".into())
        }
    }

    /// A request that asks for nothing, on the connections that are there.
    pub(super) async fn ping(&self, url: Url) -> Result<(), Failure> {
        self.http.get(url).send().await?.error_for_status()?.bytes().await?;
        Ok(())
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, Failure> {
        let request = self.http.post(format!("{}{path}", self.url)).bearer_auth(TOKEN);
        let answer = request.header("content-type", "application/json").body(body).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if status == StatusCode::OK {
            return Ok(body.into());
        }
        let said: String = String::from_utf8_lossy(&body).chars().take(120).collect();
        Err(format!("the source answers {}: {said}", status.as_u16()).into())
    }
}

/// What its error says where the answer cannot be read: not even that it was a transcryptor that refused.
fn at_platform(error: ApiError) -> Failure {
    format!("in the platform, {error}").into()
}

fn domain(name: &str) -> PseudonymizationDomain {
    PseudonymizationDomain::from(name)
}
