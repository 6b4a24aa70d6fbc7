//! Readings that come in, by the push token of one person and one source.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data, Path, Query};
use serde::Deserialize;

use super::MarketApi;
use super::answer::{Answer, ok};
use super::caller::bearer;
use super::problem::Problem;
use crate::people::PushFormat;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    #[serde(default)]
    partial: bool,
}

/// The most readings of `POST /push/{source}`: more come in bulk.
const MOST_SINGLE: usize = 64 << 10;

pub(super) async fn single(
    api: Data<MarketApi>,
    request: HttpRequest,
    name: Path<String>,
    options: Query<Options>,
    body: Bytes,
) -> Answer {
    if body.len() > MOST_SINGLE {
        return Err(Problem::invalid("a single push has at most 64 KiB: send more to `bulk`"));
    }
    take(&api, &request, &name, &options, &body).await
}

pub(super) async fn bulk(
    api: Data<MarketApi>,
    request: HttpRequest,
    name: Path<String>,
    options: Query<Options>,
    body: Bytes,
) -> Answer {
    take(&api, &request, &name, &options, &body).await
}

async fn take(api: &MarketApi, request: &HttpRequest, name: &str, options: &Options, body: &[u8]) -> Answer {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let format = match kind {
        "application/senml+json" => PushFormat::Pack { partial: options.partial },
        "application/sensml+json" => PushFormat::Stream { partial: options.partial },
        _ => {
            return Err(Problem::new(
                415,
                "unsupported-media-type",
                "send application/senml+json or application/sensml+json",
            ));
        }
    };
    let market = &api.market;
    let (account, settings) = market.sources().of_token(&bearer(request)?).await?;
    // The token of another source does not say whether this one exists.
    if settings.source != name {
        return Err(Problem::not_found());
    }
    let account = market.accounts().get(account).await?;
    let key = key(request)?;
    let (database, sources) = (market.database(), market.sources());
    let pushed = market.keeper().push(database, sources, (&account, &settings), body, format, key.as_deref());
    ok(&pushed.await?)
}

/// The `Idempotency-Key` of a request: 1 to 255 visible ASCII characters.
pub(super) fn key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let mut values = request.headers().get_all("idempotency-key");
    let (first, second) = (values.next(), values.next());
    let Some(value) = first else { return Ok(None) };
    let text = value
        .to_str()
        .ok()
        .filter(|text| (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()));
    match (text, second) {
        (Some(text), None) => Ok(Some(text.to_owned())),
        _ => Err(Problem::invalid("the Idempotency-Key is not 1 to 255 visible ASCII characters")),
    }
}
