//! The API description: OpenAPI 3.1, made from the schemas that seal the records.
//!
//! No second declaration could disagree. The routes come from the table that is mounted, and each item from the
//! schema that reads it.

mod components;
mod encoding;
mod message;
mod names;
mod paths;
mod plain;
mod problems;
mod rendered;
mod sealed;
pub(crate) mod serve;
#[cfg(feature = "swagger-ui")]
mod swagger_ui;
#[cfg(test)]
mod tests;

use nest_core::Domain;
use nest_core::schema::Schema;
use serde_json::{Map, Value, json};

use self::components::Components;
use self::names::Names;
pub(crate) use self::paths::does;
pub(crate) use self::rendered::Rendered;
use crate::operation::{PARTICIPANTS, Route};

/// One route, with the items that travel on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Described {
    pub(crate) route: Route,
    /// The record that it is about.
    pub(crate) about: &'static Schema,
    pub(crate) item: &'static Schema,
    pub(crate) reply: &'static Schema,
}

/// All that is described of a data source.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) routes: Vec<Described>,
    pub(crate) domains: Vec<Domain>,
    /// The most records in a request.
    pub(crate) records: usize,
}

/// What the document says about itself.
const ABOUT: &str = "Every operation takes and gives a message with a batch of sealed records. A record is encrypted \
    block by block, and is one text of one length. The schemas called `Sealed…` say what travels. Each names in \
    `x-nest-plain` the schema of the opened record. Its `x-nest-blocks` lists the fields in their order, each with its \
    kind, its number of blocks, and what is within it. That is the shape of the record. A message names its fingerprint \
    as `shape`, and a message of another shape is refused. What the values mean, with ranges, labels and versions, has \
    a fingerprint too. A message names it as `meaning`.\n\n\
    `x-nest-route` of an operation is the mark that is sealed in the tag of each of its items: the operation in the \
    lowest six bits, and 24 bits of a hash of the activity and the meaning.\n\n\
    An answer has one reply for each item, in any order. Whether a reply holds a record is sealed in it. A \
    request fails as a whole only for reasons that its sender knows already.\n\n\
    `x-nest` of a record or a field: `blocks` are the encryption blocks that it always takes, `bits` the most \
    identifying bits of its values, `waivers` the rules that it sets aside, with the reason.";

impl Description {
    /// The data source by the domains that it has.
    fn title(&self) -> String {
        let names: Vec<_> = self.domains.iter().map(Domain::as_str).collect();
        let noun = if names.len() == 1 { "domain" } else { "domains" };
        format!("Data source of the {noun} {}", names.join(", "))
    }

    /// The document of the routes that pass. Its order depends on the declarations alone.
    pub(crate) fn document(&self, passes: impl Fn(Route) -> bool) -> Value {
        let routes: Vec<Described> =
            self.routes.iter().copied().filter(|described| passes(described.route)).collect();
        let mut components = Components::new();
        let names = Names::new(routes.iter().map(|described| described.route.subject()));
        let mut paths = paths::monitoring();
        for described in &routes {
            let item = paths::operation(described, self, &names, &mut components);
            paths.insert(described.route.path(), json!({ "post": item }));
        }
        let mut problems = Map::new();
        if !routes.is_empty() {
            problems = problems::responses();
        }
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": self.title(),
                "version": "1",
                "description": ABOUT,
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            },
            // Relative to this document, because a proxy may have it below a path of its own.
            "servers": [{ "url": "../..", "description": "The data source that this document is from." }],
            "x-nest-encodings": encoding::all(),
            "security": [{ "token": [] }],
            "tags": tags(&names),
            "paths": paths,
            "components": {
                "schemas": components.into_schemas(),
                "responses": problems,
                "headers": problems::headers(),
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": "The token that the data source knows the caller by.",
                    },
                },
            },
        })
    }
}

/// One tag for each subject, in the order in which they were added.
fn tags(names: &Names) -> Vec<Value> {
    let tag = |subject: &'static str| {
        let description = if subject == PARTICIPANTS {
            "Who takes part.".to_owned()
        } else {
            format!("The activity `{subject}`.")
        };
        json!({ "name": names.tag(subject), "description": description })
    };
    let monitoring = json!({ "name": paths::MONITORING, "description": "For the operator of the server." });
    names.subjects().map(tag).chain([monitoring]).collect()
}

/// A reference to a schema of the document.
fn schema_ref(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An object with these properties, all of them, and no others.
fn object(properties: Map<String, Value>) -> Value {
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "type": "object",
        "required": required,
        "additionalProperties": false,
        "properties": properties,
    })
}
