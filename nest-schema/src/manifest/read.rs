//! JSON as a declaration: strictly, with every fault at its place.

use bumpalo::Bump;
use nest_rules::Rule;

use super::fault::ManifestFault;
use super::node::Node;
use super::rules;
use crate::field::{AtRest, FieldOf, WaiverOf};
use crate::schema::{RecordKind, SchemaOf, VARIANT, VariantOf};
use crate::ty::TypeOf;
use crate::uses::{Use, Uses};

/// The deepest that records lie in records.
pub(super) const MOST_DEEP: usize = 16;

/// Reads a manifest into `bump`: the declaration, or every fault.
pub(super) fn manifest<'s>(node: &Node, bump: &'s Bump) -> Result<SchemaOf<'s>, Vec<ManifestFault>> {
    let mut reader = Reader { bump, faults: Vec::new() };
    let mut map = reader.map(node, "");
    match map.take("nest") {
        Some(Node::Integer(1)) => {}
        Some(_) => reader.fault("nest", "this is a manifest of another version: write `\"nest\": 1`"),
        None => reader.fault("nest", "it says which version of the format it is: write `\"nest\": 1`"),
    }
    let schema = reader.record(map, "", 0);
    match schema {
        Some(schema) if reader.faults.is_empty() => Ok(schema),
        _ => Err(reader.faults),
    }
}

/// The place of a field.
pub(super) fn field_place(record: &str, i: usize, name: &str) -> String {
    let separator = if record.is_empty() { "" } else { ", " };
    format!("{record}{separator}fields[{i}] {name}").trim_end().to_owned()
}

pub(super) struct Reader<'s> {
    pub(super) bump: &'s Bump,
    faults: Vec<ManifestFault>,
}

/// A map whose keys are taken out one by one: what is left was not expected.
pub(super) struct Map<'n> {
    place: String,
    pub(super) entries: Vec<(&'n str, &'n Node)>,
}

impl<'n> Map<'n> {
    pub(super) fn take(&mut self, key: &str) -> Option<&'n Node> {
        let place = self.entries.iter().position(|(known, _)| *known == key)?;
        Some(self.entries.remove(place).1)
    }

    pub(super) fn at(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}, {key}", self.place) }
    }
}

impl<'s> Reader<'s> {
    pub(super) fn fault(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.faults.push(ManifestFault { place: place.into(), message: message.into() });
    }

