//! The leaves of a record: the values that cannot be taken apart any further, each with its path and its blocks.

use std::ops::Range;

use crate::field::FieldOf;
use crate::schema::{SchemaOf, VARIANT};
use crate::time::TimeUnit;
use crate::ty::{AbsentOf, EnumSchemaOf, LIST_COUNT, TypeOf};
use crate::visit::TypeVisitor;

/// One value of a record that cannot be taken apart any further.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Leaf<'s> {
    /// Where it stands: `remark`, `address.city`, `marks[2]`; `marks.count` for the number of items of a list.
    pub path: String,
    /// The innermost field that it belongs to.
    pub field: &'s FieldOf<'s>,
    /// Its type. A value that may be absent is one leaf, of the optional type.
    pub ty: TypeOf<'s>,
    /// Its blocks among those of the record.
    pub place: Range<usize>,
    /// Its bytes among those of the record in plaintext: see [`SchemaOf::plain_len`].
    pub bytes: Range<usize>,
    /// Whether it may hold filler, which is no value: an item beyond the count of a list, a field that another variant
    /// uses, or a record in whose place filler may stand. Filler is never counted as a person.
    pub filler: bool,
}

/// The leaves of a record.
pub(crate) fn leaves<'s>(schema: &SchemaOf<'s>) -> Vec<Leaf<'s>> {
    let mut leaves = Leaves { found: Vec::new(), blocks: 0, bytes: 0 };
    leaves.record(schema, "", false);
    leaves.found
}

struct Leaves<'s> {
    found: Vec<Leaf<'s>>,
    blocks: usize,
    bytes: usize,
}

impl<'s> Leaves<'s> {
    fn record(&mut self, schema: &SchemaOf<'s>, prefix: &str, filler: bool) {
        for field in schema.fields {
            let path =
                if prefix.is_empty() { field.name.to_owned() } else { format!("{prefix}.{}", field.name) };
            // Where there are variants, every field but theirs may be one that the others use.
            let filler = filler || !schema.variants.is_empty() && field.name != VARIANT;
            field.ty.visit(Place { leaves: self, field, path, filler, ty: field.ty });
        }
    }

    fn leaf(&mut self, field: &'s FieldOf<'s>, path: String, ty: TypeOf<'s>, filler: bool) {
        let (place, bytes) = (self.blocks, self.bytes);
        self.blocks = place.saturating_add(ty.blocks());
        self.bytes = bytes.saturating_add(ty.plain_len());
        self.found.push(Leaf {
            path,
            field,
            ty,
            place: place..self.blocks,
            bytes: bytes..self.bytes,
            filler,
        });
    }
}

/// A value of the record.
struct Place<'a, 's> {
    leaves: &'a mut Leaves<'s>,
    field: &'s FieldOf<'s>,
    path: String,
    filler: bool,
    ty: TypeOf<'s>,
}

impl<'s> Place<'_, 's> {
    fn put_leaf(self) {
        self.leaves.leaf(self.field, self.path, self.ty, self.filler);
    }

    fn items(self, item: &'s TypeOf<'s>, len: usize, filler: bool) {
        for i in 0..len {
            let path = format!("{}[{i}]", self.path);
            item.visit(Place { leaves: &mut *self.leaves, field: self.field, path, filler, ty: *item });
        }
    }
}

impl<'s> TypeVisitor<'s> for Place<'_, 's> {
    type Output = ();

    fn pseudonym(self) {
        self.put_leaf();
    }

    fn bool(self) {
        self.put_leaf();
    }

    fn integer(self, _: i128, _: i128) {
        self.put_leaf();
    }

    fn decimal(self, _: i64, _: i64, _: u8) {
        self.put_leaf();
    }

    fn time(self, _: TimeUnit, _: i64, _: i64) {
        self.put_leaf();
    }

    fn label(self, _: &'s EnumSchemaOf<'s>) {
        self.put_leaf();
    }

    fn text(self, _: usize) {
        self.put_leaf();
    }

    fn optional(self, _: &'s TypeOf<'s>, _: AbsentOf<'s>) {
        self.put_leaf();
    }

    fn array(self, item: &'s TypeOf<'s>, len: usize) {
        let filler = self.filler;
        self.items(item, len, filler);
    }

    fn list(self, item: &'s TypeOf<'s>, max_len: usize) {
        let count = TypeOf::Integer { min: 0, max: max_len as i128 };
        self.leaves.leaf(self.field, format!("{}.{LIST_COUNT}", self.path), count, self.filler);
        self.items(item, max_len, true);
    }

    fn record(self, schema: &'s SchemaOf<'s>) {
        self.leaves.record(schema, &self.path, self.filler);
    }

    fn or_filler(self, schema: &'s SchemaOf<'s>) {
        self.leaves.record(schema, &self.path, true);
    }
}
