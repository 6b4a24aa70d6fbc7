//! One operation of the document for each route, and two for the operator.

use nest_core::schema::Schema;
use serde_json::{Map, Value, json};

use super::components::Components;
use super::message::{self, Records, To};
use super::names::Names;
use super::{Described, Description, object, problems};
use crate::operation::{BASE, Mode, Operation, PARTICIPANTS, Route};
use crate::wire::mark::Mark;
use crate::wire::message::Form;

/// The tag of `health` and `ready`.
///
/// No activity can be called so: their names have no capital letters.
pub(super) const MONITORING: &str = "Monitoring";

/// The description of one route.
pub(super) fn operation(
    described: &Described,
    source: &Description,
    names: &Names,
    components: &mut Components,
) -> Value {
    let (tag, identifier) =
        (names.tag(described.route.subject()), names.identifier(described.route.subject()));
    let Described { route, about, item, reply } = *described;
    let subject = route.subject();
    let count = match route.mode() {
        Mode::Single => 1..=1,
        Mode::Batch => 0..=source.records,
    };
    let mut records = |schema: &'static Schema| Records {
        sealed: components.item(schema),
        shape: schema.shape_fingerprint(),
        count: count.clone(),
    };
    let request = message::schema(subject, &To::Source(&source.domains), about, &records(item));
    let answer = message::schema(subject, &To::Caller, about, &records(reply));

    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({
            "description": "One reply for each item. Whether it holds a record is sealed in it.",
            "headers": problems::request_id(),
            "content": content(&answer),
        }),
    );
    responses.extend(problems::of(route.operation()));

    json!({
        "operationId": operation_id(route, identifier),
        "summary": summary(route),
        "tags": [tag],
        "x-nest-route": Mark::new(route, about).bits(),
        "parameters": parameters(route.operation()),
        "requestBody": { "required": true, "content": content(&request) },
        "responses": responses,
    })
}

/// A message in each of its forms. An answer has that of its request.
fn content(message: &Value) -> Value {
    let compact = "The same without text. The length of the head in four bytes, the highest first; the head, which is \
                   the JSON of the message with `domain`, `sessions`, `shape` and the number of `records` in the place \
                   of `batch`; then the blocks of all records, 64 bytes each, as the texts of the JSON have them.";
    json!({
        Form::Json.content_type(): { "schema": message },
        Form::Compact.content_type(): { "schema": { "description": compact } },
    })
}

fn operation_id(route: Route, identifier: &str) -> String {
    let batch = match route.mode() {
        Mode::Single => "",
        Mode::Batch => "_batch",
    };
    format!("{identifier}_{}{batch}", route.operation())
}

/// What a route does for one participant. Without a full stop.
pub(crate) fn does(route: Route) -> &'static str {
    match (route.operation(), route.subject() == PARTICIPANTS) {
        (Operation::Create, true) => "Registers a participant",
        (Operation::Read, true) => "Asks for what was said of a participant",
        (Operation::Update, true) => "Replaces what was said of a participant",
        (Operation::Delete, true) => "Forgets a participant",
        (Operation::Create, false) => "Gives a participant a record of the activity",
        (Operation::Read, false) => "Asks for the record of a participant",
        (Operation::Update, false) => "Replaces the record of a participant",
        (Operation::Delete, false) => "Removes the record of a participant",
        (Operation::Progress, _) => "Asks how far a participant is",
        (Operation::Results, _) => "Asks for one outcome of a participant",
        (other, _) => other.as_str(),
    }
}

fn summary(route: Route) -> String {
    match route.mode() {
        Mode::Single => does(route).to_owned(),
        Mode::Batch => format!("{}, for many", does(route)),
    }
}

/// The parameters of an operation: a key for what writes.
fn parameters(operation: Operation) -> Vec<Value> {
    let key = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "required": false,
        "description": "Drawn at random for each request, and the same for its repetitions: what is repeated \
            is done once, and has the same answer.",
        "schema": { "type": "string", "pattern": "^[!-~]{1,255}$" },
    });
    if operation.writes() { vec![key] } else { Vec::new() }
}

/// The two paths about the server itself. They need no token.
pub(super) fn monitoring() -> Map<String, Value> {
    let mut paths = Map::new();
    let running = json!({ "200": status("It runs.", &["running"]) });
    paths.insert(format!("{BASE}/health"), probe("health", "Whether the server runs", running));
    let mut down = status("Not now.", &["stopping", "a transcryptor is down"]);
    if let Some(down) = down.as_object_mut() {
        let headers = json!({ "Retry-After": { "$ref": "#/components/headers/RetryAfter" } });
        down.insert("headers".to_owned(), headers);
    }
    let ready = json!({ "200": status("It can.", &["ready"]), "503": down });
    paths.insert(format!("{BASE}/ready"), probe("ready", "Whether the server can answer requests", ready));
    paths
}

fn probe(id: &str, summary: &str, responses: Value) -> Value {
    json!({
        "get": {
            "operationId": id,
            "summary": summary,
            "tags": [MONITORING],
            "security": [],
            "responses": responses,
        },
    })
}

fn status(description: &str, words: &[&str]) -> Value {
    let mut parts = Map::new();
    parts.insert("status".to_owned(), json!({ "type": "string", "enum": words }));
    json!({
        "description": description,
        "content": { "application/json": { "schema": object(parts) } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_described_in_words() {
        for operation in Operation::ALL {
            let route = Route::new("walk", *operation, Mode::Single);
            assert_ne!(does(route), operation.as_str(), "`does` has no line for {operation}");
        }
    }
}
