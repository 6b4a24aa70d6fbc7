//! What a data source's API is made of, checked as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use nest_core::{Domain, Transcryption};
use nest_source::{Repetitions, activity_name, is_activity_name};
use tokio::sync::Semaphore;

use crate::operation::PARTICIPANTS;
use crate::server::Mounted;
use crate::server::api::{Api, Limits};
use crate::server::audit::AuditLog;
use crate::server::connection::ConnectionLimits;
use crate::server::idempotency::{Forgetting, IdempotencyStore, RepetitionsFolder, Retention};
use crate::server::metrics::Metrics;
use crate::server::openapi::Described;
use crate::server::receive::caller::Callers;
use crate::server::receive::memory::Memory;
use crate::server::receive::shares::{self, Shares};
use crate::server::{routes, upstream};
use crate::wire::mark::Mark;
use crate::{
    Activity, BuildError, Caller, ChosenTranscryption, DataSource, DataSourceApi, NoTranscryption, Serves,
    StartError,
};

/// How many refusals are written to the audit log at once.
const REFUSALS_AT_ONCE: usize = 4;

/// What a [`DataSourceApi`] is made of. The transcryption comes before the activities.
#[must_use]
pub struct DataSourceApiBuilder<S, T> {
    source: S,
    domains: Vec<String>,
    /// `None` where it was to be that of the settings, and could not be reached.
    transcryption: Option<T>,
    callers: Vec<Caller>,
    subjects: Vec<Mounted<S, T>>,
    /// What is wrong with the settings, to be named with all else.
    faults: Vec<String>,
    limits: Limits,
    connections: ConnectionLimits,
    retention: Retention,
    repetitions: Option<Arc<dyn Repetitions>>,
    folder: Option<RepetitionsFolder>,
    audit: Option<AuditLog>,
    upstream: bool,
    public_docs: bool,
}

impl<S: DataSource> DataSourceApi<S, NoTranscryption> {
    /// Starts with the source itself.
    pub fn builder(source: S) -> DataSourceApiBuilder<S, NoTranscryption> {
        DataSourceApiBuilder {
            source,
            domains: Vec::new(),
            transcryption: None,
            callers: Vec::new(),
            subjects: Vec::new(),
            faults: Vec::new(),
            limits: Limits::default(),
            connections: ConnectionLimits::default(),
            retention: Retention::default(),
            repetitions: None,
            folder: None,
            audit: None,
            upstream: false,
            public_docs: false,
        }
    }
}

impl<S: DataSource> DataSourceApiBuilder<S, NoTranscryption> {
    /// What turns requests into the source's own domain: [`Paas`](crate::Paas), or
    /// [`InProcess`](nest_core::InProcess) in a test.
    pub fn transcryption<T: Transcryption + 'static>(self, transcryption: T) -> DataSourceApiBuilder<S, T> {
        self.perhaps(Some(transcryption))
    }

    /// The same where there may be none for now: its absence is then a fault of the start.
    pub(crate) fn perhaps<T: Transcryption + 'static>(
        self,
        transcryption: Option<T>,
    ) -> DataSourceApiBuilder<S, T> {
        DataSourceApiBuilder {
            source: self.source,
            domains: self.domains,
            transcryption,
            callers: self.callers,
            subjects: vec![Mounted {
                name: PARTICIPANTS,
                operations: S::PARTICIPANTS,
                mount: routes::participants::<S, T>,
                upstream: None,
                describe: routes::describe_participants::<S>,
            }],
            faults: self.faults,
            limits: self.limits,
            connections: self.connections,
            retention: self.retention,
            repetitions: self.repetitions,
            folder: self.folder,
            audit: self.audit,
            upstream: self.upstream,
            public_docs: self.public_docs,
        }
    }
}

impl<S: DataSource, T> DataSourceApiBuilder<S, T> {
    /// Keeps faults for [`build`](Self::build) to name.
    pub(crate) fn faults(mut self, faults: impl IntoIterator<Item = String>) -> Self {
        self.faults.extend(faults);
        self
    }

