//! A data source on HTTP: mounting it in an application, or serving it alone.

mod answer_body;
pub(crate) mod api;
pub mod audit;
mod body;
mod builder;
mod caller;
#[cfg(feature = "paas")]
pub mod config;
mod connection;
mod guard;
mod handler;
mod health;
mod host;
mod idempotency;
mod ledger;
mod memory;
mod methods;
mod metrics;
pub(crate) mod mount;
mod openapi;
mod patience;
mod pending;
mod report;
mod shares;
mod shutdown;
#[cfg(feature = "paas")]
mod standalone;
mod start;
mod tls;
mod token;
pub mod upstream;
mod work;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;

use actix_web::App;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use nest_core::Transcryption;
use serde_json::Value;

use api::Api;
pub use audit::AuditLog;
pub use builder::DataSourceApiBuilder;
pub use caller::Caller;
#[cfg(feature = "paas")]
pub use config::Config;
pub use host::{Host, Hosted};
pub use idempotency::RepetitionsFolder;
use methods::get;
use openapi::{Described, Description, Rendered, serve};
use shutdown::Drain;
pub use shutdown::{Server, ServerStop};
pub use start::StartError;
use start::cannot_listen;
pub use tls::{Tls, TlsError};
pub use token::TokenHash;

use crate::operation::{BASE, Mode, Route};
use crate::{BuildError, DataSource, Operation};

/// The Data Source API of one data source: all its routes, with all that they need.
///
/// ```no_run
/// use nest_api::Tls;
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
/// // Or alone, until a signal to stop:
/// api.serve("0.0.0.0:8443", Tls::from_files("school.crt", "school.key")?).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Routes
///
/// | path | item | answer to it |
/// | --- | --- | --- |
/// | `POST /api/v1/participants/create`, `…/update` | [`DataSource::Participant`] | a status |
/// | `POST /api/v1/participants/read` | | [`DataSource::Participant`] |
/// | `POST /api/v1/participants/delete` | | a status |
/// | `POST /api/v1/activities/{activity}/create`, `…/update` | the record of the [`Activity`](crate::Activity) | a status |
/// | `POST /api/v1/activities/{activity}/read` | | the record of the activity |
/// | `POST /api/v1/activities/{activity}/delete` | | a status |
/// | `POST /api/v1/activities/{activity}/progress` | | [`Activity::Progress`](crate::Activity::Progress) |
/// | `POST /api/v1/activities/{activity}/results` | a page | [`Activity::Outcome`](crate::Activity::Outcome) |
///
/// Each takes one item, and with `_batch` at its end many. All take and give a
/// [`Message`](crate::Message), and need a bearer token. `GET /api/v1/openapi.json`, with a token too,
/// [describes](Self::openapi) them. `GET /api/v1/health` says that the server runs, `GET /api/v1/ready`
/// whether it could transcrypt; these need none. `GET /api/v1/metrics` is for [`Caller::metrics`].
///
/// # Privacy
///
/// Every answer of a route has one shape and, for a number of records, one length, whatever succeeded or
/// failed. A request fails as a whole only for what its sender knows already: see [`Code`](crate::Code).
/// How long a request takes is not hidden.
pub struct DataSourceApi<S, T> {
    api: Arc<Api<S, T>>,
    subjects: Arc<[Mounted<S, T>]>,
    /// Whether requests of platforms on nest-data-source-api are taken as well.
    upstream: bool,
    /// What the routes are described by, rendered once for all threads.
    description: Arc<Rendered>,
    public_docs: bool,
}

