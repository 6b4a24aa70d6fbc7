//! The description of the routes in OpenAPI 3.1, from their table.

use serde_json::{Map, Value as Json, json};

use super::routes::{Access, RouteInfo, routes};
use super::{BASE, Problem};

/// The whole document.
pub(super) fn document() -> Json {
    let mut paths = Map::new();
    for route in routes() {
        let path = format!("{BASE}{}", route.path);
        let methods = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(route.method.to_lowercase(), operation(route));
        }
    }
    let codes: Vec<&str> = Problem::CODES.iter().map(|(code, _)| *code).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "nest-market",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A market for data: people decide before each use, processors get protected answers.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "session": { "type": "http", "scheme": "bearer", "description": "The token of a session." },
                "push": { "type": "http", "scheme": "bearer", "description": "The push token of one source." },
            },
            "schemas": { "Problem": {
                "type": "object",
                "required": ["type", "title", "status", "code", "detail"],
                "properties": {
                    "type": { "type": "string" },
                    "title": { "type": "string" },
                    "status": { "type": "integer" },
                    "code": { "type": "string", "enum": codes },
                    "detail": { "type": "string" },
                    "at": { "type": "array", "items": { "type": "integer" }, "description": "The place of a mistake in a query." },
                    "fault": { "type": "string" },
                    "repair": { "type": "string" },
                    "record": { "type": "integer", "description": "The record of a pack that is at fault." },
                },
            } },
        },
    })
}

fn operation(route: &RouteInfo) -> Json {
    let mut operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "responses": {
            route.status.to_string(): { "description": "It succeeded." },
            "default": {
                "description": "It failed.",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            },
        },
    });
    let Some(fields) = operation.as_object_mut() else { return operation };
    let security = match route.access {
        Access::Open => json!([]),
        Access::PushToken => json!([{ "push": [] }]),
        _ => json!([{ "session": [] }]),
    };
    fields.insert("security".to_owned(), security);
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Json> = names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    if !parameters.is_empty() {
        fields.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = body(route) {
        fields.insert("requestBody".to_owned(), body);
    }
    operation
}

fn body(route: &RouteInfo) -> Option<Json> {
    let content = if route.access == Access::PushToken {
        let array = json!({ "schema": { "type": "array", "items": { "type": "object" } } });
        json!({ "application/senml+json": array, "application/sensml+json": array })
    } else if !route.body.is_empty() {
        let properties: Map<String, Json> =
            route.body.iter().map(|(name, _)| ((*name).to_owned(), json!({}))).collect();
        let required: Vec<&str> =
            route.body.iter().filter(|(_, required)| *required).map(|(name, _)| *name).collect();
        json!({ "application/json": { "schema": {
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        } } })
    } else {
        return None;
    };
    Some(json!({ "required": true, "content": content }))
}

/// `get-me-sources-source`.
fn operation_id(route: &RouteInfo) -> String {
    let path: String = route
        .path
        .chars()
        .filter(|c| !matches!(c, '{' | '}'))
        .map(|c| if c == '/' { '-' } else { c })
        .collect();
    format!("{}{path}", route.method.to_lowercase())
}