    pub(super) fn map<'n>(&mut self, node: &'n Node, place: &str) -> Map<'n> {
        let mut map = Map { place: place.to_owned(), entries: Vec::new() };
        let Node::Map(entries) = node else {
            self.fault(place, "an object is expected, `{…}`");
            return map;
        };
        for (key, value) in entries {
            if map.entries.iter().any(|(known, _)| known == key) {
                self.fault(map.at(key), "it is there twice: keep one");
            } else {
                map.entries.push((key, value));
            }
        }
        map
    }

    /// Reports what is left of a map.
    pub(super) fn end(&mut self, map: Map<'_>) {
        for (key, _) in &map.entries {
            self.fault(map.at(key), "it is not known here: remove it");
        }
    }

    pub(super) fn text(&mut self, map: &mut Map<'_>, key: &str) -> Option<&'s str> {
        match map.take(key)? {
            Node::Text(text) => Some(self.bump.alloc_str(text)),
            _ => {
                self.fault(map.at(key), "a text is expected");
                None
            }
        }
    }

    pub(super) fn needed_text(&mut self, map: &mut Map<'_>, key: &str) -> &'s str {
        if !map.entries.iter().any(|(known, _)| *known == key) {
            self.fault(map.at(key), "it is missing: write a text");
        }
        match self.text(map, key) {
            Some("") => {
                self.fault(map.at(key), "it is empty: write a text");
                ""
            }
            text => text.unwrap_or_default(),
        }
    }

    /// A whole number between two others.
    pub(super) fn number(&mut self, map: &mut Map<'_>, key: &str, min: i128, max: i128) -> Option<i128> {
        let number = map.take(key)?.integer().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            let message = format!(
                "a whole number from {min} to {max} is expected, beyond 2^53 as a text, `\"18446744073709551615\"`"
            );
            self.fault(map.at(key), message);
        }
        number
    }

    pub(super) fn needed_number(
        &mut self,
        map: &mut Map<'_>,
        key: &str,
        min: i128,
        max: i128,
    ) -> Option<i128> {
        if !map.entries.iter().any(|(known, _)| *known == key) {
            self.fault(map.at(key), format!("it is missing: write a whole number from {min} to {max}"));
        }
        self.number(map, key, min, max)
    }

    pub(super) fn flag(&mut self, map: &mut Map<'_>, key: &str) -> bool {
        match map.take(key) {
            None => false,
            Some(Node::Bool(value)) => *value,
            Some(_) => {
                self.fault(map.at(key), "`true` or `false` is expected");
                false
            }
        }
    }

    pub(super) fn list<'n>(&mut self, map: &mut Map<'n>, key: &str) -> &'n [Node] {
        match map.take(key) {
            None => &[],
            Some(Node::List(items)) => items,
            Some(_) => {
                self.fault(map.at(key), "a list is expected, `[…]`");
                &[]
            }
        }
    }

    pub(super) fn known<T>(
        &mut self,
        map: &mut Map<'_>,
        key: &str,
        parse: fn(&str) -> Option<T>,
        names: &str,
    ) -> Option<T> {
        let text = self.text(map, key)?;
        let parsed = parse(text);
        if parsed.is_none() {
            self.fault(map.at(key), format!("expected {names}"));
        }
        parsed
    }

    pub(super) fn record(&mut self, mut map: Map<'_>, place: &str, depth: usize) -> Option<SchemaOf<'s>> {
        if depth > MOST_DEEP {
            self.fault(place, format!("records lie in records at most {MOST_DEEP} deep: flatten them"));
            return None;
        }
        let before = self.faults.len();
        let name = self.needed_text(&mut map, "name");
        let doc = self.text(&mut map, "doc").unwrap_or_default();
        let kinds = "`record`, `progress` or `linkage`";
        let kind = self.known(&mut map, "kind", RecordKind::parse, kinds).unwrap_or(RecordKind::Record);
        let (activity, source) = (self.text(&mut map, "activity"), self.text(&mut map, "source"));
        let version = self.number(&mut map, "version", 0, u32::MAX.into());
        let max_blocks = self.number(&mut map, "max_blocks", 1, 1 << 53);
        let max_bits = self.number(&mut map, "max_bits", 0, u32::MAX.into());
        let nodes = self.list(&mut map, "fields");
        if nodes.is_empty() {
            self.fault(map.at("fields"), "a record without fields carries nothing: declare at least one");
        }
        let fields: Vec<_> = (nodes.iter().enumerate())
            .filter_map(|(i, node)| {
                let field = self.field(node, place, i, depth)?;
                Some((i, field))
            })
            .collect();
        for (n, (i, field)) in fields.iter().enumerate() {
            if fields.iter().take(n).any(|(_, other)| other.name == field.name) {
                let message = format!("two fields travel as `{}`: rename one of them", field.name);
                self.fault(field_place(place, *i, field.name), message);
            }
        }
        let fields = self.bump.alloc_slice_fill_iter(fields.into_iter().map(|(_, field)| field));
        let variants = self.variants(&mut map, fields);
        self.end(map);
        let blocks = crate::Counts::of(fields).blocks().max(1);
        let budget = max_blocks.and_then(|number| usize::try_from(number).ok()).unwrap_or(blocks);
        let mut schema = SchemaOf::new(name, kind, fields, budget).with_doc(doc).with_variants(variants);
        schema.activity = activity;
        schema.source = source;
        schema.version = version.and_then(|number| u32::try_from(number).ok()).unwrap_or(1);
        schema.declared_max_bits = max_bits.and_then(|number| u32::try_from(number).ok());
        // Rules are about what was meant: a declaration with another fault may not say that.
        if self.faults.len() == before {
            rules::broken(&schema, place, &mut self.faults);
        }
        Some(schema)
    }

    fn variants(&mut self, map: &mut Map<'_>, fields: &[FieldOf<'s>]) -> &'s [VariantOf<'s>] {
        let nodes = self.list(map, "variants");
        let mut variants = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            let place = map.at(&format!("variants[{i}]"));
            let mut variant = self.map(node, &place);
            let name = self.needed_text(&mut variant, "name");
            let mut used = Vec::new();
            for node in self.list(&mut variant, "fields") {
                match node {
                    Node::Text(text) if text != VARIANT && fields.iter().any(|field| field.name == text) => {
                        used.push(&*self.bump.alloc_str(text));
                    }
                    _ => self.fault(variant.at("fields"), "the names of fields of this record are expected"),
                }
            }
            self.end(variant);
            let fields: &'s [&'s str] = self.bump.alloc_slice_copy(&used);
            variants.push(VariantOf { name, fields });
        }
        let labels = match fields.first() {
            Some(FieldOf { name: VARIANT, ty: TypeOf::Enum(labels), .. }) => labels.labels,
            _ => &[],
        };
        let are_labels = variants.len() == labels.len()
            && variants.iter().zip(labels).all(|(variant, label)| variant.name == label.name);
        if !variants.is_empty() && !are_labels {
            let message = "the first field of a record with variants is called `variant`, and its labels are the variants, in their order";
            self.fault(map.at("variants"), message);
        }
        self.bump.alloc_slice_copy(&variants)
    }

    fn field(&mut self, node: &Node, record: &str, i: usize, depth: usize) -> Option<FieldOf<'s>> {
        let name = match node {
            Node::Map(entries) => entries.iter().find_map(|(key, value)| match value {
                Node::Text(text) if key == "name" => Some(text.as_str()),
                _ => None,
            }),
            _ => None,
        };
        let place = field_place(record, i, name.unwrap_or_default());
        let mut map = self.map(node, &place);
        let name = self.needed_text(&mut map, "name");
        if name.contains(['.', '[', ']']) {
            self.fault(&place, "a name without `.`, `[` and `]` is expected, since these lead into a value");
        }
        let doc = self.text(&mut map, "doc").unwrap_or_default();
        let ty = self.ty(&mut map, depth);
        let subject = self.flag(&mut map, "subject");
        let kept = "`sealed`, `alone` or `plain`";
        let at_rest = self.known(&mut map, "at_rest", AtRest::parse, kept).unwrap_or_default();
        let uses = self.uses(&mut map);
        let (logical, unit) = (self.text(&mut map, "logical"), self.text(&mut map, "unit"));
        let (context, canon) = (self.text(&mut map, "context"), self.text(&mut map, "canon"));
        let waivers = self.waivers(&mut map);
        self.end(map);
        let mut field =
            FieldOf::new(name, ty?).with_doc(doc).with_at_rest(at_rest).with_uses(uses).with_waivers(waivers);
        field.subject = subject;
        field.logical = logical;
        field.unit = unit;
        field.context = context;
        field.canon = canon;
        Some(field)
    }

    fn uses(&mut self, map: &mut Map<'_>) -> Uses {
        let mut uses = Vec::new();
        for node in self.list(map, "uses") {
            match node {
                Node::Text(text) => match Use::parse(text) {
                    Some(one) if uses.contains(&one) => {
                        self.fault(map.at("uses"), "a use is there twice: keep one")
                    }
                    Some(one) => uses.push(one),
                    None => {
                        let names: Vec<_> = Use::ALL.into_iter().map(Use::name).collect();
                        self.fault(map.at("uses"), format!("expected {}", names.join(", ")));
                    }
                },
                _ => self.fault(map.at("uses"), "a list of texts is expected"),
            }
        }
        uses.into_iter().collect()
    }

    fn waivers(&mut self, map: &mut Map<'_>) -> &'s [WaiverOf<'s>] {
        let mut waivers = Vec::new();
        for (i, node) in self.list(map, "waivers").iter().enumerate() {
            let mut waiver = self.map(node, &map.at(&format!("waivers[{i}]")));
            let name = self.needed_text(&mut waiver, "rule");
            let reason = self.needed_text(&mut waiver, "reason");
            match Rule::ALL.into_iter().find(|rule| rule.name() == name) {
                Some(rule) if rule.waivable() => waivers.push(WaiverOf { rule, reason }),
                Some(_) => self.fault(waiver.at("rule"), "this rule cannot be set aside"),
                None => self.fault(waiver.at("rule"), "the name of a rule is expected, as in its messages"),
            }
            self.end(waiver);
        }
        self.bump.alloc_slice_copy(&waivers)
    }
}
