//! The builder of a data source's API.

mod build;
mod limits;

use std::fmt;
use std::sync::Arc;

use nest_core::Transcryption;
use nest_source::{Repetitions, activity_name};

use crate::operation::PARTICIPANTS;
use crate::server::api::Limits;
use crate::server::audit::AuditLog;
use crate::server::connection::ConnectionLimits;
use crate::server::idempotency::{RepetitionsFolder, Retention};
use crate::server::protocol::{AddedProtocol, Protocol};
use crate::server::routes::{self, Mounted};
use crate::{Activity, Caller, ChosenTranscryption, DataSource, DataSourceApi, NoTranscryption, Serves};

/// The builder of a [`DataSourceApi`]. The transcryption comes before the activities.
#[must_use]
pub struct DataSourceApiBuilder<S, T> {
    source: S,
    domains: Vec<String>,
    /// `None` where the transcryptors of the settings could not be reached.
    transcryption: Option<T>,
    callers: Vec<Caller>,
    subjects: Vec<Mounted<S, T>>,
    /// The faults of the settings. `build` names them with all others.
    faults: Vec<String>,
    limits: Limits,
    connections: ConnectionLimits,
    retention: Retention,
    repetitions: Option<Arc<dyn Repetitions>>,
    folder: Option<RepetitionsFolder>,
    audit: Option<AuditLog>,
    protocols: Vec<AddedProtocol<S, T>>,
    /// Whether the settings ask for the upstream door.
    upstream_is_set: bool,
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
            protocols: Vec::new(),
            upstream_is_set: false,
            public_docs: false,
        }
    }
}

impl<S: DataSource> DataSourceApiBuilder<S, NoTranscryption> {
    /// The transcryption into the source's own domain: [`Paas`](crate::Paas), or [`InProcess`](nest_core::InProcess)
    /// in a test.
    pub fn transcryption<T: Transcryption + 'static>(self, transcryption: T) -> DataSourceApiBuilder<S, T> {
        self.perhaps(Some(transcryption))
    }

    /// As [`transcryption`](Self::transcryption). Where there is none, that is a fault of the start.
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
                plain: None,
                describe: routes::describe_participants::<S>,
            }],
            faults: self.faults,
            limits: self.limits,
            connections: self.connections,
            retention: self.retention,
            repetitions: self.repetitions,
            folder: self.folder,
            audit: self.audit,
            protocols: Vec::new(),
            upstream_is_set: self.upstream_is_set,
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

    /// Notes that the settings ask for the upstream door.
    #[cfg(feature = "paas")]
    pub(crate) fn upstream_is_set(mut self) -> Self {
        self.upstream_is_set = true;
        self
    }

    /// A domain in which the source knows its participants. A source may have several, and a person has another
    /// pseudonym in each. [`Context::domain`](crate::Context::domain) tells the source which one a request is for. A
    /// request that names no domain is for the first.
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.domains.push(name.into());
        self
    }

    /// Adds a caller. At least one is needed.
    pub fn caller(mut self, caller: Caller) -> Self {
        self.callers.push(caller);
        self
    }

    /// Writes one line for each operation. An operation fails where its line cannot be written.
    pub fn audit_log(mut self, log: AuditLog) -> Self {
        self.audit = Some(log);
        self
    }

    /// Keeps requests with an `Idempotency-Key` in this store instead of in memory. A source that writes in
    /// transactions should be its own store: see [`repetition`](crate::repetition).
    pub fn repetitions(mut self, store: impl Repetitions) -> Self {
        self.repetitions = Some(Arc::new(store));
        self
    }

    /// Keeps requests with an `Idempotency-Key` in this folder, so that a restart forgets nothing. A write is synced
    /// to the disk before the source is called.
    pub fn repetitions_folder(mut self, folder: RepetitionsFolder) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Shows the [description](DataSourceApi::openapi) to everybody, without a token. With the feature `swagger-ui`
    /// it adds a page to read it in: Swagger UI at `/api/v1/docs/`, from the binary itself.
    ///
    /// # Privacy
    ///
    /// The description holds no records and no secrets. The names of activities and fields say what is studied.
    /// Reasons for waivers and documentation comments are published as they were written. Without this setting, a
    /// caller's token opens the description, and it shows what that caller may call.
    pub fn public_docs(mut self) -> Self {
        self.public_docs = true;
        self
    }
}

impl<S: DataSource, T: Transcryption + 'static> DataSourceApiBuilder<S, T> {
    /// Serves the source in another protocol as well.
    #[doc(hidden)]
    pub fn __protocol<P: Protocol>(mut self) -> Self {
        self.protocols.push(AddedProtocol::new::<P>());
        self
    }

    /// Whether the settings ask for the upstream door.
    #[doc(hidden)]
    pub fn __upstream_is_set(&self) -> bool {
        self.upstream_is_set
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
    /// An activity before the transcryption does not compile. The compiler says what to call first:
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

    /// Serves an activity under this name. So one record type can serve several activities, such as waves of one
    /// test. [`Context::activity`](crate::Context::activity) tells the source which one a request is for.
    ///
    /// The name is 1 to 64 small letters, digits, `-` and `_`. [`String::leak`] gives a name that is read at the
    /// start of the program the needed lifetime.
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
            plain: Some(routes::plain::activity::<S, T, A>),
            describe: routes::describe_activity::<S, A>,
        });
        self
    }
}

impl<S, T> fmt::Debug for DataSourceApiBuilder<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataSourceApiBuilder").field("domains", &self.domains).finish_non_exhaustive()
    }
}
