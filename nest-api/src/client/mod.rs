//! The platform's side: typed calls to a data source, without ciphertext, JSON or sessions.

mod again;
mod answer;
mod calls;
mod exchange;
mod repeat;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use nest_core::schema::Schema;
use nest_core::{Domain, Expected, PepRecord, Transcryption};
use nest_source::activity_name;
use rand::seq::SliceRandom;

pub use again::Again;
pub use answer::{Answer, Asked};
pub use calls::{ActivityClient, ParticipantClient};
pub use exchange::Exchange;
use exchange::{Http, Received};

use crate::cpu_pool::{self, Load};
use crate::operation::Route;
use crate::wire::item::{Item, Receipt, Response, Ticket};
use crate::wire::mark::Mark;
use crate::wire::message::Form;
use crate::{Activity, BuildError, ChosenTranscryption, ClientError, Message, NoTranscryption};

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

impl NestClient<NoTranscryption> {
    /// Starts with the address of the data source, `https://…`, and the token that it knows this caller by.
    pub fn builder(url: &str, token: &str) -> NestClientBuilder<NoTranscryption> {
        NestClientBuilder {
            url: url.to_owned(),
            token: token.to_owned(),
            plain_http: false,
            roots: None,
            form: Form::Json,
            domain: String::new(),
            to: None,
            transcryption: NoTranscryption,
            timeout: Duration::from_secs(150),
            repeat_for: Duration::from_secs(300),
            max_answer_bytes: 64 * 1024 * 1024,
        }
    }
}

impl<T: Transcryption> NestClient<T> {
    /// The calls about participants; `P` is what the data source wants to know of them, its
    /// [`Participant`](crate::DataSource::Participant). Any other record is refused as `wrong-shape`.
    pub fn participants<P: PepRecord + Clone + Send + Sync + 'static>(&self) -> ParticipantClient<'_, T, P> {
        ParticipantClient::new(self)
    }

