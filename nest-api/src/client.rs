//! The platform's side: typed calls to a data source, without ciphertext, JSON or sessions.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use nest_core::{Batch, Domain, PepRecord, Pseudonym, Transcryption};

use crate::exchange::{Exchange, Http};
use crate::item::{Ask, Done, Given, Item, Key, Reply};
use crate::route::Operation;
use crate::{Activity, Answer, BuildError, ClientError, Message, NoTranscryption, activity, cpu};

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
/// Ask about many at once: a question hides among those of its batch, and a batch of one hides nobody.
/// Sending shuffles. The data source learns who is asked about, under its own pseudonyms; that is what it
/// is asked for.
pub struct NestClient<T> {
    shared: Arc<Shared<T>>,
    last_exchange: Mutex<Option<Exchange>>,
}

struct Shared<T> {
    http: Http,
    domain: Domain,
    transcryption: T,
}

impl NestClient<NoTranscryption> {
    /// Starts with the address of the data source, `https://…`, and the token that it knows this caller by.
    pub fn builder(url: &str, token: &str) -> NestClientBuilder<NoTranscryption> {
        NestClientBuilder {
            url: url.to_owned(),
            token: token.to_owned(),
            plain_http: false,
            domain: String::new(),
            transcryption: NoTranscryption,
            timeout: Duration::from_secs(120),
            max_answer_bytes: 64 * 1024 * 1024,
        }
    }
}

impl<T: Transcryption> NestClient<T> {
    /// Registers participants, each with what the data source wants to know of them: its
    /// [`Participant`](crate::DataSource::Participant). Any other record is refused as `wrong-shape`.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn create_participants<I>(
        &self,
        participants: &[(Pseudonym, I)],
    ) -> Result<Vec<Answer<()>>, ClientError>
    where
        I: PepRecord + Clone + Send + 'static,
    {
        let items = participants.iter().map(|(who, record)| Given::new(*who, record.clone())).collect();
        let answers =
            self.ask::<_, Done>(Operation::CreateParticipants, activity::PARTICIPANTS, items).await?;
        Ok(answers.into_iter().map(|answer| answer.map(|_: Done| ())).collect())
    }

    /// The calls of an activity.
    pub fn activity<A: Activity>(&self) -> ActivityClient<'_, T, A> {
        ActivityClient { client: self, name: activity::name::<A>(), activity: PhantomData }
    }

    /// What the exchange that ended last took on the wire; `None` before the first. Each clone knows its own.
    pub fn last_exchange(&self) -> Option<Exchange> {
        self.last_exchange.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends items, and returns the answers to them.
    async fn ask<I, R>(
        &self,
        operation: Operation,
        activity: &'static str,
        items: Vec<I>,
    ) -> Result<Vec<Answer<R>>, ClientError>
    where
        I: Item,
        R: PepRecord + Send + 'static,
    {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let Shared { http, domain, transcryption } = &*self.shared;
        let keys: Vec<Key> = items.iter().map(Item::key).collect();
        let (from, session) = (domain.clone(), transcryption.session().await?);
        let body = cpu::run(move || {
            let batch = Batch::seal(&from, &session, &items)?;
            Message::new(activity, batch).to_json().ok_or(ClientError::Stopped)
        });
        let body = body.await.map_err(|_| ClientError::Stopped)??;

        let sent = body.len();
        let json = http.post(&operation.path(activity), body).await?;
        let read = move || {
            let exchange = Exchange::measure(sent, &json);
            let message = Message::<Reply<R>>::from_json(&json, activity).map_err(|_| ClientError::Answer)?;
            Ok::<_, ClientError>((exchange, message.into_batch()))
        };
        let (exchange, batch) = cpu::run(read).await.map_err(|_| ClientError::Stopped)??;
        *self.last_exchange.lock().unwrap_or_else(PoisonError::into_inner) = exchange;
        if batch.len() != keys.len() {
            return Err(ClientError::Answer);
        }

        let (batch, session) = transcryption.transcrypt(batch, domain).await?;
        let replies = cpu::run(move || batch.open(&session).into_iter().collect::<Result<Vec<_>, _>>());
        let replies: Vec<Reply<R>> =
            replies.await.map_err(|_| ClientError::Stopped)?.map_err(|_| ClientError::Answer)?;
        let answers: Vec<_> = replies.into_iter().map(Answer::from_reply).collect();
        if match_up(&keys, &answers) { Ok(answers) } else { Err(ClientError::Answer) }
    }
}

/// Whether every question has exactly one answer, and every answer a question.
fn match_up<R>(keys: &[Key], answers: &[Answer<R>]) -> bool {
    let mut open: HashMap<Key, usize> = HashMap::with_capacity(keys.len());
    for key in keys {
        *open.entry(*key).or_default() += 1;
    }
    answers.len() == keys.len()
        && answers.iter().all(|answer| match open.get_mut(&answer.key()) {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        })
}

