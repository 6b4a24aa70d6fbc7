//! A data source on HTTP: the builder, and mounting it in an application or serving it alone.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};
use nest_core::{Domain, Transcryption};

use crate::auth::Callers;
use crate::handler::{self, Api, Limits};
use crate::{Activity, BuildError, Caller, DataSource, Serves, activity, guard, route};

/// The Data Source API of one data source: all its routes, with all that they need.
///
/// ```no_run
/// # use nest_api::prelude::*;
/// # use actix_web::App;
/// # async fn example<School: Serves<Assessment>, Assessment: Activity>(
/// #     school: School,
/// #     config: paas_api::config::PAASConfig,
/// #     auths: paas_client::auth::SystemAuths,
/// #     token_hash: TokenHash,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// let api = DataSourceApi::builder(school)
///     .domain("school")
///     .transcryption(Paas::connect(config, auths).await?)
///     .caller(Caller::new("nest", token_hash))
///     .activity::<Assessment>()
///     .build()?;
///
/// // Within a larger actix application:
/// let app = App::new().configure(|cfg| api.configure(cfg));
/// // Or alone, behind a proxy on this machine that adds TLS:
/// api.serve_plain_http("127.0.0.1:8080")?.run().await?;
/// # Ok(())
/// # }
/// ```
///
/// # Routes
///
/// | path | batch of | answers |
/// | --- | --- | --- |
/// | `POST /api/v1/participants/create` | participants to register | nothing but a status each |
/// | `POST /api/v1/activities/{activity}/progress` | participants | [`Activity::Progress`] |
/// | `POST /api/v1/activities/{activity}/results` | participants, each with a page | [`Activity::Outcome`] |
///
/// All take and give a [`Message`](crate::Message), and need a bearer token.
///
/// # Privacy
///
/// Every answer of a route has one shape and, for a number of records, one length, whatever succeeded or
/// failed. A request fails as a whole only for what its sender knows already: see [`Code`](crate::Code).
/// How long a request takes is not hidden.
pub struct DataSourceApi<S, T> {
    api: Arc<Api<S, T>>,
    activities: Arc<[Mounted]>,
}

/// The routes of one activity. Its types are known where it was added, and needed where it is mounted.
struct Mounted {
    name: &'static str,
    mount: fn(&mut ServiceConfig),
}

/// In the place of a transcryption that has not been chosen yet.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTranscryption;

impl<S: DataSource> DataSourceApi<S, NoTranscryption> {
    /// Starts with the source itself.
    pub fn builder(source: S) -> DataSourceApiBuilder<S, NoTranscryption> {
        DataSourceApiBuilder {
            source,
            domain: String::new(),
            transcryption: NoTranscryption,
            callers: Callers::default(),
            activities: Vec::new(),
            limits: Limits::default(),
        }
    }
}

impl<S: DataSource, T: Transcryption + 'static> DataSourceApi<S, T> {
    /// Adds all routes to an actix application, each below `/api/v1`.
    ///
    /// The handlers bring their own limits, and read no configuration of the application around them.
    pub fn configure(&self, cfg: &mut ServiceConfig) {
        let api = Arc::clone(&self.api);
        let scope = web::scope(route::BASE)
            .app_data(web::Data::from(Arc::clone(&self.api)))
            .configure(handler::mount_participants::<S, T>)
            .configure(|cfg| self.activities.iter().for_each(|activity| (activity.mount)(cfg)))
            .default_service(web::to(handler::not_found))
            .wrap(from_fn(move |request, next| guard::guard(Arc::clone(&api), request, next)));
        cfg.service(scope);
    }

    /// Serves the routes on their own, in plain HTTP, on an address of this machine that no other can
    /// reach. Port 0 takes a free one: ask [`Server::address`].
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] where the address is not a loopback address, and whatever binding it
    /// says.
    pub fn serve_plain_http(&self, address: impl ToSocketAddrs) -> io::Result<Server> {
        let addresses: Vec<SocketAddr> = address.to_socket_addrs()?.collect();
        if addresses.is_empty() || !addresses.iter().all(|address| address.ip().is_loopback()) {
            let refusal = "plain HTTP is served on loopback addresses only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, refusal));
        }
        let listener = TcpListener::bind(addresses.as_slice())?;
        let address = listener.local_addr()?;
        let api = self.clone();
        let server = HttpServer::new(move || App::new().configure(|cfg| api.configure(cfg)))
            .tcp_nodelay(true)
            .disable_signals()
            .listen(listener)?
            .run();
        Ok(Server { address, server })
    }
}

