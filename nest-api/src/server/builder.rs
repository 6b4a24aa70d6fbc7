//! What a data source's API is made of, checked as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use nest_core::{Domain, Transcryption};
use nest_source::{Repetitions, activity_name, is_activity_name};
use tokio::sync::Semaphore;

use crate::operation::PARTICIPANTS;
use crate::server::Mounted;
use crate::server::api::{Api, Limits};
use crate::server::audit::AuditLog;
use crate::server::caller::Callers;
use crate::server::idempotency::{IdempotencyStore, Retention};
use crate::server::metrics::Metrics;
use crate::server::openapi::Described;
use crate::server::{mount, upstream};
use crate::wire::mark::Mark;
use crate::{Activity, BuildError, Caller, DataSource, DataSourceApi, Serves};

/// How many refusals are written to the audit log at once.
const REFUSALS_AT_ONCE: usize = 4;

/// In the place of a transcryption that has not been chosen yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTranscryption;

/// What a [`DataSourceApi`] is made of. The transcryption comes before the activities.
#[must_use]
pub struct DataSourceApiBuilder<S, T> {
    source: S,
    domains: Vec<String>,
    transcryption: T,
    callers: Vec<Caller>,
    subjects: Vec<Mounted<S, T>>,
    limits: Limits,
    retention: Retention,
    repetitions: Option<Arc<dyn Repetitions>>,
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
            transcryption: NoTranscryption,
            callers: Vec::new(),
            subjects: Vec::new(),
            limits: Limits::default(),
            retention: Retention::default(),
            repetitions: None,
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
        DataSourceApiBuilder {
            source: self.source,
            domains: self.domains,
            transcryption,
            callers: self.callers,
            subjects: vec![Mounted {
                name: PARTICIPANTS,
                operations: S::PARTICIPANTS,
                mount: mount::participants::<S, T>,
                upstream: None,
                describe: mount::describe_participants::<S>,
            }],
            limits: self.limits,
            retention: self.retention,
            repetitions: self.repetitions,
            audit: self.audit,
            upstream: self.upstream,
            public_docs: self.public_docs,
        }
    }
}

impl<S: DataSource, T> DataSourceApiBuilder<S, T> {
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
    /// day. Answers are kept in memory, and are gone when the process ends.
    pub fn idempotency_retention(mut self, time: Duration) -> Self {
        self.retention.time = time;
        self
    }

    /// How many bytes of such answers are kept at most, instead of 256 MiB. When they are full, requests with
    /// a new key are answered with 503 until the first are old enough to be forgotten.
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
    pub fn requests_at_once(mut self, requests: usize) -> Self {
        self.limits.requests_at_once = requests;
        self
    }

    /// How long a request's body may take to arrive, instead of 30 seconds.
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

impl<S: DataSource, T: Transcryption + 'static> DataSourceApiBuilder<S, T> {
    /// Serves an activity under the name that its record declares.
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
    pub fn activity<A: Activity>(self) -> Self
    where
        S: Serves<A>,
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
    {
        self.subjects.push(Mounted {
            name,
            operations: <S as Serves<A>>::OPERATIONS,
            mount: mount::activity::<S, T, A>,
            upstream: Some(upstream::door::<S, T, A>),
            describe: mount::describe_activity::<S, A>,
        });
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] for the first thing that is missing or contradicts another.
    pub fn build(self) -> Result<DataSourceApi<S, T>, BuildError> {
        let domains: Result<Vec<Domain>, _> = self.domains.into_iter().map(Domain::new).collect();
        let domains = domains.map_err(|_| BuildError::Domain)?;
        if domains.is_empty() {
            return Err(BuildError::Domain);
        }
        let subjects = self.subjects.iter().map(|subject| subject.name).collect();
        let callers = Callers::new(self.callers, subjects)?;
        check_names(&self.subjects)?;
        let limits = self.limits;
        let within = (1..=1 << 16).contains(&limits.records)
            && (1..=Semaphore::MAX_PERMITS).contains(&limits.requests_at_once)
            && limits.pace.calls_at_once > 0;
        if !within {
            return Err(BuildError::Limits);
        }
        let retention = self.retention;
        let repetitions = self.repetitions.unwrap_or_else(|| Arc::new(IdempotencyStore::new(retention)));
        let api = Api {
            source: Arc::new(self.source),
            transcryption: Arc::new(self.transcryption),
            domains,
            callers,
            limits,
            audit: self.audit,
            repetitions,
            metrics: Metrics::new(),
            places: Arc::new(Semaphore::new(limits.requests_at_once)),
            refusals: Semaphore::new(REFUSALS_AT_ONCE),
        };
        Ok(DataSourceApi::new(api, self.subjects, self.upstream, self.public_docs))
    }
}

/// Whether every activity may be called as it is, and is told from every other.
fn check_names<S, T>(subjects: &[Mounted<S, T>]) -> Result<(), BuildError> {
    let (mut names, mut marks) = (BTreeSet::new(), BTreeMap::new());
    for subject in subjects {
        let name = subject.name;
        if name != PARTICIPANTS && !is_activity_name(name) {
            return Err(BuildError::ActivityName(name));
        }
        if !names.insert(name) {
            return Err(BuildError::DuplicateActivity(name));
        }
        for Described { route, about, .. } in subject.described() {
            match marks.insert(Mark::new(route, about), name) {
                Some(other) if other != name => return Err(BuildError::IndistinctActivities(other, name)),
                _ => {}
            }
        }
    }
    Ok(())
}

impl<S, T> fmt::Debug for DataSourceApiBuilder<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSourceApiBuilder").field("domains", &self.domains).finish_non_exhaustive()
    }
}
