//! A request and an answer of the batch mode of nest-data-source-api 0.7, as they stand in a body.

use std::borrow::Cow;
use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE;
use nest_api::__protocol_v1::parse;
use nest_api::Code;
use nest_core::__workspace_v1::libpep::factors::EncryptionContext;
use nest_core::{Domain, JsonBatch, JsonRecords, SessionIds};
use serde::de::{Error as _, IgnoredAny};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A request: where it comes from, and which domain it is meant for.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) batch: JsonBatch,
    pub(crate) to: Domain,
}

/// The activity of a body, before anything else of it is read.
pub(crate) fn activity(json: &[u8]) -> Result<String, Code> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(borrow)]
        activity: Cow<'a, str>,
    }

    let Head { activity } = parse(json)?;
    Ok(activity.into_owned())
}

/// The sessions as upstream writes them: a text, the base64 of URLs with padding of a JSON object.
struct Sessions(HashMap<String, EncryptionContext>);

impl Serialize for Sessions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = serde_json::to_vec(&self.0).map_err(S::Error::custom)?;
        serializer.serialize_str(&BASE64_URL_SAFE.encode(json))
    }
}

impl<'de> Deserialize<'de> for Sessions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        let json = BASE64_URL_SAFE.decode(text.as_bytes()).ok();
        let sessions = json.and_then(|json| serde_json::from_slice(&json).ok());
        sessions.map(Self).ok_or_else(|| D::Error::custom("no sessions"))
    }
}

/// Reads a request strictly: nothing missing, nothing extra, all records of one shape.
pub(crate) fn read(json: &[u8]) -> Result<Request, Code> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        record: JsonRecords,
        #[serde(rename = "activity")]
        _activity: IgnoredAny,
        sessions: Sessions,
        domain: Domain,
        domain_to: Domain,
    }

    let Body { record, sessions, domain, domain_to, .. } = parse(json)?;
    // With the features that PAAS takes, libpep has another kind besides.
    #[allow(unreachable_patterns)]
    let ids = sessions.0.into_iter().map(|(system, session)| match session {
        EncryptionContext::Specific(id) => Some((system, id)),
        _ => None,
    });
    let ids: Option<Vec<_>> = ids.collect();
    let sessions = SessionIds::new(ids.ok_or(Code::WrongShape)?).map_err(|_| Code::WrongShape)?;
    Ok(Request { batch: JsonBatch { domain, sessions, records: record }, to: domain_to })
}

/// The answer: from this source's domain, for the domain that asked. `None` cannot happen with what is sealed
/// here.
pub(crate) fn write(activity: &str, batch: &JsonBatch, to: &Domain) -> Option<Vec<u8>> {
    #[derive(Serialize)]
    struct Body<'a> {
        record: &'a JsonRecords,
        activity: &'a str,
        sessions: Sessions,
        domain: &'a Domain,
        domain_to: &'a Domain,
    }

    let JsonBatch { domain, sessions, records } = batch;
    let ids = sessions.iter().map(|(system, id)| (system.to_owned(), EncryptionContext::from(id)));
    let sessions = Sessions(ids.collect());
    serde_json::to_vec(&Body { record: records, activity, sessions, domain, domain_to: to }).ok()
}
