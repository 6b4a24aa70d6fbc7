//! Who calls: proved by the token of a session, and of the kind that the route is for.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};

use super::{MarketApi, Problem};
use crate::account::{Account, Role, Session};

/// Any account with its session.
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

type Found<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

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

async fn find(request: HttpRequest) -> Result<Caller, Problem> {
    let api = request.app_data::<web::Data<MarketApi>>().ok_or_else(Problem::internal)?;
    let token = bearer(&request)?;
    let session = api.market.accounts().sessions().find(&token).await?;
    let account = api.market.accounts().get(session.account).await?;
    Ok(Caller { account, session, token })
}

async fn find_role(request: HttpRequest, role: Role) -> Result<Account, Problem> {
    let caller = find(request).await?;
    if caller.account.role == role { Ok(caller.account) } else { Err(Problem::forbidden()) }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Found<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(find(request.clone()))
    }
}

macro_rules! of_role {
    ($caller:ident, $role:ident) => {
        impl FromRequest for $caller {
            type Error = Problem;
            type Future = Found<Self>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { find_role(request, Role::$role).await.map($caller) })
            }
        }
    };
}

of_role!(PersonCaller, Person);
of_role!(ProcessorCaller, Processor);
of_role!(OperatorCaller, Operator);
