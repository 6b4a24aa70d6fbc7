//! The lines of the protocol, as its JSON Schema describes them.

use boon::{Compiler, Schemas};
use nest_collab::confine::{Answer, Request};
use serde_json::{Value as Json, json};

fn is_valid(part: &str, value: &Json) -> bool {
    let schema: Json =
        serde_json::from_str(include_str!("../../../../docs/collab-program.schema.json")).unwrap();
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema).unwrap();
    let index = compiler.compile(&format!("schema.json#/$defs/{part}"), &mut schemas).unwrap();
    schemas.validate(value, index).is_ok()
}

#[test]
fn requests_are_those_of_the_schema() {
    for request in [
        json!({"do": "read", "fields": ["visits"], "after": 0, "limit": 1000}),
        json!({"do": "read", "fields": []}),
        json!({"do": "send", "step": 2, "to": "b", "message": {"any": [1, null]}}),
        json!({"do": "receive", "step": 1, "from": "a"}),
        json!({"do": "put", "name": "x", "value": 7}),
        json!({"do": "take", "name": "x"}),
        json!({"do": "done"}),
        json!({"do": "done", "results": [
            {"shape": "count", "people": 7},
            {"shape": "mean", "field": "visits", "sum": -7, "people": 7},
            {"shape": "histogram", "field": "ward", "counts": [1, 2]}
        ]}),
    ] {
        assert!(is_valid("request", &request), "{request}");
        assert!(serde_json::from_value::<Request>(request.clone()).is_ok(), "{request}");
    }
    for wrong in [
        json!({"do": "read"}),
        json!({"do": "read", "fields": ["visits"], "after": -1}),
        json!({"do": "send", "step": 65536, "to": "b", "message": 1}),
        json!({"do": "send", "step": 2, "to": "b", "message": 1, "more": 1}),
        json!({"do": "dance"}),
        json!({"do": "done", "results": [{"shape": "median", "field": "visits"}]}),
        json!({"do": "done", "results": [{"shape": "count", "people": -1}]}),
        json!([]),
    ] {
        assert!(!is_valid("request", &wrong), "{wrong}");
        assert!(serde_json::from_value::<Request>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn answers_are_those_of_the_schema() {
    let record = json!({"visits": 7, "since": null}).as_object().unwrap().clone();
    for answer in [
        Answer::Read { records: vec![record], next: Some(1) },
        Answer::Read { records: Vec::new(), next: None },
        Answer::Sent {},
        Answer::Received { message: json!({"any": 1}) },
        Answer::Kept { version: 1 },
        Answer::Taken { value: None },
        Answer::Taken { value: Some(json!(1)) },
        Answer::Done {},
        Answer::Refused { reason: "no".to_owned() },
    ] {
        let answer = serde_json::to_value(&answer).unwrap();
        assert!(is_valid("answer", &answer), "{answer}");
    }
}
