//! The declaration as the derive understands it: what was written, with its places, and nothing invalid.

use nest_rules as say;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DataEnum, DeriveInput, Expr, Fields, Generics, Ident, LitStr, Path, Token};

use crate::attr::{self, Entry, Key, Place};
use crate::diag::Faults;
use crate::doc::Doc;
use crate::field::Field;
use crate::labels::{Label, labels};
use crate::meaning::{self, Kind};

/// A struct or an enum with data to derive `PepRecord` for.
pub(crate) struct Record<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) doc: Doc,
    pub(crate) krate: Path,
    /// Whether it, a field or a variant is deprecated.
    pub(crate) deprecated: bool,
    pub(crate) activity: Option<LitStr>,
    pub(crate) source: Option<LitStr>,
    pub(crate) version: Option<Expr>,
    pub(crate) kind: Kind,
    pub(crate) max_blocks: Option<Expr>,
    pub(crate) max_bits: Option<Expr>,
    /// The fields; for an enum, those of all its variants.
    pub(crate) fields: Vec<Field<'a>>,
    /// The variants of an enum; `None` for a struct.
    pub(crate) variants: Option<Vec<Variant<'a>>>,
}

/// One variant of a record that is an enum.
pub(crate) struct Variant<'a> {
    pub(crate) label: Label<'a>,
    /// For each field of the record, what the variant calls it; `None` where the variant does not use it.
    pub(crate) uses: Vec<Option<&'a Ident>>,
}

/// The name of the field that holds an enum's variant.
pub(crate) const VARIANT: &str = "variant";

impl<'a> Record<'a> {
    /// The attributes of a record.
    pub(crate) const KEYS: [Key<Self>; 7] = [
        Key::new("activity", |record, entry, faults| {
            record.activity = entry.text("activity = \"assessment\"", faults);
        }),
        Key::new("source", |record, entry, faults| record.source = entry.text("source = \"star\"", faults)),
        Key::new("kind", |record, entry, faults| {
            record.kind = meaning::kind(entry, faults).unwrap_or(Kind::RECORD);
        }),
        Key::new("max_blocks", |record, entry, faults| {
            record.max_blocks = entry.number("max_blocks = 8", faults);
        }),
        Key::new("max_bits", |record, entry, faults| record.max_bits = entry.number("max_bits = 32", faults)),
        Key::new("version", |record, entry, faults| record.version = entry.number("version = 1", faults)),
        Key::new("crate", |record, entry, faults| {
            if let Some(path) = krate(entry, faults) {
                record.krate = path;
            }
        }),
    ];

