//! Notices as they happen, as server-sent events. They say that something happened to an offer, and not to which title.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Bytes, Data, Query};
use futures_util::stream;
use serde::Deserialize;

use super::MarketApi;
use super::answer::Answer;
use super::caller::Caller;
use super::problem::Problem;
use crate::Market;
use crate::account::AccountNumber;
use crate::consent::Notice;

/// How often new notices are looked for.
const LOOK: Duration = Duration::from_secs(1);

/// How long a stream lasts; the reader comes again. A session that has ended is noticed then at the latest.
const LOOKS: u32 = 300;

/// How far back is looked, for notices that were committed later than their time says.
const BACK: i64 = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    from: Option<i64>,
}

struct Reader {
    market: Market,
    account: AccountNumber,
    from: i64,
    seen: Vec<Notice>,
    looks: u32,
}

impl Reader {
    /// What is new, as text; a comment where nothing is, so that a broken connection is noticed.
    async fn next(&mut self) -> Option<String> {
        if self.looks > 0 {
            tokio::time::sleep(LOOK).await;
        }
        self.looks += 1;
        if self.looks > LOOKS {
            return None;
        }
        let notices = self.market.notices().since(self.account, self.from).await.ok()?;
        let mut text = String::new();
        for notice in notices.iter().filter(|notice| !self.seen.contains(notice)) {
            let data = serde_json::to_string(notice).ok()?;
            text.push_str(&format!("id: {}\nevent: {}\ndata: {data}\n\n", notice.at, notice.kind));
        }
        if let Some(last) = notices.last() {
            self.from = self.from.max(last.at - BACK);
        }
        self.seen = notices;
        if text.is_empty() {
            text.push_str(": nothing new\n\n");
        }
        Some(text)
    }
}

pub(super) async fn events(api: Data<MarketApi>, caller: Caller, since: Query<Since>) -> Answer {
    let market = api.market.clone();
    let from = match since.from {
        Some(from) => from,
        None => market.database().now().await?,
    };
    let reader = Reader { market, account: caller.account.id, from, seen: Vec::new(), looks: 0 };
    let texts = stream::unfold(reader, |mut reader| async move {
        let text = reader.next().await?;
        Some((Ok::<_, Problem>(Bytes::from(text)), reader))
    });
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-store")).content_type("text/event-stream");
    Ok(response.streaming(Box::pin(texts)))
}
