//! The document as a whole, and what it says of records and problems.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::checked::Checked;
use super::clinic::{Visit, api};
use crate::Code;
use crate::operation::Route;
use crate::prelude::*;
use crate::wire::item::Given;

fn refs(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(parts) => {
            if let Some(Value::String(to)) = parts.get("$ref") {
                found.insert(to.clone());
            }
            parts.values().for_each(|part| refs(part, found));
        }
        Value::Array(items) => items.iter().for_each(|item| refs(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = api().openapi();
    let mut found = BTreeSet::new();
    refs(&document, &mut found);
    for to in &found {
        assert!(document.pointer(to.strip_prefix('#').unwrap()).is_some(), "{to}");
    }
    for kind in ["schemas", "responses", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(found.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name}");
        }
    }
}

#[test]
fn all_components_are_schemas() {
    let document = api().openapi();
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        Checked::component(&document, name);
    }
}

#[test]
fn the_routes_are_described_and_nothing_else() {
    let (api, document) = (api(), api().openapi());
    let paths: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let routes: Vec<_> = api.routes().into_iter().map(Route::path).collect();
    let mut expected: BTreeSet<&str> = routes.iter().map(String::as_str).collect();
    expected.extend(["/api/v1/health", "/api/v1/ready"]);
    assert_eq!(paths, expected);
    assert!(paths.contains("/api/v1/activities/visits/delete_batch"));
    assert!(!paths.iter().any(|path| path.contains("update")));

    let mut ids = BTreeSet::new();
    for path in document["paths"].as_object().unwrap().values() {
        let (method, operation) = path.as_object().unwrap().iter().next().unwrap();
        assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{method}");
    }
    assert!(ids.contains("visits_results_batch") && ids.contains("participants_create"));
}

#[test]
fn what_may_not_be_called_can_be_left_out() {
    let document = api().description.description().document(|route| route.subject() == "a-walk");
    let text = document.to_string();
    assert!(text.contains("walks"));
    for name in ["visit", "Visit", "consent", "Person"] {
        assert!(!text.contains(name), "{name} in {text}");
    }
}

#[test]
fn the_same_declarations_give_the_same_document() {
    assert_eq!(api().openapi().to_string(), api().openapi().to_string());
}

#[test]
fn what_is_inside_is_described_with_its_bounds() {
    let document = api().openapi();
    let visits = Checked::component(&document, "Visit");
    let good = json!({
        "visitor": "0a".repeat(32), "word": "good", "remark": "Came on foot.", "temperature": 37.5,
        "month": "2024-05", "marks": [1, 2], "places": ["Doctor"], "paid": null, "visit_id": 7,
        "ending": { "variant": "Missed", "place": "School" },
    });
    assert_eq!(visits.fault(&good), None);
    for (field, value) in [
        ("visitor", json!("anna")),
        ("word", json!("elevenbytes")),
        ("temperature", json!(43)),
        ("month", json!("2024-13")),
        ("marks", json!([1])),
        ("marks", json!([1, 10])),
        ("places", json!(["Doctor", "School", "Doctor"])),
        ("places", json!(["Church"])),
        ("visit_id", json!(null)),
        ("ending", json!({ "variant": "Done", "place": "School" })),
        ("name", json!("anna")),
    ] {
        let mut wrong = good.clone();
        wrong[field] = value;
        assert!(!visits.accepts(&wrong), "{field}");
    }

    let visit = &document["components"]["schemas"]["Visit"];
    assert_eq!(visit["x-nest"]["blocks"], json!(Visit::SCHEMA.blocks()));
    assert_eq!(visit["x-nest"]["bits"], json!(Visit::SCHEMA.bits()));
    assert_eq!((&visit["x-nest"]["kind"], &visit["x-nest"]["version"]), (&json!("record"), &json!(3)));
    let waiver =
        json!({ "field": "visit_id", "rule": "global-identifier", "reason": "drawn for this study" });
    assert_eq!(visit["x-nest"]["waivers"], json!([waiver]));
    let fields = &visit["properties"];
    assert_eq!(fields["remark"]["description"], "What was said.\n\nText, at most 40 bytes.");
    assert_eq!(fields["remark"]["x-nest"]["blocks"], json!(3));
    assert_eq!(fields["temperature"]["anyOf"][0]["x-nest"]["decimals"], json!(1));
    assert!(!document.to_string().contains("multipleOf"));
    assert_eq!(fields["temperature"]["x-nest"]["absent"], json!(0.0));
    assert_eq!(fields["temperature"]["x-nest"]["uses"], json!(["sum"]));
    assert_eq!(fields["temperature"]["x-nest"]["logical"], "medical");
    assert_eq!(fields["temperature"]["x-nest"]["measured-in"], "Cel");
    assert_eq!(fields["temperature"]["x-nest"]["context"], "inside");
    assert_eq!(fields["visitor"]["x-nest"]["subject"], json!(true));
    assert_eq!(fields["month"]["x-nest"].get("uses"), None);
    assert_eq!(fields["paid"]["x-nest"]["absent"], json!(2));
    assert_eq!(fields["month"]["x-nest"]["unit"], "month");
    assert_eq!(fields["visitor"]["x-nest"]["role"], "pseudonym");
    let doctor = json!({ "name": "Doctor", "code": 0, "description": "At the doctor's." });
    assert_eq!(fields["places"]["items"]["x-nest"]["labels"][0], doctor);
}

