//! The routes of a transcryptor. paas-server has its own within `main`, where other code cannot call them.
//!
//! Handlers, middleware, data and paths are those of paas-server, mounted in the same two scopes: liveness in the open,
//! everything else behind a bearer token. Left out are its request log and its CORS headers, which speak to operators
//! and browsers; a testbed has neither.

use actix_web::{Scope, web};
use libpep::data::json::EncryptedPEPJSONValue;
use libpep::data::long::{LongEncryptedAttribute, LongEncryptedPseudonym};
use libpep::data::records::{EncryptedRecord, LongEncryptedRecord};
use libpep::data::simple::{EncryptedAttribute, EncryptedPseudonym};
use libpep::transcryptor::DistributedTranscryptor;
use paas_api::config::PAASConfig;
use paas_api::paths;
use paas_api::status::SystemId;
use paas_server::access_rules::AccessRules;
use paas_server::application::sessions::{end_session, get_sessions, start_session};
use paas_server::application::status::{config, health, status};
use paas_server::application::transcrypt::{
    pseudonymize, pseudonymize_batch, rekey, rekey_batch, transcrypt, transcrypt_batch,
};
use paas_server::auth::{AuthType, Authentication};
use paas_server::session_storage::SessionStorage;
use rustls::ServerConfig;
use std::num::NonZeroUsize;

/// What a transcryptor is made of, apart from its sessions: all that paas-server would read from its configuration.
///
/// It survives a restart, so that a restarted transcryptor is the same transcryptor.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) system_id: SystemId,
    pub(crate) auth: Authentication<AuthType>,
    pub(crate) rules: AccessRules,
    pub(crate) pep: DistributedTranscryptor,
    pub(crate) config: PAASConfig,
    /// What it proves its name with; plain HTTP without.
    pub(crate) tls: Option<ServerConfig>,
    /// The threads that answer.
    pub(crate) workers: NonZeroUsize,
}

/// Everything one transcryptor serves.
pub(crate) fn scope(setup: &Setup, sessions: Box<dyn SessionStorage>) -> Scope {
    web::scope(paths::API_BASE)
        .app_data(web::Data::new(setup.system_id.clone()))
        .app_data(web::Data::new(sessions))
        .route("/health", web::get().to(health))
        .route(paths::STATUS, web::get().to(status))
        .service(
            web::scope("")
                .app_data(web::Data::new(setup.rules.clone()))
                .app_data(web::Data::new(setup.pep.clone()))
                .app_data(web::Data::new(setup.config.clone()))
                .wrap(setup.auth.clone())
                .route(paths::CONFIG, web::get().to(config))
                .route(paths::SESSIONS_GET, web::get().to(get_sessions))
                .route(paths::SESSIONS_START, web::post().to(start_session))
                .route(paths::SESSIONS_END, web::post().to(end_session))
                .configure(transcryption),
        )
}

/// Mounts one generic handler for several encrypted types, each on the path paas-api names for it.
macro_rules! mount {
    ($cfg:ident, $path:ident => $handler:ident: $($encrypted:ty),+ $(,)?) => {
        $($cfg.route(&paths::$path::<$encrypted>(), web::post().to($handler::<$encrypted>));)+
    };
}

/// The routes that change ciphertexts.
///
/// `transcrypt` has none for a single short attribute, since paas-server 0.13 mounts the long one twice instead.
/// Clients that need it would fail against the real server, so they must fail here.
fn transcryption(cfg: &mut web::ServiceConfig) {
    mount!(cfg, pseudonymize_path => pseudonymize: EncryptedPseudonym, LongEncryptedPseudonym);
    mount!(cfg, pseudonymize_batch_path => pseudonymize_batch: EncryptedPseudonym, LongEncryptedPseudonym);
    mount!(cfg, rekey_path => rekey:
        EncryptedAttribute, LongEncryptedAttribute, EncryptedPseudonym, LongEncryptedPseudonym);
    mount!(cfg, rekey_batch_path => rekey_batch:
        EncryptedAttribute, LongEncryptedAttribute, EncryptedPseudonym, LongEncryptedPseudonym);
    mount!(cfg, transcrypt_path => transcrypt:
        EncryptedPseudonym, LongEncryptedPseudonym, LongEncryptedAttribute,
        EncryptedRecord, LongEncryptedRecord, EncryptedPEPJSONValue);
    mount!(cfg, transcrypt_batch_path => transcrypt_batch:
        EncryptedPseudonym, LongEncryptedPseudonym, EncryptedAttribute, LongEncryptedAttribute,
        EncryptedRecord, LongEncryptedRecord, EncryptedPEPJSONValue);
}