/// The calls of one activity.
pub struct ActivityClient<'a, T, A> {
    client: &'a NestClient<T>,
    name: &'static str,
    activity: PhantomData<fn() -> A>,
}

impl<T: Transcryption, A: Activity> ActivityClient<'_, T, A> {
    /// How far each participant is.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one participant is in its
    /// answer.
    pub async fn progress_batch(
        &self,
        participants: &[Pseudonym],
    ) -> Result<Vec<Answer<A::Progress>>, ClientError> {
        let asks = participants.iter().map(|who| Ask { who: *who, page: 0 }).collect();
        self.client.ask(Operation::Progress, self.name, asks).await
    }

    /// Outcomes of participants, each by its page, numbered from 0;
    /// [`progress_batch`](Self::progress_batch) says how many there are.
    ///
    /// # Errors
    ///
    /// A [`ClientError`] where the request failed as a whole; what failed for one page is in its answer.
    pub async fn results_batch(
        &self,
        pages: &[(Pseudonym, u8)],
    ) -> Result<Vec<Answer<A::Outcome>>, ClientError> {
        let asks = pages.iter().map(|(who, page)| Ask { who: *who, page: *page }).collect();
        self.client.ask(Operation::Results, self.name, asks).await
    }
}

/// What a [`NestClient`] is made of.
#[must_use]
pub struct NestClientBuilder<T> {
    url: String,
    token: String,
    plain_http: bool,
    domain: String,
    transcryption: T,
    timeout: Duration,
    max_answer_bytes: usize,
}

impl<T> NestClientBuilder<T> {
    /// The domain in which this platform knows participants.
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.domain = name.into();
        self
    }

    /// What turns answers into the platform's own domain: [`Paas`](crate::Paas), or
    /// [`InProcess`](nest_core::InProcess) in a test.
    pub fn transcryption<U: Transcryption>(self, transcryption: U) -> NestClientBuilder<U> {
        NestClientBuilder {
            url: self.url,
            token: self.token,
            plain_http: self.plain_http,
            domain: self.domain,
            transcryption,
            timeout: self.timeout,
            max_answer_bytes: self.max_answer_bytes,
        }
    }

    /// Allows an address that begins with `http://`. For tests and for a data source on this same machine.
    ///
    /// # Privacy
    ///
    /// Records stay sealed, but whoever is on the way reads the token, and can ask with it.
    pub fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// How long one exchange may take, instead of two minutes; transcryption is not part of it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The most bytes of an answer that are read, instead of 64 MiB.
    pub fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.max_answer_bytes = bytes;
        self
    }
}

impl<T: Transcryption> NestClientBuilder<T> {
    /// Checks it all. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] for the first thing that is missing or wrong.
    pub fn build(self) -> Result<NestClient<T>, BuildError> {
        let domain = Domain::new(self.domain).map_err(|_| BuildError::Domain)?;
        let http = Http::new(&self.url, &self.token, self.plain_http, self.timeout, self.max_answer_bytes)?;
        let shared = Shared { http, domain, transcryption: self.transcryption };
        Ok(NestClient { shared: Arc::new(shared), last_exchange: Mutex::new(None) })
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

impl<T> fmt::Debug for NestClientBuilder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NestClientBuilder").field("domain", &self.domain).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(keys: &[Key]) -> Vec<Answer<Done>> {
        keys.iter().map(|key| Answer::from_reply(Reply::new(*key, Ok(Done::DONE)))).collect()
    }

    #[test]
    fn each_question_has_one_answer_in_any_order() {
        let (anna, bert) = (Pseudonym::random(), Pseudonym::random());
        let key = |who, page| Key { who, page };
        let asked = [key(anna, 0), key(anna, 1), key(bert, 0), key(bert, 0)];

        assert!(match_up(&asked, &answers(&[key(bert, 0), key(anna, 1), key(bert, 0), key(anna, 0)])));
        for wrong in [
            vec![key(anna, 0), key(anna, 1), key(bert, 0)],
            vec![key(anna, 0), key(anna, 0), key(bert, 0), key(bert, 0)],
            vec![key(anna, 0), key(anna, 1), key(bert, 0), key(bert, 1)],
            vec![key(anna, 0), key(anna, 1), key(bert, 0), key(Pseudonym::random(), 0)],
            vec![key(anna, 0), key(anna, 1), key(bert, 0), key(bert, 0), key(bert, 0)],
        ] {
            assert!(!match_up(&asked, &answers(&wrong)));
        }
    }
}