#[test]
fn what_lies_where_in_a_sealed_record_is_described() {
    let document = api().openapi();
    let schemas = &document["components"]["schemas"];
    let sealed = &schemas["SealedGivenVisit"];
    assert_eq!(sealed["x-nest-plain"]["$ref"], "#/components/schemas/GivenVisit");
    let record = &schemas["GivenVisit"]["properties"]["record"]["$ref"];
    assert_eq!(record, "#/components/schemas/Visit");
    assert_eq!(sealed["x-nest-shape"], json!(Given::<Visit>::SCHEMA.shape_fingerprint()));
    let leaf = |name: &str, kind: &str, encoding: &str, blocks: usize| json!({ "name": name, "kind": kind, "encoding": encoding, "blocks": blocks });
    let array = |name: &str, encoding: &str, len: usize| {
        let each = json!({ "kind": "Number", "encoding": encoding, "blocks": 1 });
        json!({ "name": name, "kind": "Array", "blocks": len, "len": len, "each": each })
    };
    let expected = json!([
        leaf("who", "Pseudonym", "pseudonym", 1),
        leaf("tag", "Number", "integer", 1),
        { "name": "record", "kind": "Object", "blocks": Visit::BLOCKS, "fields": [
            leaf("visitor", "Pseudonym", "pseudonym", 1),
            leaf("word", "String", "text", 1),
            leaf("remark", "LongString", "text", 3),
            leaf("temperature", "Number", "decimal", 1),
            leaf("month", "Number", "time", 1),
            array("marks", "integer", 2),
            { "name": "places", "kind": "Object", "encoding": "list", "blocks": 3, "fields": [
                leaf("count", "Number", "integer", 1), array("items", "label", 2),
            ] },
            { "name": "ending", "kind": "Object", "blocks": 3, "fields": [
                leaf("variant", "Number", "label", 1),
                leaf("minutes", "Number", "integer", 1),
                leaf("place", "Number", "label", 1),
            ] },
            leaf("visit_id", "Number", "integer", 1),
            leaf("paid", "Bool", "bool", 1),
        ] },
    ]);
    for encoding in ["pseudonym", "bool", "integer", "decimal", "label", "time", "text", "list", "filler"] {
        assert!(document["x-nest-encodings"][encoding].is_string(), "{encoding}");
    }
    assert_eq!(sealed["x-nest-blocks"], expected);
    let blocks = 2 + Visit::BLOCKS;
    assert_eq!(sealed["maxLength"], json!((blocks * 64 * 4).div_ceil(3)));
    assert!(sealed["description"].as_str().unwrap().contains(&format!("{blocks} encrypted blocks")));
}

