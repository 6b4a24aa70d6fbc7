//! The platform's side: typed calls to a data source, without ciphertext, JSON or sessions.

mod activity_client;
mod again;
mod answer;
mod builder;
mod calls;
mod exchange;
mod record_client;
mod repeat;
mod tickets;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use nest_core::schema::Schema;
use nest_core::{Domain, Expected, PepRecord, Transcryption};
use nest_source::activity_name;

pub use activity_client::ActivityClient;
pub use again::Again;
pub use answer::{Answer, Asked};
pub use builder::NestClientBuilder;
pub use exchange::Exchange;
use exchange::{Http, Received};
pub use record_client::{ParticipantClient, RecordClient};
use tickets::{matched, numbered};

use crate::cpu_pool::{self, Load};
use crate::operation::Route;
use crate::wire::item::{Item, Receipt, Response, Ticket};
use crate::wire::mark::Mark;
use crate::wire::message::Form;
use crate::{Activity, ClientError, Message};

/// A client of one data source. Clones share its connections, and can call at the same time.
///
/// ```no_run
/// # use nest_api::prelude::*;
/// # use nest_core::Pseudonym;
/// # async fn example<Assessment: Activity>(
/// #     config: paas_api::config::PAASConfig,
/// #     auths: paas_client::auth::SystemAuths,
/// #     pupils: Vec<Pseudonym>,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let nest = NestClient::builder("https://school.example", "the token")
///     .domain("nest")
///     .transcryption(Paas::connect(config, auths).await?)
///     .build()?;
///
/// for answer in nest.activity::<Assessment>().progress_batch(&pupils).await? {
///     match answer.result() {
///         Ok(progress) => { /* of answer.who */ }
///         Err(error) => eprintln!("no progress: {error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Privacy
///
/// Ask about many participants at once. A question hides among those of its batch, and a batch of one hides nothing.
/// Sending shuffles. The data source learns who is asked about, under its own pseudonyms.
pub struct NestClient<T> {
    shared: Arc<Shared<T>>,
    last_exchange: Mutex<Option<Received>>,
}

struct Shared<T> {
    http: Http,
    form: Form,
    domain: Domain,
    /// The domain of the data source that is asked, where it has several.
    to: Option<Domain>,
    transcryption: T,
}

impl<T: Transcryption> NestClient<T> {
    /// The calls about participants. `P` is what the data source knows of them, its
    /// [`Participant`](crate::DataSource::Participant). Any other record is refused as `wrong-shape`.
    pub fn participants<P: PepRecord + Clone + Send + Sync + 'static>(&self) -> ParticipantClient<'_, T, P> {
        RecordClient::participants(self)
    }