// Not derived: neither source nor transcryption need be `Clone` for their API to be.
impl<S, T> Clone for DataSourceApi<S, T> {
    fn clone(&self) -> Self {
        Self { api: Arc::clone(&self.api), activities: Arc::clone(&self.activities) }
    }
}

impl<S, T> fmt::Debug for DataSourceApi<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let activities: Vec<_> = self.activities.iter().map(|activity| activity.name).collect();
        f.debug_struct("DataSourceApi")
            .field("domain", &self.api.domain)
            .field("activities", &activities)
            .finish_non_exhaustive()
    }
}

/// What a [`DataSourceApi`] is made of. The transcryption comes before the activities.
#[must_use]
pub struct DataSourceApiBuilder<S, T> {
    source: S,
    domain: String,
    transcryption: T,
    callers: Callers,
    activities: Vec<Mounted>,
    limits: Limits,
}

impl<S: DataSource> DataSourceApiBuilder<S, NoTranscryption> {
    /// What turns requests into the source's own domain: [`Paas`](crate::Paas), or
    /// [`InProcess`](nest_core::InProcess) in a test.
    pub fn transcryption<T: Transcryption + 'static>(self, transcryption: T) -> DataSourceApiBuilder<S, T> {
        DataSourceApiBuilder {
            source: self.source,
            domain: self.domain,
            transcryption,
            callers: self.callers,
            activities: Vec::new(),
            limits: self.limits,
        }
    }
}

impl<S: DataSource, T> DataSourceApiBuilder<S, T> {
    /// The domain in which the source knows its participants.
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.domain = name.into();
        self
    }

    /// Lets somebody call. At least one is needed.
    pub fn caller(mut self, caller: Caller) -> Self {
        self.callers.add(caller);
        self
    }

    /// The most bytes of a request that are read, instead of 16 MiB.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.limits.body_bytes = bytes;
        self
    }

    /// The most records in a request, instead of 10,000.
    pub fn max_records(mut self, records: usize) -> Self {
        self.limits.records = records;
        self
    }

    /// How many calls of the source one request may have under way, instead of 64.
    pub fn calls_at_once(mut self, calls: usize) -> Self {
        self.limits.calls_at_once = calls.max(1);
        self
    }
}

impl<S: DataSource, T: Transcryption + 'static> DataSourceApiBuilder<S, T> {
    /// Serves an activity.
    pub fn activity<A: Activity>(mut self) -> Self
    where
        S: Serves<A>,
    {
        self.activities
            .push(Mounted { name: activity::name::<A>(), mount: handler::mount_activity::<S, T, A> });
        self
    }

    /// Checks it all.
    ///
    /// # Errors
    ///
    /// A [`BuildError`] for the first thing that is missing or contradicts another.
    pub fn build(self) -> Result<DataSourceApi<S, T>, BuildError> {
        let domain = Domain::new(self.domain).map_err(|_| BuildError::Domain)?;
        if self.callers.is_empty() {
            return Err(BuildError::NoCaller);
        }
        if self.callers.have_duplicates() {
            return Err(BuildError::DuplicateCaller);
        }
        for (i, activity) in self.activities.iter().enumerate() {
            if self.activities.iter().skip(i + 1).any(|other| other.name == activity.name) {
                return Err(BuildError::DuplicateActivity(activity.name));
            }
        }
        let (source, transcryption, callers) = (Arc::new(self.source), self.transcryption, self.callers);
        let api = Api { source, transcryption, domain, callers, limits: self.limits };
        Ok(DataSourceApi { api: Arc::new(api), activities: self.activities.into() })
    }
}

/// A data source that serves alone: already listening, and answering once it [runs](Self::run).
#[must_use = "it answers once it runs"]
pub struct Server {
    address: SocketAddr,
    server: actix_web::dev::Server,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as a client wants it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops it from elsewhere. Signals of the operating system are left to the program.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// Answers requests until it is stopped. Works under tokio as well as under actix.
    ///
    /// # Errors
    ///
    /// Whatever the operating system says.
    pub async fn run(self) -> io::Result<()> {
        self.server.await
    }
}