    /// A domain in which the source knows its participants. A source with several has one person under
    /// another pseudonym in each, and is told which by [`Context::domain`](crate::Context::domain); a request
    /// that names none is for the first.
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.domains.push(name.into());
        self
    }

    /// Lets somebody call. At least one is needed.
    pub fn caller(mut self, caller: Caller) -> Self {
        self.callers.push(caller);
        self
    }

    /// Writes one line for each operation, and fails those for which it cannot.
    pub fn audit_log(mut self, log: AuditLog) -> Self {
        self.audit = Some(log);
        self
    }

    /// Keeps what is known of requests with an `Idempotency-Key` in this store, instead of in memory. A source that
    /// writes in transactions is best its own: see [`repetition`](crate::repetition).
    pub fn repetitions(mut self, store: impl Repetitions) -> Self {
        self.repetitions = Some(Arc::new(store));
        self
    }

    /// How long the answer to a request with an `Idempotency-Key` is kept for its repetitions, instead of a
    /// day. They are kept in memory, and are gone when the process ends, unless there is a
    /// [folder](Self::repetitions_folder).
    pub fn idempotency_retention(mut self, time: Duration) -> Self {
        self.retention.time = time;
        self
    }

    /// Keeps what is known of requests with an `Idempotency-Key` in this folder, so that a restart forgets nothing. A
    /// write waits until the folder's disk has noted it, before the source is called.
    pub fn repetitions_folder(mut self, folder: RepetitionsFolder) -> Self {
        self.folder = Some(folder);
        self
    }

    /// How many keys are known of each caller, instead of 100,000. A caller who writes more than that within the
    /// [retention](Self::idempotency_retention) loses the oldest of its own answers early: a repetition of such a write
    /// would be carried out again. `/ready`, the metrics and the log say so.
    pub fn idempotency_keys(mut self, keys: usize) -> Self {
        self.retention.keys = keys;
        self
    }

    /// How many bytes of such answers are kept of each caller, instead of 64 MiB, in the same way.
    pub fn idempotency_bytes(mut self, bytes: usize) -> Self {
        self.retention.bytes = bytes;
        self
    }

    /// Serves platforms built on the crate nest-data-source-api 0.7 as well, in its batch mode. It promises less:
    /// read [what it leaks](crate::upstream) first.
    pub fn upstream_door(mut self) -> Self {
        self.upstream = true;
        self
    }

    /// The most bytes of a request that are read, instead of 32 MiB.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.limits.body_bytes = bytes;
        self
    }

    /// The most records in a request, instead of 10,000; at most 65,536.
    pub fn max_records(mut self, records: usize) -> Self {
        self.limits.records = records;
        self
    }

    /// How deep the JSON of a request may be nested, instead of 64; more than 128 is never read. A message takes 3,
    /// whatever its records are. At the upstream door a request takes 5, and each record or list within a record up to
    /// 4 more.
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.limits.depth = depth;
        self
    }

    /// How many requests may be under way at once, instead of 32. More wait for two
    /// seconds, and are then answered with 503.
    ///
    /// While there are several callers, each may have three quarters of them, and a large request counts as several of
    /// its caller's: one for each 16 KiB of its body. A caller's own requests wait for each other for 20 seconds. A
    /// request counts once its body is there.
    pub fn requests_at_once(mut self, requests: usize) -> Self {
        self.limits.requests_at_once = requests;
        self
    }

    /// How many bytes of requests and answers may be under way at once, instead of 128 MiB, or four times
    /// [`max_body_bytes`](Self::max_body_bytes) where that is more. While there are several callers, each may have
    /// three quarters of them. Requests beyond that wait for two seconds, and are then answered with 503.
    ///
    /// The process takes several times as much memory; see `docs/operate.md`.
    pub fn bytes_in_flight(mut self, bytes: usize) -> Self {
        self.limits.bytes_in_flight = Some(bytes);
        self
    }

    /// How many connections there may be, where the API serves alone, instead of as many as the limit of open files
    /// leaves room for: three quarters of it, and 10,000 at most. When another one comes, an idle one is closed.
    pub fn connections(mut self, connections: usize) -> Self {
        self.connections.all = Some(connections);
        self
    }

    /// How many of these may be from one address, or from one network of 2⁶⁴ addresses in IPv6, instead of a quarter.
    pub fn connections_per_address(mut self, connections: usize) -> Self {
        self.connections.of_address = Some(connections);
        self
    }

    /// The address of a proxy in front, from which there may be any number of connections.
    pub fn proxy(mut self, address: IpAddr) -> Self {
        self.connections.proxies.push(address);
        self
    }

    /// How long a request's body may take to arrive, instead of 30 seconds. After the first five seconds it must have
    /// come with 16 KiB a second on average, whatever is set here.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.limits.body_time = time;
        self
    }

    /// How long a request may take until its answer is sealed, instead of two minutes. Calls of the source
    /// that have not ended by then are [`RecordError::Internal`](crate::RecordError::Internal).
    pub fn request_timeout(mut self, time: Duration) -> Self {
        self.limits.request_time = time;
        self
    }

    /// How many calls of the source one request may have under way, instead of 64.
    pub fn calls_at_once(mut self, calls: usize) -> Self {
        self.limits.pace.calls_at_once = calls;
        self
    }

    /// How long one call of the source may take, instead of 30 seconds.
    pub fn call_timeout(mut self, time: Duration) -> Self {
        self.limits.pace.call_timeout = time;
        self
    }

    /// Shows the [description](DataSourceApi::openapi) to everybody, without a token, and adds a page to read
    /// it in: Swagger UI at `/api/v1/docs/`, from the binary itself (feature `swagger-ui`).
    ///
    /// # Privacy
    ///
    /// The description holds no records and no secrets. But the names of activities and fields say what is
    /// studied, and reasons for waivers and documentation comments are published as they were written.
    /// Without this a caller's token opens it, and shows what that caller may call.
    pub fn public_docs(mut self) -> Self {
        self.public_docs = true;
        self
    }
}