    /// The calls of an activity, under the name that its record declares.
    pub fn activity<A: Activity>(&self) -> ActivityClient<'_, T, A> {
        ActivityClient::new(self, activity_name::<A>())
    }

    /// The calls of an activity under this name, for a data source that serves one record type under several names.
    /// Where it is not a valid name, every call fails with [`ClientError::ActivityName`].
    pub fn activity_named<A: Activity>(&self, name: &'static str) -> ActivityClient<'_, T, A> {
        ActivityClient::new(self, name)
    }

    /// What the last exchange took on the wire; `None` before the first. Each clone has its own.
    #[doc(hidden)]
    pub fn last_exchange(&self) -> Option<Exchange> {
        let last = self.last_exchange.lock().unwrap_or_else(PoisonError::into_inner).clone();
        last.and_then(|received| received.measure())
    }

    /// Makes one item of each question, sends the items, and returns the answers.
    pub(crate) async fn ask<Q, I, O>(
        &self,
        route: Route,
        about: &'static Schema,
        questions: Vec<Q>,
        item: impl Fn(Q, Ticket) -> (Asked, I) + Send + 'static,
    ) -> Result<Vec<Answer<O::Record>>, ClientError>
    where
        Q: Send + 'static,
        I: Item,
        O: Response,
    {
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let Shared { form, domain, to, transcryption, .. } = &*self.shared;
        let form = *form;
        let (asked, items) = numbered(questions, item)?;
        let session = transcryption.session().await?;
        let batch = cpu_pool::seal(domain, &session, items).await?;
        let mut message = Message::new(route.subject(), batch).about(about.meaning_fingerprint());
        if let Some(to) = to {
            message = message.addressed_to(to.clone());
        }
        let body = cpu_pool::run(Load::of_bytes(message.size()), move || message.write(form)).await?;
        let body = body.ok_or(ClientError::Stopped)?;

        self.exchange::<O>(route, about, asked, body.into(), None).await
    }

    /// Sends a write once more, under the same key, after a [`ClientError::Perhaps`]. The write is carried out once,
    /// and this is its answer.
    ///
    /// # Errors
    ///
    /// As the call itself. Where the answer does not come again, a [`ClientError::Perhaps`] that can be asked again.
    /// The data source keeps the key for a day, or for as many writes as it is set to. After that the write is
    /// carried out anew, and a source that has written it before answers
    /// [`RecordError::Conflict`](crate::RecordError) for records that exist.
    pub async fn ask_again(&self, again: &Again) -> Result<Vec<Answer<()>>, ClientError> {
        self.exchange::<Receipt>(again.route(), again.about(), again.asked(), again.body(), Some(again)).await
    }

    /// Sends a request, and returns the answers to its questions.
    async fn exchange<O: Response>(
        &self,
        route: Route,
        about: &'static Schema,
        asked: Vec<Asked>,
        body: Bytes,
        again: Option<&Again>,
    ) -> Result<Vec<Answer<O::Record>>, ClientError> {
        let Shared { http, form, domain, transcryption, .. } = &*self.shared;
        let form = *form;
        // What is needed to ask again for the answer to a write.
        let again = again.cloned().or_else(|| {
            let key = || format!("{:032x}", rand::random::<u128>());
            route.operation().writes().then(|| Again::new(key(), route, about, body.clone(), asked.clone()))
        });
        let perhaps = |because: ClientError| match again.clone() {
            Some(again) => ClientError::Perhaps { again, because: Box::new(because) },
            None => because,
        };
        let (mark, meaning) = (Mark::new(route, about), about.meaning_fingerprint());
        let sent_bytes = body.len();
        let answer = http.post(route, form, body, again.as_ref().map(Again::key)).await;
        let body =
            answer.map_err(|(error, perhaps_done)| if perhaps_done { perhaps(error) } else { error })?;
        let exchange = Received { sent_bytes, body: body.clone(), form };
        *self.last_exchange.lock().unwrap_or_else(PoisonError::into_inner) = Some(exchange);
        let load = Load::of_bytes(body.len());
        let read = move || Message::<O>::read(form, &body, route.subject(), meaning).map(Message::into_batch);
        let batch = cpu_pool::run(load, read).await?.map_err(|_| ClientError::Answer)?;
        if batch.len() != asked.len() {
            return Err(ClientError::Answer);
        }

        let tags = Arc::new(Expected::numbers(O::likely_tags(mark, asked.len())));
        let open = move |part, session| cpu_pool::open_expecting::<O>(part, session, Arc::clone(&tags));
        let opened = transcryption.transcrypt_parts(batch, domain, open).await;
        let (parts, session) = opened.map_err(|error| perhaps(error.into()))?;
        cpu_pool::make_ahead(&session);
        let mut replies = Vec::with_capacity(asked.len());
        for part in parts {
            replies.append(&mut part?.map_err(|_| ClientError::Answer)?);
        }
        matched(mark, asked, replies).ok_or(ClientError::Answer)
    }
}

// Not derived: a transcryption need not be `Clone` or `Debug` for its client to be.
impl<T> Clone for NestClient<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), last_exchange: Mutex::new(None) }
    }
}

impl<T> fmt::Debug for NestClient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NestClient").field("domain", &self.shared.domain).finish_non_exhaustive()
    }
}
