//! A request and an answer of the batch mode of nest-data-source-api 0.7, as they stand in a body.

use std::borrow::Cow;
use std::collections::HashMap;

use libpep::factors::EncryptionContext;
use nest_core::{Domain, JsonBatch, JsonRecords, SessionIds};
use paas_client::sessions::EncryptionContexts;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::wire::message::{MessageError, parse};

/// A request: where it comes from, and which domain it is meant for.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) batch: JsonBatch,
    pub(super) to: Domain,
}

/// The activity of a body, before anything else of it is read.
pub(super) fn activity(json: &[u8]) -> Result<String, MessageError> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(borrow)]
        activity: Cow<'a, str>,
    }

    let Head { activity } = parse(json)?;
    Ok(activity.into_owned())
}

/// Reads a request strictly: nothing missing, nothing extra, all records of one shape.
pub(super) fn read(json: &[u8]) -> Result<Request, MessageError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        record: JsonRecords,
        #[serde(rename = "activity")]
        _activity: IgnoredAny,
        sessions: EncryptionContexts,
        domain: Domain,
        domain_to: Domain,
    }

    let Body { record, sessions, domain, domain_to, .. } = parse(json)?;
    let ids = sessions.0.into_iter().map(|(system, session)| match session {
        EncryptionContext::Specific(id) => Some((system, id)),
        _ => None,
    });
    let ids: Option<Vec<_>> = ids.collect();
    let sessions = SessionIds::new(ids.ok_or(MessageError::Shape)?).map_err(|_| MessageError::Shape)?;
    Ok(Request { batch: JsonBatch { domain, sessions, records: record }, to: domain_to })
}

/// The answer: from this source's domain, for the domain that asked. `None` cannot happen with what is sealed
/// here.
pub(super) fn write(activity: &str, batch: &JsonBatch, to: &Domain) -> Option<Vec<u8>> {
    #[derive(Serialize)]
    struct Body<'a> {
        record: &'a JsonRecords,
        activity: &'a str,
        sessions: EncryptionContexts,
        domain: &'a Domain,
        domain_to: &'a Domain,
    }

    let JsonBatch { domain, sessions, records } = batch;
    let ids = sessions.iter().map(|(system, id)| (system.to_owned(), EncryptionContext::from(id)));
    let sessions = EncryptionContexts(ids.collect::<HashMap<_, _>>());
    serde_json::to_vec(&Body { record: records, activity, sessions, domain, domain_to: to }).ok()
}