impl<S: DataSource, T> DataSourceApiBuilder<S, T> {
    /// Serves an activity under the name that its record declares. The transcryption must have been given before.
    ///
    /// An operation that is declared and has no method does not compile:
    ///
    /// ```compile_fail
    /// # use nest_api::prelude::*;
    /// # #[derive(PepRecord)]
    /// # #[pep(max_blocks = 1)]
    /// # struct PupilInfo {
    /// #     consent: bool,
    /// # }
    /// struct School;
    ///
    /// impl DataSource for School {
    ///     type Participant = PupilInfo;
    ///     const PARTICIPANTS: &[Operation] = &[Operation::Create];
    /// }
    ///
    /// let api = DataSourceApi::builder(School).transcryption(nest_core::InProcess::new(2)).build();
    /// ```
    ///
    /// Neither does an activity before the transcryption; the compiler says what to call first:
    ///
    /// ```compile_fail,E0277
    /// # use nest_api::prelude::*;
    /// # fn example<S: Serves<A>, A: Activity>(source: S) {
    /// let builder = DataSourceApi::builder(source).activity::<A>();
    /// # }
    /// ```
    ///
    /// ```
    /// # use nest_api::prelude::*;
    /// # fn example<S: Serves<A>, A: Activity>(source: S) {
    /// let builder = DataSourceApi::builder(source).transcryption(nest_core::InProcess::new(2)).activity::<A>();
    /// # }
    /// ```
    pub fn activity<A: Activity>(self) -> Self
    where
        S: Serves<A>,
        T: ChosenTranscryption + 'static,
    {
        self.activity_named::<A>(activity_name::<A>())
    }

