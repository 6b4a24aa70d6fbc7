//! Accounts and sessions.

use actix_web::HttpRequest;
use actix_web::web::{Data, Json};
use serde::Deserialize;
use serde_json::json;

use super::MarketApi;
use super::answer::{Answer, created, done, ok};
use super::caller::{Caller, address};
use super::problem::Problem;
use crate::account::{Account, Organisation, Password, Profile, Registration, Role};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAccount {
    role: Role,
    name: String,
    password: String,
    organisation: Option<Organisation>,
    #[serde(default)]
    display: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    name: String,
    password: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    display: Option<String>,
    website: Option<String>,
    old_password: Option<String>,
    new_password: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
    password: String,
    #[serde(default)]
    give_up_money: bool,
}

fn shown(account: &Account) -> serde_json::Value {
    json!({
        "account": account.id,
        "role": account.role,
        "name": account.name,
        "organisation": account.organisation,
        "display": account.display,
        "website": account.website,
    })
}

pub(super) async fn register(api: Data<MarketApi>, request: HttpRequest, new: Json<NewAccount>) -> Answer {
    let new = new.into_inner();
    if new.role == Role::Operator {
        return Err(Problem::forbidden());
    }
    let registration = Registration {
        role: new.role,
        name: new.name,
        password: Password::new(&new.password)?,
        organisation: new.organisation,
        display: new.display,
    };
    let account = api.market.accounts().register(registration, address(&request).as_deref()).await?;
    created(&shown(&account))
}

pub(super) async fn log_in(api: Data<MarketApi>, request: HttpRequest, login: Json<Login>) -> Answer {
    let password = Password::given(&login.password);
    let from = address(&request);
    let (token, form) = api.market.accounts().log_in(&login.name, &password, from.as_deref()).await?;
    created(&json!({ "token": token.as_str(), "form_token": form }))
}

pub(super) async fn log_out(api: Data<MarketApi>, caller: Caller) -> Answer {
    api.market.accounts().sessions().end(&caller.token).await?;
    done()
}

pub(super) async fn me(caller: Caller) -> Answer {
    ok(&shown(&caller.account))
}

pub(super) async fn change(api: Data<MarketApi>, caller: Caller, change: Json<Change>) -> Answer {
    let change = change.into_inner();
    let password = match (change.old_password, change.new_password) {
        (Some(old), Some(new)) => Some((Password::given(&old), Password::new(&new)?)),
        (None, None) => None,
        _ => return Err(Problem::invalid("a new password comes with the old one")),
    };
    let profile = Profile { display: change.display, website: change.website, password };
    let account = api.market.accounts().change(&caller.session, profile).await?;
    ok(&shown(&account))
}

pub(super) async fn close(api: Data<MarketApi>, caller: Caller, closing: Json<Closing>) -> Answer {
    let password = Password::given(&closing.password);
    ok(&api.market.unregister(&caller.session, &password, closing.give_up_money).await?)
}