    pub(crate) fn parse(input: &'a DeriveInput, faults: &mut Faults) -> Self {
        let mut record = Self {
            ident: &input.ident,
            generics: &input.generics,
            doc: Doc::of(&input.attrs),
            krate: syn::parse_quote!(::nest_core),
            deprecated: is_deprecated(input),
            activity: None,
            source: None,
            version: None,
            kind: Kind::RECORD,
            max_blocks: None,
            max_bits: None,
            fields: Vec::new(),
            variants: None,
        };
        let before = faults.count();
        attr::read(&Self::KEYS, &input.attrs, Place::Record, &mut record, faults);
        let sound = faults.count() == before;
        let linkage = record.kind.is_linkage();
        for lifetime in input.generics.lifetimes() {
            faults.at(lifetime, "a record owns its values: use owned types, and remove the lifetime");
        }
        match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) if named.named.is_empty() => {
                    faults.at(&input.ident, "a record without fields carries nothing: declare at least one");
                }
                Fields::Named(named) => {
                    record.fields = named.named.iter().filter_map(|field| Field::parse(field, input, linkage, faults)).collect();
                }
                Fields::Unnamed(unnamed) => faults.at(
                    unnamed,
                    "fields travel under their names, and these have none: write a struct with named fields, `struct Name { field: Type }`, and move `range` and other attributes onto them; for one value with a type of its own write `#[derive(PepField)]`",
                ),
                Fields::Unit => faults.at(
                    &input.ident,
                    "a unit struct carries nothing: write `struct Name { field: Type }`",
                ),
            },
            Data::Enum(data) if data.variants.iter().all(|variant| variant.fields.is_empty()) => faults.at(
                data.enum_token,
                "an enum without data is one value, not a record: write `#[derive(PepEnum)]`, and use it as a field",
            ),
            Data::Enum(data) => record.parse_variants(data, input, faults),
            Data::Union(data) => faults.at(
                data.union_token,
                "a union's values differ in kind [open-type]: write a struct with a field for each",
            ),
        }
        record.check_names(faults);
        record.check_subject(faults);
        // With no other fault the compiler reports this together with the number of blocks.
        if record.max_blocks.is_none() && sound && faults.count() > before && !record.fields.is_empty() {
            faults.at(record.ident, say::NO_BUDGET);
        }
        record
    }

    /// The fields of all variants, those of equal name once, and which variant uses which.
    fn parse_variants(&mut self, data: &'a DataEnum, input: &'a DeriveInput, faults: &mut Faults) {
        let labels = labels(&data.variants, faults);
        let linkage = self.kind.is_linkage();
        let mut variants = Vec::new();
        for (label, variant) in labels.into_iter().zip(&data.variants) {
            let mut used = Variant { label, uses: vec![None; self.fields.len()] };
            if let Fields::Unnamed(unnamed) = &variant.fields {
                faults.at(
                    unnamed,
                    "fields travel under their names, and these have none: write `Variant { field: Type }`",
                );
            }
            for field in &variant.fields {
                let Some(field) = Field::parse(field, input, linkage, faults) else {
                    continue;
                };
                let name = field.name();
                let place = self.fields.iter().position(|other| other.name() == name);
                match place.and_then(|place| Some((used.uses.get_mut(place)?, self.fields.get_mut(place)?))) {
                    None => {
                        used.uses.push(Some(field.ident));
                        self.fields.push(field);
                    }
                    Some((Some(_), _)) => faults.at(field.ident, two_fields(&name)),
                    Some((free, other)) => {
                        if !other.is_like(&field) {
                            faults.at(
                                field.ident,
                                format!("fields of one name share their blocks in every variant, and `{name}` is declared differently before: give both the same type and attributes, or rename one"),
                            );
                        }
                        other.faulty |= field.faulty;
                        other.shared_as.push(field.ident);
                        *free = Some(field.ident);
                    }
                }
            }
            variants.push(used);
        }
        for variant in &mut variants {
            variant.uses.resize(self.fields.len(), None);
        }
        self.variants = Some(variants);
    }

    /// A record is about one person.
    fn check_subject(&self, faults: &mut Faults) {
        let subjects = self.fields.iter().filter_map(|field| field.subject);
        for second in subjects.skip(1) {
            faults.push(syn::Error::new(second, say::SUBJECT_TWICE));
        }
    }

    /// No two fields travel under one name.
    fn check_names(&self, faults: &mut Faults) {
        let mut seen: Vec<String> = Vec::new();
        if self.variants.is_some() {
            seen.push(VARIANT.to_owned());
        }
        for field in &self.fields {
            let name = field.name();
            if seen.contains(&name) {
                let message = two_fields(&name);
                match &field.rename {
                    Some(rename) => faults.at(rename, message),
                    None => faults.at(field.ident, message),
                }
            }
            seen.push(name);
        }
    }
}

fn two_fields(name: &str) -> String {
    if name == VARIANT {
        format!(
            "`{name}` is the name under which an enum's variant travels: rename the field, `#[pep(rename = \"…\")]`"
        )
    } else {
        format!("two fields travel as `{name}`: rename one of them, `#[pep(rename = \"…\")]`")
    }
}

pub(crate) fn krate(entry: Entry, faults: &mut Faults) -> Option<Path> {
    let text = entry.text("crate = \"nest_core\"", faults)?;
    match text.parse_with(Path::parse_mod_style) {
        Ok(path) => Some(path),
        Err(_) => {
            faults.at(text, "a path is expected: write `crate = \"nest_core\"`");
            None
        }
    }
}

/// Whether a declaration, or something in it, is deprecated.
pub(crate) fn is_deprecated(input: &DeriveInput) -> bool {
    let marked = |attrs: &[Attribute]| attrs.iter().any(|attr| attr.path().is_ident("deprecated"));
    let fields = |fields: &Fields| fields.iter().any(|field| marked(&field.attrs));
    let inner = match &input.data {
        Data::Struct(data) => fields(&data.fields),
        Data::Enum(data) => {
            data.variants.iter().any(|variant| marked(&variant.attrs) || fields(&variant.fields))
        }
        Data::Union(_) => false,
    };
    marked(&input.attrs) || inner
}

/// An identifier without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// Whether a parameter is bounded by a trait of that name, in place or in the `where` clause.
pub(crate) fn is_bounded(generics: &Generics, param: &Ident, name: &str) -> bool {
    let named = |bounds: &Punctuated<syn::TypeParamBound, Token![+]>| {
        bounds.iter().any(|bound| {
            matches!(bound, syn::TypeParamBound::Trait(bound)
                if bound.path.segments.last().is_some_and(|segment| segment.ident == name))
        })
    };
    let inline =
        generics.type_params().any(|candidate| candidate.ident == *param && named(&candidate.bounds));
    let clause = generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    inline
        || clause.into_iter().any(|predicate| match predicate {
            syn::WherePredicate::Type(ty) => {
                matches!(&ty.bounded_ty, syn::Type::Path(path) if path.path.is_ident(param))
                    && named(&ty.bounds)
            }
            _ => false,
        })
}
