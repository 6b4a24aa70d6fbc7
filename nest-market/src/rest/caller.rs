//! Who calls: proved by the token of a session, and of the kind that the route is for.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, web};

use super::{Access, MarketApi, Problem, routes};
use crate::account::{Account, Role, Session};

/// Any account with its session.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) account: Account,
    pub(super) session: Session,
    pub(super) token: String,
}

/// A person.
pub(super) struct PersonCaller(pub(super) Account);

/// A processor.
pub(super) struct ProcessorCaller(pub(super) Account);

/// An operator.
pub(super) struct OperatorCaller(pub(super) Account);

/// The bearer token of a request.
pub(super) fn bearer(request: &HttpRequest) -> Result<String, Problem> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return Err(Problem::unauthorized()) };
    let value = value.to_str().map_err(|_| Problem::unauthorized())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(Problem::unauthorized)?;
    if scheme.eq_ignore_ascii_case("bearer") && token.len() <= 200 {
        Ok(token.trim().to_owned())
    } else {
        Err(Problem::unauthorized())
    }
}

/// The address that a request comes from, as it is counted: in IPv6 a host has at least 2⁶⁴ of them.
pub(super) fn address(request: &HttpRequest) -> Option<Vec<u8>> {
    request.peer_addr().map(|peer| match peer.ip().to_canonical() {
        std::net::IpAddr::V4(address) => address.octets().to_vec(),
        std::net::IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
    })
}

/// Lets through whom a path is for with this method, before anything of the request is read.
pub(super) async fn guard(
    path: &'static str,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let method = request.method().as_str();
    let access = routes().iter().find(|route| route.path == path && route.method == method);
    let role = match access.map(|route| route.access) {
        None | Some(Access::Open | Access::PushToken) => return next.call(request).await,
        Some(Access::Account) => None,
        Some(Access::Person) => Some(Role::Person),
        Some(Access::Processor) => Some(Role::Processor),
        Some(Access::Operator) => Some(Role::Operator),
    };
    let caller = find(request.request()).await?;
    if role.is_some_and(|role| role != caller.account.role) {
        return Err(Problem::forbidden().into());
    }
    request.extensions_mut().insert(caller);
    next.call(request).await
}

async fn find(request: &HttpRequest) -> Result<Caller, Problem> {
    let api = request.app_data::<web::Data<MarketApi>>().ok_or_else(Problem::internal)?;
    let token = bearer(request)?;
    let session = api.market.accounts().sessions().find(&token).await?;
    let account = api.market.accounts().get(session.account).await?;
    Ok(Caller { account, session, token })
}

/// Whom the guard has found.
impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Caller>().cloned().ok_or_else(Problem::unauthorized))
    }
}

macro_rules! of_role {
    ($caller:ident, $role:ident) => {
        impl FromRequest for $caller {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let extensions = request.extensions();
                let account = extensions.get::<Caller>().map(|caller| &caller.account);
                // Once more, where a route's line and its handler do not agree.
                let account = account.filter(|account| account.role == Role::$role);
                ready(account.cloned().map($caller).ok_or_else(Problem::forbidden))
            }
        }
    };
}

of_role!(PersonCaller, Person);
of_role!(ProcessorCaller, Processor);
of_role!(OperatorCaller, Operator);