/// The routes of one activity, or of participants. The types are known where it was added, and needed where
/// it is mounted.
pub(crate) struct Mounted<S, T> {
    pub(crate) name: &'static str,
    pub(crate) operations: &'static [Operation],
    pub(crate) mount: fn(&mut ServiceConfig, &'static str),
    /// Answers in the upstream form; participants have none.
    pub(crate) upstream: Option<upstream::Door<S, T>>,
    pub(crate) describe: fn(&'static str) -> Vec<Described>,
}

impl<S, T> Mounted<S, T> {
    pub(crate) fn described(&self) -> Vec<Described> {
        (self.describe)(self.name)
    }
}

impl<S, T> DataSourceApi<S, T> {
    pub(crate) fn new(
        api: Api<S, T>,
        subjects: Vec<Mounted<S, T>>,
        upstream: bool,
        public_docs: bool,
    ) -> Self {
        let description = Description {
            routes: subjects.iter().flat_map(Mounted::described).collect(),
            domains: api.domains.clone(),
            records: api.limits.records,
        };
        let description = Arc::new(Rendered::new(description));
        Self { api: Arc::new(api), subjects: subjects.into(), upstream, description, public_docs }
    }

    /// The description of all routes in [OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0), the same for the
    /// same declarations. It is also served, at `/api/v1/openapi.json`.
    ///
    /// Every record is in it twice: sealed, key for key as it travels, and as what is inside for whoever
    /// opens it. `x-nest` beside each adds what JSON Schema has no word for: blocks, identifying bits, kind,
    /// version, waivers. What the source does not do is absent.
    ///
    /// # Privacy
    ///
    /// It holds declarations only, never a value, a pseudonym, a caller or a token. But the names in it say
    /// what is studied, so it is served to callers, to each what it may call; see
    /// [`public_docs`](crate::DataSourceApiBuilder::public_docs).
    pub fn openapi(&self) -> Value {
        self.description.description().document(|_| true)
    }

    /// Puts other callers in the place of all, for the requests that come from now on. To change a token
    /// without a break, first let a caller have [both](Caller::token).
    ///
    /// # Errors
    ///
    /// A [`BuildError`] where there are none, or two that cannot be told apart; nothing is changed then.
    pub fn set_callers(&self, callers: Vec<Caller>) -> Result<(), BuildError> {
        self.api.callers.replace(callers)
    }
}

impl<S: DataSource, T: Transcryption + 'static> DataSourceApi<S, T> {
    /// All routes that the source serves. What it does not do is not among them, nor are the paths of the
    /// [upstream door](crate::upstream).
    pub fn routes(&self) -> Vec<Route> {
        let operations = self.subjects.iter().flat_map(|subject| {
            let served = Operation::ALL.iter().filter(|operation| operation.is_in(subject.operations));
            served.map(|operation| (subject.name, *operation))
        });
        operations
            .flat_map(|(subject, operation)| Mode::ALL.map(|mode| Route::new(subject, operation, mode)))
            .collect()
    }

    /// Adds all routes to an actix application, each below `/api/v1`; the [upstream door](crate::upstream) is
    /// below `/api/activities`.
    ///
    /// The handlers bring their own limits, and read no configuration of the application around them.
    pub fn configure(&self, cfg: &mut ServiceConfig) {
        let api = Arc::clone(&self.api);
        let description = Arc::clone(&self.description);
        if self.public_docs {
            serve::to_everybody(cfg, &description);
        }
        let scope = web::scope(BASE)
            .app_data(web::Data::from(Arc::clone(&self.api)))
            .configure(|cfg| self.subjects.iter().for_each(|subject| (subject.mount)(cfg, subject.name)))
            .service(get("/metrics", mount::metrics::<S, T>))
            .configure(|cfg| serve::to_callers(cfg, description))
            .default_service(web::to(mount::no_such_path))
            .wrap(from_fn(move |request, next| guard::guard(Arc::clone(&api), request, next)));
        cfg.configure(|cfg| health::configure(cfg, &self.api, BASE)).service(scope);
        if self.upstream {
            upstream::configure(cfg, &self.api, &self.subjects);
        }
    }

    /// Serves the routes on their own over TLS, with `/health` and `/ready` beside them, until the process is
    /// told to stop by SIGINT, SIGTERM or SIGHUP; then finishes what has begun.
    ///
    /// # Errors
    ///
    /// A [`StartError`] that names the address where it cannot be listened on.
    pub async fn serve(&self, address: impl ToSocketAddrs, tls: Tls) -> Result<(), StartError> {
        self.bind(address, tls)?.run_to_the_end().await
    }

    /// Serves in plain HTTP on an address of this machine that no other can reach, as [`serve`](Self::serve) does
    /// over TLS.
    ///
    /// # Errors
    ///
    /// As [`bind_plain_http`](Self::bind_plain_http).
    pub async fn serve_plain_http(&self, address: impl ToSocketAddrs) -> Result<(), StartError> {
        self.bind_plain_http(address)?.run_to_the_end().await
    }

    /// Listens over TLS. Port 0 takes a free one: ask [`Server::address`].
    ///
    /// # Errors
    ///
    /// A [`StartError`] that names the address where it cannot be listened on.
    pub fn bind(&self, address: impl ToSocketAddrs, tls: Tls) -> Result<Server, StartError> {
        self.listen(&resolved(address)?, Some(tls))
    }

    /// Listens in plain HTTP on an address of this machine that no other can reach.
    ///
    /// # Errors
    ///
    /// A [`StartError`] where the address is not a loopback address, or cannot be listened on.
    pub fn bind_plain_http(&self, address: impl ToSocketAddrs) -> Result<Server, StartError> {
        let addresses = resolved(address)?;
        if let Some(address) = addresses.iter().find(|address| !address.ip().is_loopback()) {
            return Err(StartError::one(format!(
                "{address} can be reached from elsewhere: plain HTTP is served on loopback addresses only, unless \
                 `bind_plain_http_anywhere` asks for it"
            )));
        }
        self.listen(&addresses, None)
    }

    /// Listens in plain HTTP on any address, for a place where something else adds TLS.
    ///
    /// # Privacy
    ///
    /// Records stay sealed, but whoever is on the way reads the tokens, and can call with them.
    ///
    /// # Errors
    ///
    /// A [`StartError`] that names the address where it cannot be listened on.
    pub fn bind_plain_http_anywhere(&self, address: impl ToSocketAddrs) -> Result<Server, StartError> {
        self.listen(&resolved(address)?, None)
    }

    fn listen(&self, addresses: &[SocketAddr], tls: Option<Tls>) -> Result<Server, StartError> {
        // Before the address is spoken of, which may be well.
        connection::files::connections(self.api.connections.all)
            .map_err(|error| StartError::one(error.to_string()))?;
        let listener = TcpListener::bind(addresses).and_then(|listener| self.listen_on(listener, tls));
        listener.map_err(|error| StartError::one(cannot_listen(addresses, &error)))
    }

    fn listen_on(&self, listener: TcpListener, tls: Option<Tls>) -> io::Result<Server> {
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let api = self.clone();
        let app = move || {
            App::new()
                .configure(|cfg| api.configure(cfg))
                .configure(|cfg| health::configure(cfg, &api.api, ""))
        };
        let (limits, metrics) = (&self.api.connections, self.api.metrics.clone());
        let server = connection::serve::serve(app, listener, tls, limits, metrics)?;
        Ok(Server::new(address, scheme, server, Arc::clone(&self.api) as Arc<dyn Drain>))
    }
}

/// The addresses of this name, at least one.
fn resolved(address: impl ToSocketAddrs) -> Result<Vec<SocketAddr>, StartError> {
    let found: Vec<SocketAddr> = address
        .to_socket_addrs()
        .map_err(|error| StartError::one(format!("the address to listen on cannot be resolved: {error}")))?
        .collect();
    if found.is_empty() {
        return Err(StartError::one("the address to listen on has no addresses of this machine: correct it"));
    }
    Ok(found)
}

// Not derived: neither source nor transcryption need be `Clone` for their API to be.
impl<S, T> Clone for DataSourceApi<S, T> {
    fn clone(&self) -> Self {
        Self {
            api: Arc::clone(&self.api),
            subjects: Arc::clone(&self.subjects),
            upstream: self.upstream,
            description: Arc::clone(&self.description),
            public_docs: self.public_docs,
        }
    }
}

impl<S, T> fmt::Debug for DataSourceApi<S, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subjects: Vec<_> = self.subjects.iter().map(|subject| subject.name).collect();
        f.debug_struct("DataSourceApi")
            .field("domains", &self.api.domains)
            .field("subjects", &subjects)
            .field("upstream", &self.upstream)
            .finish_non_exhaustive()
    }
}
