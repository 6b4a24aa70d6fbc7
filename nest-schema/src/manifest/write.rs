//! A declaration as JSON.

use super::node::Node;
use crate::field::{AtRest, FieldOf};
use crate::grid;
use crate::schema::{RecordKind, SchemaOf};
use crate::time::TimeUnit;
use crate::ty::{AbsentOf, EnumSchemaOf, TypeOf};
use crate::visit::TypeVisitor;

/// A map that is being written.
#[derive(Default)]
struct Entries(Vec<(String, Node)>);

impl Entries {
    fn put(&mut self, key: &str, value: impl Into<Node>) {
        self.0.push((key.to_owned(), value.into()));
    }

    fn put_text(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.put(key, text);
        }
    }

    fn put_doc(&mut self, key: &str, doc: &str) {
        self.put_text(key, Some(doc).filter(|doc| !doc.is_empty()));
    }
}

impl From<Entries> for Node {
    fn from(entries: Entries) -> Self {
        Node::Map(entries.0)
    }
}

/// The whole manifest.
pub(super) fn manifest(schema: &SchemaOf<'_>) -> Node {
    let mut entries = Entries::default();
    entries.put("nest", 1_i128);
    record(schema, &mut entries);
    entries.into()
}

fn record(schema: &SchemaOf<'_>, entries: &mut Entries) {
    entries.put("name", schema.name);
    entries.put_doc("doc", schema.doc);
    if schema.kind != RecordKind::Record {
        entries.put("kind", schema.kind.name());
    }
    entries.put_text("activity", schema.activity);
    entries.put_text("source", schema.source);
    if schema.version != 1 {
        entries.put("version", i128::from(schema.version));
    }
    entries.put("max_blocks", schema.max_blocks as i128);
    if let Some(max_bits) = schema.declared_max_bits {
        entries.put("max_bits", i128::from(max_bits));
    }
    entries.put("fields", Node::List(schema.fields.iter().map(field).collect()));
    if !schema.variants.is_empty() {
        let variants = schema.variants.iter().map(|variant| {
            let mut entries = Entries::default();
            entries.put("name", variant.name);
            entries.put("fields", Node::List(variant.fields.iter().map(|name| Node::from(*name)).collect()));
            Node::from(entries)
        });
        entries.put("variants", Node::List(variants.collect()));
    }
}

fn field(field: &FieldOf<'_>) -> Node {
    let mut entries = Entries::default();
    entries.put("name", field.name);
    entries.put_doc("doc", field.doc);
    field.ty.visit(Describe(&mut entries));
    if field.subject {
        entries.put("subject", true);
    }
    if field.at_rest != AtRest::Sealed {
        entries.put("at_rest", field.at_rest.name());
    }
    if !field.uses.is_empty() {
        entries.put("uses", Node::List(field.uses.iter().map(|one| Node::from(one.name())).collect()));
    }
    entries.put_text("logical", field.logical);
    entries.put_text("unit", field.unit);
    entries.put_text("context", field.context);
    entries.put_text("canon", field.canon);
    if !field.waivers.is_empty() {
        let waivers = field.waivers.iter().map(|waiver| {
            let mut entries = Entries::default();
            entries.put("rule", waiver.rule.name());
            entries.put("reason", waiver.reason);
            Node::from(entries)
        });
        entries.put("waivers", Node::List(waivers.collect()));
    }
    entries.into()
}

fn labels(schema: &EnumSchemaOf<'_>) -> Node {
    let labels = schema.labels.iter().map(|label| {
        let mut entries = Entries::default();
        entries.put("name", label.name);
        entries.put("code", i128::from(label.code));
        entries.put_doc("doc", label.doc);
        Node::from(entries)
    });
    Node::List(labels.collect())
}

fn nested(ty: &TypeOf<'_>) -> Node {
    let mut entries = Entries::default();
    ty.visit(Describe(&mut entries));
    entries.into()
}

/// Writes a type into the entries of its field, or of the list that it is the item of.
struct Describe<'a>(&'a mut Entries);

impl Describe<'_> {
    fn inner(&mut self, schema: &SchemaOf<'_>) {
        let mut inner = Entries::default();
        record(schema, &mut inner);
        self.0.put("type", "record");
        self.0.put("record", inner);
    }
}

impl<'s> TypeVisitor<'s> for Describe<'_> {
    type Output = ();

    fn pseudonym(self) {
        self.0.put("type", "pseudonym");
    }

    fn bool(self) {
        self.0.put("type", "bool");
    }

    fn integer(self, min: i128, max: i128) {
        self.0.put("type", "integer");
        self.0.put("min", min);
        self.0.put("max", max);
    }

    fn decimal(self, min: i64, max: i64, decimals: u8) {
        self.0.put("type", "decimal");
        self.0.put("min", Node::Float(grid::from_steps(min, decimals)));
        self.0.put("max", Node::Float(grid::from_steps(max, decimals)));
        self.0.put("decimals", i128::from(decimals));
    }

    fn time(self, unit: TimeUnit, min: i64, max: i64) {
        self.0.put("type", "time");
        self.0.put("unit_of_time", unit.key());
        self.0.put("min", unit.format(min).as_str());
        self.0.put("max", unit.format(max).as_str());
    }

    fn label(self, schema: &'s EnumSchemaOf<'s>) {
        self.0.put("type", "label");
        self.0.put("labels_of", schema.name);
        self.0.put_doc("labels_doc", schema.doc);
        self.0.put("labels", labels(schema));
    }

    fn text(self, max_bytes: usize) {
        self.0.put("type", "text");
        self.0.put("max_bytes", max_bytes as i128);
    }

    fn optional(self, item: &'s TypeOf<'s>, absent: AbsentOf<'s>) {
        item.visit(Describe(&mut *self.0));
        match (absent, item) {
            (AbsentOf::Reasons(reasons), _) => {
                self.0.put("reasons_of", reasons.name);
                self.0.put_doc("reasons_doc", reasons.doc);
                self.0.put("reasons", labels(reasons));
            }
            (AbsentOf::BuiltIn, _) => self.0.put("absent", true),
            (AbsentOf::Text(text), _) => self.0.put("absent", text),
            (AbsentOf::Number(steps), TypeOf::Decimal { decimals, .. }) => {
                let steps = i64::try_from(steps).unwrap_or(i64::MAX);
                self.0.put("absent", Node::Float(grid::from_steps(steps, *decimals)));
            }
            (AbsentOf::Number(number), _) => self.0.put("absent", number),
        }
    }

    fn array(self, item: &'s TypeOf<'s>, len: usize) {
        self.0.put("type", "array");
        self.0.put("len", len as i128);
        self.0.put("items", nested(item));
    }

    fn list(self, item: &'s TypeOf<'s>, max_len: usize) {
        self.0.put("type", "list");
        self.0.put("max_len", max_len as i128);
        self.0.put("items", nested(item));
    }

    fn record(mut self, schema: &'s SchemaOf<'s>) {
        self.inner(schema);
    }

    fn or_filler(mut self, schema: &'s SchemaOf<'s>) {
        self.inner(schema);
        self.0.put("or_filler", true);
    }
}
