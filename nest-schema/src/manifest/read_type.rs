//! The type of a field or of an item, read from JSON: its kind, its bounds, and what stands for absence.

use super::node::Node;
use super::read::{MOST_DEEP, Map, Reader};
use crate::check::Nest;
use crate::grid::{MAX_DECIMALS, to_steps};
use crate::time::TimeUnit;
use crate::ty::{AbsentOf, EnumSchemaOf, LabelOf, MAX_CODE, MIN_CODE, TypeOf};

impl<'s> Reader<'s> {
    /// The type of a field or of an item, with what stands for absence.
    pub(super) fn ty(&mut self, map: &mut Map<'_>, depth: usize) -> Option<TypeOf<'s>> {
        let ty = self.present(map, depth);
        if let Some(absent) = self.reasons(map) {
            return Some(TypeOf::Optional { item: self.bump.alloc(ty?), absent });
        }
        let Some(node) = map.take("absent") else { return ty };
        let ty = ty?;
        let absent = match (node, ty) {
            (Node::Bool(true), TypeOf::Bool | TypeOf::Enum(_) | TypeOf::Time { .. }) => {
                Some(AbsentOf::BuiltIn)
            }
            (Node::Text(text), TypeOf::Text { max_bytes }) if text.len() <= max_bytes => {
                Some(AbsentOf::Text(self.bump.alloc_str(text)))
            }
            (node, TypeOf::Integer { min, max }) => node
                .integer()
                .filter(|number| (WIDEST.0..=WIDEST.1).contains(number) && !(min..=max).contains(number))
                .map(AbsentOf::Number),
            (node, TypeOf::Decimal { min, max, decimals }) => node
                .number()
                .and_then(|number| to_steps(number, decimals))
                .filter(|steps| !(min..=max).contains(steps))
                .map(|steps| AbsentOf::Number(steps.into())),
            _ => None,
        };
        match absent {
            Some(absent) => Some(TypeOf::Optional { item: self.bump.alloc(ty), absent }),
            None => {
                let message = "what stands for absence is `true` for a bool, a label and a time, a number outside the bounds for a number, and a text within `max_bytes` for a text; nothing else can be absent";
                self.fault(map.at("absent"), message);
                None
            }
        }
    }

    fn present(&mut self, map: &mut Map<'_>, depth: usize) -> Option<TypeOf<'s>> {
        match self.needed_text(map, "type") {
            "pseudonym" => Some(TypeOf::Pseudonym),
            "bool" => Some(TypeOf::Bool),
            "integer" => {
                let (min, max) = (self.whole_bound(map, "min"), self.whole_bound(map, "max"));
                let (min, max) = self.ordered(map, min, max)?;
                Some(TypeOf::Integer { min, max })
            }
            "decimal" => {
                let decimals = self.needed_number(map, "decimals", 0, MAX_DECIMALS.into());
                let decimals = u8::try_from(decimals?).ok()?;
                let (min, max) =
                    (self.step_bound(map, "min", decimals), self.step_bound(map, "max", decimals));
                let (min, max) = self.ordered(map, min, max)?;
                Some(TypeOf::Decimal { min, max, decimals })
            }
            "time" => {
                let units = "`year`, `month`, `iso_week`, `day`, `hour` or `time_of_day`";
                if !map.entries.iter().any(|(key, _)| *key == "unit_of_time") {
                    self.fault(map.at("unit_of_time"), format!("it is missing: write {units}"));
                }
                let unit = self.known(map, "unit_of_time", TimeUnit::from_key, units)?;
                let (min, max) = (self.time_bound(map, "min", unit), self.time_bound(map, "max", unit));
                let (min, max) = self.ordered(map, min, max)?;
                Some(TypeOf::Time { unit, min, max })
            }
            "label" => self.labels(map),
            "text" => {
                let max_bytes = self.needed_number(map, "max_bytes", 1, 1 << 20)?;
                Some(TypeOf::Text { max_bytes: usize::try_from(max_bytes).ok()? })
            }
            "array" => {
                let (len, item) = (self.needed_number(map, "len", 1, 65_536), self.item(map, depth));
                Some(TypeOf::Array { item: item?, len: usize::try_from(len?).ok()? })
            }
            "list" => {
                let (max_len, item) = (self.needed_number(map, "max_len", 1, 65_536), self.item(map, depth));
                let item = item?;
                if Nest::of(item).lists > 0 {
                    self.fault(map.at("items"), nest_rules::NESTED_LIST);
                    return None;
                }
                Some(TypeOf::List { item, max_len: usize::try_from(max_len?).ok()? })
            }
            "record" => {
                let place = map.at("record");
                let Some(node) = map.take("record") else {
                    self.fault(place, "it is missing: write the record, `{\"name\": …, \"fields\": […]}`");
                    return None;
                };
                let inner = self.map(node, &place);
                let schema = self.record(inner, &place, depth + 1);
                let or_filler = self.flag(map, "or_filler");
                let schema = &*self.bump.alloc(schema?);
                Some(if or_filler { TypeOf::OrFiller(schema) } else { TypeOf::Record(schema) })
            }
            "" => None,
            _ => {
                let message = "expected `pseudonym`, `bool`, `integer`, `decimal`, `time`, `label`, `text`, `array`, `list` or `record`";
                self.fault(map.at("type"), message);
                None
            }
        }
    }

    fn item(&mut self, map: &mut Map<'_>, depth: usize) -> Option<&'s TypeOf<'s>> {
        let place = map.at("items");
        let Some(node) = map.take("items") else {
            self.fault(place, "it is missing: write the type of each item, `{\"type\": …}`");
            return None;
        };
        // Arrays of arrays may lie deep as well.
        if depth >= MOST_DEEP {
            self.fault(place, format!("values lie in values at most {MOST_DEEP} deep: flatten them"));
            return None;
        }
        let mut inner = self.map(node, &place);
        let ty = self.ty(&mut inner, depth + 1);
        self.end(inner);
        Some(self.bump.alloc(ty?))
    }

    fn ordered<T: PartialOrd>(&mut self, map: &Map<'_>, min: Option<T>, max: Option<T>) -> Option<(T, T)> {
        let (min, max) = (min?, max?);
        if min > max {
            self.fault(map.at("min"), "it is larger than `max`: turn them round");
            return None;
        }
        Some((min, max))
    }

    fn whole_bound(&mut self, map: &mut Map<'_>, key: &str) -> Option<i128> {
        self.needed_number(map, key, WIDEST.0, WIDEST.1)
    }

    fn step_bound(&mut self, map: &mut Map<'_>, key: &str, decimals: u8) -> Option<i64> {
        let steps = map.take(key).and_then(Node::number).and_then(|number| to_steps(number, decimals));
        if steps.is_none() {
            let message =
                format!("a number of at most {decimals} decimals is expected, small enough to be exact");
            self.fault(map.at(key), message);
        }
        steps
    }

    fn time_bound(&mut self, map: &mut Map<'_>, key: &str, unit: TimeUnit) -> Option<i64> {
        let count = match map.take(key) {
            Some(Node::Text(text)) => unit.parse(text),
            _ => None,
        };
        if count.is_none() {
            self.fault(
                map.at(key),
                format!("a {} is expected, written like \"{}\"", unit.name(), unit.example()),
            );
        }
        count
    }

    /// The reasons for absence, where there are some. Whether one could be taken for a value is a rule of the field.
    fn reasons(&mut self, map: &mut Map<'_>) -> Option<AbsentOf<'s>> {
        if !map.entries.iter().any(|(key, _)| *key == "reasons") {
            return None;
        }
        let reasons = self.set_of_labels(map, "reasons");
        if map.take("absent").is_some() {
            self.fault(map.at("absent"), "the reasons say what stands for absence: remove `absent`");
        }
        Some(AbsentOf::Reasons(self.bump.alloc(reasons?)))
    }

    fn labels(&mut self, map: &mut Map<'_>) -> Option<TypeOf<'s>> {
        let labels = self.set_of_labels(map, "labels")?;
        Some(TypeOf::Enum(self.bump.alloc(labels)))
    }

    /// A set of labels: `labels`, `labels_of` and `labels_doc`, or the same of `reasons`.
    fn set_of_labels(&mut self, map: &mut Map<'_>, key: &str) -> Option<EnumSchemaOf<'s>> {
        let name = self.text(map, &format!("{key}_of")).unwrap_or_default();
        let doc = self.text(map, &format!("{key}_doc")).unwrap_or_default();
        let nodes = self.list(map, key);
        if nodes.is_empty() {
            self.fault(map.at(key), format!("{key} without any have no value: write at least one"));
        }
        let mut labels: Vec<LabelOf<'s>> = Vec::new();
        let mut next = 0;
        for (i, node) in nodes.iter().enumerate() {
            let place = map.at(&format!("{key}[{i}]"));
            let label = match node {
                Node::Text(text) => LabelOf { name: self.bump.alloc_str(text), code: next, doc: "" },
                _ => {
                    let mut inner = self.map(node, &place);
                    let name = self.needed_text(&mut inner, "name");
                    let code = self.number(&mut inner, "code", MIN_CODE.into(), MAX_CODE.into());
                    let doc = self.text(&mut inner, "doc").unwrap_or_default();
                    self.end(inner);
                    let code = code.and_then(|code| i32::try_from(code).ok()).unwrap_or(next);
                    LabelOf { name, code, doc }
                }
            };
            next = label.code.saturating_add(1);
            labels.push(label);
        }
        let mut names: Vec<_> = labels.iter().map(|label| label.name).collect();
        let mut codes: Vec<_> = labels.iter().map(|label| label.code).collect();
        names.sort_unstable();
        codes.sort_unstable();
        let twice = names.windows(2).any(|pair| pair.first() == pair.last())
            || codes.windows(2).any(|pair| pair.first() == pair.last());
        if twice || codes.last() > Some(&MAX_CODE) {
            let message = format!("{key} have names and codes of their own, and no code is above {MAX_CODE}");
            self.fault(map.at(key), message);
            return None;
        }
        Some(EnumSchemaOf { name, doc, labels: self.bump.alloc_slice_copy(&labels) })
    }
}

/// What a whole number can be on the wire.
const WIDEST: (i128, i128) = (i64::MIN as i128, u64::MAX as i128);
