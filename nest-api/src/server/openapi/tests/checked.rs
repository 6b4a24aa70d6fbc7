//! A validator of JSON Schema that knows nothing of nest.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use crate::operation::Route;

/// A schema within the document, compiled.
pub(super) struct Checked {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Checked {
    pub(super) fn new(document: &Value, pointer: &str) -> Self {
        const URL: &str = "http://localhost/openapi.json";
        let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
        compiler.add_resource(URL, document.clone()).unwrap();
        let compiled = compiler.compile(&format!("{URL}#{pointer}"), &mut schemas);
        let index = compiled.unwrap_or_else(|error| panic!("{pointer}: {error:#}"));
        Self { schemas, index }
    }

    pub(super) fn component(document: &Value, name: &str) -> Self {
        Self::new(document, &format!("/components/schemas/{name}"))
    }

    pub(super) fn request(document: &Value, route: Route) -> Self {
        Self::of_route(document, route, "requestBody")
    }

    pub(super) fn answer(document: &Value, route: Route) -> Self {
        Self::of_route(document, route, "responses/200")
    }

    fn of_route(document: &Value, route: Route, part: &str) -> Self {
        let path = route.path().replace('/', "~1");
        Self::new(document, &format!("/paths/{path}/post/{part}/content/application~1json/schema"))
    }

    pub(super) fn fault(&self, instance: &Value) -> Option<String> {
        self.schemas.validate(instance, self.index).err().map(|error| format!("{error:#}"))
    }

    pub(super) fn accepts(&self, instance: &Value) -> bool {
        self.fault(instance).is_none()
    }
}
