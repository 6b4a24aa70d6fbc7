//! The answers to requests that failed as a whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{object, schema_ref};
use crate::Code;
use crate::operation::Operation;

/// Codes that no described route answers with: they are for paths, methods and operations that are not there.
const ELSEWHERE: [Code; 3] = [Code::NotFound, Code::MethodNotAllowed, Code::NotSupported];

/// The codes by their status.
fn by_status() -> BTreeMap<u16, Vec<Code>> {
    let mut statuses: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL.iter().filter(|code| !ELSEWHERE.contains(code)) {
        statuses.entry(code.status()).or_default().push(*code);
    }
    statuses
}

fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// The responses of an operation, by status.
pub(super) fn of(operation: Operation) -> impl Iterator<Item = (String, Value)> {
    // Only what writes is known again by its key, and can be under way already.
    let concerned = move |codes: &[Code]| operation.writes() || codes != [Code::InProgress];
    let response = |status: u16| {
        (status.to_string(), json!({ "$ref": format!("#/components/responses/{}", name(status)) }))
    };
    by_status()
        .into_iter()
        .filter(move |(_, codes)| concerned(codes))
        .map(move |(status, _)| response(status))
}

/// The schemas of problem details, one for each status. Each is whole: programs that generate code cannot narrow down a
/// common one.
pub(super) fn schemas() -> Vec<(String, Value)> {
    by_status().into_iter().map(|(status, codes)| (name(status), schema(status, &codes))).collect()
}

fn schema(status: u16, codes: &[Code]) -> Value {
    let mut parts = Map::new();
    let names: Vec<_> = codes.iter().map(|code| code.as_str()).collect();
    for (part, schema) in [
        ("type", json!({ "type": "string", "const": "about:blank" })),
        ("title", json!({ "type": "string", "description": "What the code means, in a few words." })),
        ("status", json!({ "type": "integer", "const": status })),
        ("code", json!({ "type": "string", "enum": names })),
        ("request_id", json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" })),
    ] {
        parts.insert(part.to_owned(), schema);
    }
    let mut problem = object(parts);
    if let Some(problem) = problem.as_object_mut() {
        problem.insert("title".to_owned(), json!(format!("Problem details (RFC 9457) with status {status}")));
        // A later version may say more.
        problem.remove("additionalProperties");
    }
    problem
}

/// One response for each status.
pub(super) fn responses() -> Map<String, Value> {
    by_status().into_iter().map(|(status, codes)| (name(status), response(status, &codes))).collect()
}

fn response(status: u16, codes: &[Code]) -> Value {
    let lines: Vec<_> = codes.iter().map(|code| format!("- `{code}`: {}", code.title())).collect();
    let mut headers = request_id();
    if status == 401 {
        let challenge = json!({ "schema": { "type": "string", "const": "Bearer" } });
        headers.insert("WWW-Authenticate".to_owned(), challenge);
    }
    if codes.iter().any(|code| code.is_temporary() || *code == Code::InProgress) {
        headers.insert("Retry-After".to_owned(), json!({ "$ref": "#/components/headers/RetryAfter" }));
    }
    json!({
        "description": lines.join("\n"),
        "headers": headers,
        "content": {
            "application/problem+json": {
                "schema": schema_ref(&name(status)),
            },
        },
    })
}

/// The header of every answer.
pub(super) fn request_id() -> Map<String, Value> {
    let mut headers = Map::new();
    headers.insert("x-request-id".to_owned(), json!({ "$ref": "#/components/headers/RequestId" }));
    headers
}

/// The headers of answers.
pub(super) fn headers() -> Value {
    json!({
        "RequestId": {
            "description": "The id of the request, which the data source logs.",
            "schema": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
        },
        "RetryAfter": {
            "description": "How long to wait before asking again, in seconds.",
            "schema": { "type": "integer", "minimum": 0 },
        },
    })
}