/// What is hashed of the fields of an object, as they are described.
fn hashed(fields: &Value, hash: &mut Sha256) {
    let number = |number: usize, hash: &mut Sha256| hash.update((number as u64).to_be_bytes());
    let text = |text: &Value, hash: &mut Sha256| {
        let text = text.as_str().unwrap();
        number(text.len(), hash);
        hash.update(text);
    };
    let fields = fields.as_array().unwrap();
    number(fields.len(), hash);
    for field in fields {
        text(&field["name"], hash);
        let mut part = field;
        while part["kind"] == "Array" {
            text(&part["kind"], hash);
            number(part["len"].as_u64().unwrap() as usize, hash);
            part = &part["each"];
        }
        text(&part["kind"], hash);
        match part.get("fields") {
            Some(fields) => hashed(fields, hash),
            None => number(part["blocks"].as_u64().unwrap() as usize, hash),
        }
    }
}

#[test]
fn the_shape_of_a_message_is_that_of_what_lies_where() {
    let document = api().openapi();
    let sealed = &document["components"]["schemas"]["SealedGivenVisit"];
    let mut hash = Sha256::new();
    for text in ["nest shape 1", "Object"] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hashed(&sealed["x-nest-blocks"], &mut hash);
    let digits: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sealed["x-nest-shape"], digits);
    let create =
        "/paths/~1api~1v1~1activities~1visits~1create/post/requestBody/content/application~1json/schema";
    assert_eq!(
        document.pointer(create).unwrap()["properties"]["batch"]["properties"]["shape"]["const"],
        digits
    );
}

#[test]
fn records_of_one_name_are_described_each_by_itself() {
    let document = api().openapi();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    assert!(schemas["Progress"]["properties"].get("visits").is_some());
    assert!(schemas["Progress_2"]["properties"].get("walks").is_some());
    assert!(schemas.contains_key("SealedReplyProgress_2"));
}

#[test]
fn every_problem_is_described() {
    let document = api().openapi();
    let responses = document["components"]["responses"].as_object().unwrap();
    let mut described = BTreeSet::new();
    for (name, response) in responses {
        let of_response = &response["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(of_response, &json!(format!("#/components/schemas/{name}")));
        let parts = &document["components"]["schemas"][name]["properties"];
        assert_eq!(name, &format!("Problem{}", parts["status"]["const"]));
        described.extend(parts["code"]["enum"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()));
    }
    let absent: Vec<_> = Code::ALL.iter().filter(|code| !described.contains(code.as_str())).collect();
    assert_eq!(absent, [&Code::NotFound, &Code::MethodNotAllowed, &Code::NotSupported]);

    let operation = |name: &str| &document["paths"][&format!("/api/v1/activities/visits/{name}")]["post"];
    assert_eq!(operation("create")["parameters"][0]["name"], "Idempotency-Key");
    assert!(operation("create")["responses"].get("409").is_some());
    assert_eq!(operation("results")["parameters"], json!([]));
    assert!(operation("results")["responses"].get("409").is_none());
    assert!(responses["Problem503"]["headers"].get("Retry-After").is_some());
    assert!(responses["Problem422"]["headers"].get("Retry-After").is_none());
}

#[test]
fn the_document_names_its_source_and_where_it_is() {
    let document = api().openapi();
    assert_eq!(document["info"]["title"], "Data source of the domains clinic, clinic-2");
    assert_eq!(document["info"]["license"]["identifier"], "Apache-2.0");
    assert_eq!(document["servers"][0]["url"], "../..");
    let tags: Vec<_> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    assert_eq!(tags.iter().collect::<BTreeSet<_>>().len(), tags.len());
}

#[test]
fn the_report_has_every_route_and_every_record() {
    let (api, report) = (api(), api().report("Visits").to_html());
    for route in api.routes().into_iter().filter(|route| route.mode() == crate::Mode::Single) {
        assert!(report.replace("<wbr>", "").contains(&route.path()), "{}", route.path());
    }
    for described in &api.description.description().routes {
        for schema in [described.item, described.reply] {
            assert!(report.contains(&format!(": {} blocks", schema.blocks())), "{}", schema.name);
        }
        assert!(report.contains(&described.about.meaning_fingerprint().to_string()));
    }
    assert!(report.contains("clinic, clinic-2") && report.contains("nest-api 0.1.0"));
    // Two records are called `Progress`.
    assert!(report.contains("id=\"record-Progress\"") && report.contains("id=\"record-Progress-2\""));
}