    /// Serves an activity under this name, so that one record type can serve several: waves of one test, for instance.
    /// The source learns from [`Context::activity`](crate::Context::activity) which is meant.
    ///
    /// The name is 1 to 64 small letters, digits, `-` and `_`. One that is read when the program starts is made to last
    /// by [`String::leak`].
    ///
    /// # Privacy
    ///
    /// The name is in clear: see [`Activity`].
    pub fn activity_named<A: Activity>(mut self, name: &'static str) -> Self
    where
        S: Serves<A>,
        T: ChosenTranscryption + 'static,
    {
        self.subjects.push(Mounted {
            name,
            operations: <S as Serves<A>>::OPERATIONS,
            mount: routes::activity::<S, T, A>,
            upstream: Some(upstream::door::<S, T, A>),
            describe: routes::describe_activity::<S, A>,
        });
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    ///
    /// A [`StartError`] with everything that is missing or contradicts something else. Of a builder that settings gave
    /// ([`configured`](DataSourceApi::configured)), every fault of these as well.
    pub fn build(self) -> Result<DataSourceApi<S, T>, StartError>
    where
        T: ChosenTranscryption + 'static,
    {
        let mut faults = self.faults;
        // Where settings are at fault, what is missing is named by their keys.
        let of_settings = !faults.is_empty();
        let mut found = Vec::new();
        let given = self.domains.len();
        let domains: Vec<Domain> =
            self.domains.into_iter().filter_map(|name| Domain::new(name).ok()).collect();
        let mut known = BTreeSet::new();
        found.extend(
            domains
                .iter()
                .filter(|domain| !known.insert(domain.as_str()))
                .map(|domain| BuildError::DuplicateDomain(domain.as_str().to_owned())),
        );
        let subjects: Vec<_> = self.subjects.iter().map(|subject| subject.name).collect();
        found.extend(wrong_names(&self.subjects));
        let limits = self.limits;
        let within = (1..=1 << 16).contains(&limits.records)
            && (1..=shares::MOST).contains(&limits.requests_at_once)
            // The share of a caller has room for the largest request, through either door.
            && limits.bytes_in_flight() / 3 >= limits.body_bytes
            && self.connections.all != Some(0)
            && self.connections.of_address != Some(0)
            && limits.pace.calls_at_once > 0;
        if !within {
            found.push(BuildError::Limits);
        }
        let retention = self.retention;
        if retention.keys == 0 {
            found.push(BuildError::Limits);
        }
        let metrics = Metrics::new();
        let forgetting = Arc::new(Forgetting::new(metrics.clone()));
        let repetitions: Option<Arc<dyn Repetitions>> = match self.repetitions {
            Some(store) => Some(store),
            None => IdempotencyStore::open(retention, self.folder, Arc::clone(&forgetting))
                .map_err(|error| found.push(BuildError::Repetitions(error.to_string())))
                .ok()
                .map(|store| Arc::new(store) as _),
        };
        let callers = Callers::new(self.callers, subjects);
        let callers = callers.map_err(|faults| found.extend(faults)).ok();
        if of_settings {
            found.retain(|fault| *fault != BuildError::NoCaller);
        } else {
            if domains.len() < given || domains.is_empty() {
                found.push(BuildError::Domain);
            }
            if self.transcryption.is_none() {
                found.push(BuildError::Transcryption);
            }
        }
        faults.extend(found.iter().map(ToString::to_string));
        let (Some(transcryption), Some(callers), Some(repetitions), true) =
            (self.transcryption, callers, repetitions, faults.is_empty())
        else {
            return Err(StartError::new(faults));
        };
        let api = Api {
            source: Arc::new(self.source),
            transcryption: Arc::new(transcryption),
            domains,
            callers,
            limits,
            audit: self.audit,
            repetitions,
            forgetting,
            metrics,
            shares: Shares::new(limits.requests_at_once),
            memory: Memory::new(limits.bytes_in_flight()),
            connections: self.connections,
            refusals: Semaphore::new(REFUSALS_AT_ONCE),
        };
        Ok(DataSourceApi::new(api, self.subjects, self.upstream, self.public_docs))
    }
}

/// Every activity that may not be called as it is, or is not told from another.
fn wrong_names<S, T>(subjects: &[Mounted<S, T>]) -> Vec<BuildError> {
    let (mut names, mut marks) = (BTreeSet::new(), BTreeMap::new());
    let mut found = Vec::new();
    for subject in subjects {
        let name = subject.name;
        // Only activities are at the upstream door; participants are called as they are.
        if subject.upstream.is_some() && !is_activity_name(name) {
            found.push(BuildError::ActivityName(name));
            continue;
        }
        if !names.insert(name) {
            found.push(BuildError::DuplicateActivity(name));
            continue;
        }
        let mut clashes = BTreeSet::new();
        for Described { route, about, .. } in subject.described() {
            match marks.insert(Mark::new(route, about), name) {
                Some(other) if other != name => clashes.insert(other),
                _ => false,
            };
        }
        found.extend(clashes.into_iter().map(|other| BuildError::IndistinctActivities(other, name)));
    }
    found
}

impl<S, T> fmt::Debug for DataSourceApiBuilder<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSourceApiBuilder").field("domains", &self.domains).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::HashMap;

    use nest_core::InProcess;

    use super::*;
    use crate::operation::Operation;
    use crate::prelude::*;
    use crate::{BuildError, TokenHash};

    #[derive(PepRecord)]
    #[pep(max_blocks = 1)]
    struct Steps {
        #[pep(range = 0..=100)]
        steps: u8,
    }

    impl Activity for Steps {
        type Progress = Steps;
        type Outcome = Steps;
    }

    struct Walks;

    impl DataSource for Walks {
        type Participant = Steps;
        const PARTICIPANTS: &'static [Operation] = &[];
    }

    impl Serves<Steps> for Walks {
        const OPERATIONS: &'static [Operation] = &[Operation::Read];

        async fn read(&self, _: &Context, _: Pseudonym) -> Result<Steps, RecordError> {
            Err(RecordError::NotFound)
        }
    }

    fn build(names: &[&'static str]) -> Result<DataSourceApi<Walks, InProcess>, StartError> {
        let builder = DataSourceApi::builder(Walks)
            .domain("walks")
            .transcryption(InProcess::new(2))
            .caller(Caller::new("nest", TokenHash::of("token")));
        names.iter().fold(builder, |builder, name| builder.activity_named::<Steps>(name)).build()
    }

    /// Two names that have one mark: among some thousands there are two.
    fn indistinct() -> [&'static str; 2] {
        let mut names = HashMap::new();
        (0..)
            .find_map(|number| {
                let name = format!("wave-{number}");
                let other = names.insert(Mark::of(&name, Operation::Read, Steps::SCHEMA), name.clone())?;
                Some([other, name].map(|name| &*name.leak()))
            })
            .unwrap()
    }

    #[test]
    fn names_that_are_not_told_apart_do_not_build_and_both_are_named() {
        let [one, other] = indistinct();
        let error = build(&[one, "swim", other]).err().unwrap();
        let text = error.to_string();
        assert_eq!(error.faults(), [BuildError::IndistinctActivities(one, other).to_string()]);
        assert!(text.contains(one) && text.contains(other), "{text}");
        assert!(build(&[one, "swim"]).is_ok() && build(&[other]).is_ok());
    }
}