    /// The calls of an activity, under the name that its record declares.
    pub fn activity<A: Activity>(&self) -> ActivityClient<'_, T, A> {
        ActivityClient::new(self, activity_name::<A>())
    }

    /// The calls of an activity under this name, for a data source that serves one record type under several. Where it
    /// can be no activity's name, every call is [`ClientError::ActivityName`].
    pub fn activity_named<A: Activity>(&self, name: &'static str) -> ActivityClient<'_, T, A> {
        ActivityClient::new(self, name)
    }

    /// What the exchange that ended last took on the wire; `None` before the first. Each clone knows its own.
    pub fn last_exchange(&self) -> Option<Exchange> {
        let last = self.last_exchange.lock().unwrap_or_else(PoisonError::into_inner).clone();
        last.and_then(|received| received.measure())
    }

    /// Makes one item of each question about such records, sends them, and returns the answers.
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

    /// Sends a write once more of which an earlier call could not say whether it was carried out, under the same key:
    /// it is carried out once, and here is its answer.
    ///
    /// # Errors
    ///
    /// As the call itself. Where the answer does not come again, a [`ClientError::Perhaps`] that can be asked again.
    /// Where the data source has forgotten the key, which it keeps for a day or for as many writes as it is set to, the
    /// write is carried out anew; a source that has written it before says [`RecordError::Conflict`](crate::RecordError)
    /// of what exists.
    pub async fn ask_again(&self, again: &Again) -> Result<Vec<Answer<()>>, ClientError> {
        self.exchange::<Receipt>(again.route(), again.about(), again.asked(), again.body(), Some(again)).await
    }

    /// Sends a request, and gives the answers to what was asked with it.
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
        // What is needed to ask again for what a write has come to.
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

/// The questions in a new random order, each with its ticket: a ticket tells the data source nothing of the
/// order that they were in.
fn numbered<Q, I>(
    mut questions: Vec<Q>,
    item: impl Fn(Q, Ticket) -> (Asked, I),
) -> Result<(Vec<Asked>, Vec<I>), ClientError> {
    questions.shuffle(&mut rand::rng());
    let numbered = questions.into_iter().enumerate().map(|(ticket, question)| {
        let ticket = Ticket::try_from(ticket).map_err(|_| ClientError::TooManyRecords)?;
        Ok(item(question, ticket))
    });
    Ok(numbered.collect::<Result<Vec<_>, ClientError>>()?.into_iter().unzip())
}

/// The answer to each question, if every question has exactly one, and every answer a question.
fn matched<O: Response>(mark: Mark, asked: Vec<Asked>, replies: Vec<O>) -> Option<Vec<Answer<O::Record>>> {
    let mut open: Vec<Option<Asked>> = asked.into_iter().map(Some).collect();
    let answers = replies.into_iter().map(|reply| {
        let (who, ticket, result) = reply.into_parts(mark)?;
        let key = open.get_mut(usize::from(ticket))?.take_if(|key| key.who == who)?;
        Some(Answer::new(key, result))
    });
    let answers: Vec<_> = answers.collect::<Option<_>>()?;
    open.iter().all(Option::is_none).then_some(answers)
}

/// What a [`NestClient`] is made of.
#[must_use]
pub struct NestClientBuilder<T> {
    url: String,
    token: String,
    plain_http: bool,
    roots: Option<Vec<u8>>,
    form: Form,
    domain: String,
    to: Option<String>,
    transcryption: T,
    timeout: Duration,
    repeat_for: Duration,
    max_answer_bytes: usize,
}

impl<T> NestClientBuilder<T> {
    /// The domain in which this platform knows participants.
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.domain = name.into();
        self
    }

    /// Which of the data source's domains is asked about, where it has several; otherwise its first.
    pub fn source_domain(mut self, name: impl Into<String>) -> Self {
        self.to = Some(name.into());
        self
    }

    /// What turns answers into the platform's own domain: [`Paas`](crate::Paas), or
    /// [`InProcess`](nest_core::InProcess) in a test.
    pub fn transcryption<U: Transcryption>(self, transcryption: U) -> NestClientBuilder<U> {
        NestClientBuilder {
            url: self.url,
            token: self.token,
            plain_http: self.plain_http,
            roots: self.roots,
            form: self.form,
            domain: self.domain,
            to: self.to,
            transcryption,
            timeout: self.timeout,
            repeat_for: self.repeat_for,
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

    /// Trusts the certificate authorities in this PEM, one or more, and no others, instead of those of the
    /// operating system. For a data source whose certificate is by a private authority, and for holding to
    /// one that is known.
    pub fn root_certificate_pem(mut self, certificates: &[u8]) -> Self {
        self.roots = Some(certificates.to_vec());
        self
    }

    /// Sends and asks for `application/vnd.nest.message` instead of JSON: three quarters of the bytes, and the same
    /// said. See [`Message`]. What transcryptors are sent stays JSON.
    pub fn compact(mut self) -> Self {
        self.form = Form::Compact;
        self
    }

    /// How long one try may take, instead of two and a half minutes; transcryption is not part of it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// For how long a request is sent again that may pass later, instead of five minutes: where the data source or a
    /// proxy is not ready for it, after as many seconds as the answer says (`Retry-After`). Whoever is not reached at
    /// all, or breaks off, is tried four times. After this time no new try is begun.
    pub fn repeat_for(mut self, time: Duration) -> Self {
        self.repeat_for = time;
        self
    }

    /// The most bytes of an answer that are read, instead of 64 MiB.
    pub fn max_answer_bytes(mut self, bytes: usize) -> Self {
        self.max_answer_bytes = bytes;
        self
    }
}

impl<T> NestClientBuilder<T> {
    /// Checks it all. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] for the first thing that is missing or wrong.
    pub fn build(self) -> Result<NestClient<T>, BuildError>
    where
        T: ChosenTranscryption,
    {
        let domain = Domain::new(self.domain).map_err(|_| BuildError::Domain)?;
        let to = self.to.map(Domain::new).transpose().map_err(|_| BuildError::Domain)?;
        let roots = self.roots.as_deref();
        let http = Http::new(
            &self.url,
            &self.token,
            self.plain_http,
            roots,
            self.timeout,
            self.repeat_for,
            self.max_answer_bytes,
        )?;
        let shared = Shared { http, form: self.form, domain, to, transcryption: self.transcryption };
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
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use nest_core::Pseudonym;

    use super::*;
    use crate::operation::{Mode, Operation};
    use crate::wire::item::Receipt;

    fn mark(operation: Operation) -> Mark {
        Mark::new(Route::new("walk", operation, Mode::Batch), Receipt::SCHEMA)
    }

    fn receipts(of: &[(Pseudonym, Ticket)]) -> Vec<Receipt> {
        of.iter().map(|(who, ticket)| Receipt::new(mark(Operation::Create), *who, *ticket, Ok(()))).collect()
    }

    #[test]
    fn each_question_has_one_answer_in_any_order() {
        let (anna, bert) = (Pseudonym::random(), Pseudonym::random());
        let asked = || [anna, anna, bert].map(|who| Asked { who, page: 0 }).to_vec();
        let right = [(bert, 2), (anna, 1), (anna, 0)];
        let answers = matched(mark(Operation::Create), asked(), receipts(&right)).unwrap();
        assert_eq!(answers.iter().map(|answer| answer.who).collect::<Vec<_>>(), [bert, anna, anna]);
        for wrong in [
            vec![(anna, 0), (anna, 1)],
            vec![(anna, 0), (anna, 0), (bert, 2)],
            vec![(anna, 0), (bert, 1), (bert, 2)],
            vec![(anna, 0), (anna, 1), (Pseudonym::random(), 2)],
            vec![(anna, 0), (anna, 1), (bert, 3)],
            vec![(anna, 0), (anna, 1), (bert, 2), (bert, 2)],
        ] {
            assert!(matched(mark(Operation::Create), asked(), receipts(&wrong)).is_none());
        }
        assert!(matched(mark(Operation::Delete), asked(), receipts(&right)).is_none());
    }

    #[test]
    fn tickets_tell_nothing_of_the_order() {
        let people: Vec<Pseudonym> = (0..64).map(|_| Pseudonym::random()).collect();
        let item = |who: Pseudonym, ticket| (Asked { who, page: 0 }, ticket);
        let (asked, tickets) = numbered(people.clone(), item).unwrap();
        assert_eq!(tickets, (0..64).collect::<Vec<Ticket>>());
        assert!(asked.iter().zip(&people).any(|(key, who)| key.who != *who));
        assert!(numbered(vec![people[0]; 1 << 16], item).is_ok());
        assert_eq!(numbered(vec![people[0]; (1 << 16) + 1], item).err(), Some(ClientError::TooManyRecords));
    }
}
