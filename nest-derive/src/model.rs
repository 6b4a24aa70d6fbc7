//! The declaration as the derive understands it: what was written, with its places, and nothing invalid.

use std::collections::{HashMap, HashSet};

use nest_rules::{self as say, Hint, Rule};
use proc_macro2::Span;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DataEnum, DeriveInput, Expr, Fields, Generics, Ident, LitStr, Path, Token};

use crate::attr::{self, Entry, Form, Key, Place, entries};
use crate::diag::Faults;
use crate::doc::Doc;
use crate::meaning::{self, Choice, Kind};
use crate::waiver::{self, Waiver};
use crate::{expand, leak};

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

/// One field of a record.
pub(crate) struct Field<'a> {
    /// What the field is declared in.
    pub(crate) record: &'a DeriveInput,
    /// Whether that holds linking variables, among which names and dates of birth may be.
    pub(crate) linkage: bool,
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a syn::Type,
    pub(crate) doc: Doc,
    pub(crate) rename: Option<LitStr>,
    /// What other variants call a field that they share with this one.
    pub(crate) shared_as: Vec<&'a Ident>,
    pub(crate) pseudonym: Option<Span>,
    /// `subject`, at its place.
    pub(crate) subject: Option<Span>,
    pub(crate) at_rest: Option<&'static Choice>,
    pub(crate) uses: Vec<&'static Choice>,
    pub(crate) logical: Option<LitStr>,
    pub(crate) unit: Option<LitStr>,
    pub(crate) context: Option<LitStr>,
    pub(crate) canon: Option<LitStr>,
    pub(crate) range: Option<(Expr, Expr)>,
    pub(crate) decimals: Option<Expr>,
    pub(crate) max_bytes: Option<Expr>,
    pub(crate) max_len: Option<Expr>,
    pub(crate) absent: Option<Option<Expr>>,
    pub(crate) waivers: Vec<Waiver>,
    /// A fault was reported: its type need not be looked at any more.
    pub(crate) faulty: bool,
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
                    "fields travel under their names, and these have none: write a struct with named fields, `struct Name { field: Type }`, and move `range` and other attributes onto them",
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

fn krate(entry: Entry, faults: &mut Faults) -> Option<Path> {
    let text = entry.text("crate = \"nest_core\"", faults)?;
    match text.parse_with(Path::parse_mod_style) {
        Ok(path) => Some(path),
        Err(_) => {
            faults.at(text, "a path is expected: write `crate = \"nest_core\"`");
            None
        }
    }
}

impl<'a> Field<'a> {
    /// The attributes of a field.
    pub(crate) const KEYS: [Key<Self>; 15] = [
        Key::new("pseudonym", |field, entry, faults| field.pseudonym = entry.flag(faults)),
        Key::new("subject", |field, entry, faults| field.subject = entry.flag(faults)),
        Key::new("range", |field, entry, faults| field.range = entry.range(faults)),
        Key::new("decimals", |field, entry, faults| field.decimals = entry.number("decimals = 1", faults)),
        Key::new("max_bytes", |field, entry, faults| {
            field.max_bytes = entry.number("max_bytes = 15", faults)
        }),
        Key::new("max_len", |field, entry, faults| field.max_len = entry.number("max_len = 10", faults)),
        Key::new("absent", |field, entry, _| field.absent = Some(entry.value.map(attr::peel))),
        Key::list("uses", Form::List, |field, entry, faults| field.uses = meaning::uses(entry, faults)),
        Key::new("at_rest", |field, entry, faults| field.at_rest = meaning::at_rest(entry, faults)),
        Key::new("logical", |field, entry, faults| field.logical = meaning::logical(entry, faults)),
        Key::new("unit", |field, entry, faults| field.unit = entry.text("unit = \"Cel\"", faults)),
        Key::new("context", |field, entry, faults| {
            field.context = entry.text("context = \"outside\"", faults)
        }),
        Key::new("canon", |field, entry, faults| field.canon = meaning::canon(entry, faults)),
        Key::new("rename", |field, entry, faults| field.rename = entry.text("rename = \"name\"", faults)),
        Key::list("allow", Form::Lists, |field, entry, faults| {
            field.waivers.extend(waiver::parse(entry, faults))
        }),
    ];

    fn parse(
        field: &'a syn::Field,
        record: &'a DeriveInput,
        linkage: bool,
        faults: &mut Faults,
    ) -> Option<Self> {
        let before = faults.count();
        let mut parsed = Self {
            record,
            linkage,
            ident: field.ident.as_ref()?,
            ty: &field.ty,
            doc: Doc::of(&field.attrs),
            rename: None,
            shared_as: Vec::new(),
            pseudonym: None,
            subject: None,
            at_rest: None,
            uses: Vec::new(),
            logical: None,
            unit: None,
            context: None,
            canon: None,
            range: None,
            decimals: None,
            max_bytes: None,
            max_len: None,
            absent: None,
            waivers: Vec::new(),
            faulty: false,
        };
        attr::read(&Self::KEYS, &field.attrs, Place::Field, &mut parsed, faults);
        if let (Some((from, to)), None) = (&parsed.range, &parsed.decimals)
            && (attr::has_fraction(from) || attr::has_fraction(to))
        {
            let both = Punctuated::<_, Token![..=]>::from_iter([from, to]);
            faults
                .at(both, "a range with a fraction needs a grid: add `decimals = 1`, or write whole numbers");
        }
        // A field with a fault in its attributes may lack one that was meant to be there.
        if faults.count() == before {
            leak::check(&parsed, faults);
        }
        parsed.faulty = faults.count() > before;
        Some(parsed)
    }

    /// Whether the field sets a rule aside.
    pub(crate) fn waives(&self, rule: Rule) -> bool {
        self.waivers.iter().any(|waiver| waiver.rule == rule)
    }

    /// What the field's names, in the program and on the wire, say about its content. A harmless one does not hide what
    /// another one says.
    pub(crate) fn hints(&self) -> Vec<Hint> {
        let mut names: Vec<_> = self.rename.iter().map(LitStr::value).collect();
        names.extend(std::iter::once(&self.ident).chain(&self.shared_as).map(|ident| plain(ident)));
        let mut hints = Vec::new();
        for hint in names.iter().rev().filter_map(|name| nest_rules::hint(name)) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        hints
    }

    /// Whether another field of the same name is declared in the same words.
    fn is_like(&self, other: &Self) -> bool {
        let words = |field: &Self| {
            let private = quote!();
            let (ty, declared) = (field.ty, expand::attributes(field, &private));
            let meaning = expand::meaning(field, &private);
            quote!(#ty #declared #meaning).to_string()
        };
        words(self) == words(other)
    }

    /// The name under which the field travels.
    pub(crate) fn name(&self) -> String {
        match &self.rename {
            Some(name) => name.value(),
            None => plain(self.ident),
        }
    }
}

/// Whether a declaration, or something in it, is deprecated.
fn is_deprecated(input: &DeriveInput) -> bool {
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

/// An enum to derive `PepEnum` for.
pub(crate) struct Labels<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) doc: Doc,
    pub(crate) krate: Path,
    /// Whether it, a field or a variant is deprecated.
    pub(crate) deprecated: bool,
    pub(crate) labels: Vec<Label<'a>>,
}

/// One variant of an enum without data.
pub(crate) struct Label<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) name: String,
    pub(crate) doc: Doc,
    pub(crate) code: u16,
}

/// The code that stands for absence.
const ABSENT_CODE: u16 = u16::MAX;

impl<'a> Labels<'a> {
    pub(crate) fn parse(input: &'a DeriveInput, faults: &mut Faults) -> Self {
        let mut parsed = Self {
            ident: &input.ident,
            generics: &input.generics,
            doc: Doc::of(&input.attrs),
            krate: syn::parse_quote!(::nest_core),
            deprecated: is_deprecated(input),
            labels: Vec::new(),
        };
        let has_data = matches!(&input.data, Data::Enum(data) if data.variants.iter().any(|variant| !variant.fields.is_empty()));
        // What has data hears that it is a record, which may have the attributes of one.
        let place = if has_data { Place::Record } else { Place::Labels };
        for entry in entries(&input.attrs, place, faults).into_iter().filter(|entry| entry.key == "crate") {
            parsed.krate = krate(entry, faults).unwrap_or(parsed.krate);
        }
        if !input.generics.params.is_empty() {
            faults.at(&input.generics, "an enum of labels has no parameters: remove them");
        }
        match &input.data {
            Data::Enum(data) if data.variants.is_empty() => {
                faults.at(&input.ident, "an enum without variants has no value: declare at least one");
            }
            Data::Enum(data) => {
                for variant in data.variants.iter().filter(|variant| !variant.fields.is_empty()) {
                    faults.at(
                        &variant.fields,
                        "a variant with data is no label: write `#[derive(PepRecord)]` on the enum, which gives every variant one shape",
                    );
                }
                parsed.labels = labels(&data.variants, faults);
            }
            Data::Struct(data) => faults.at(
                data.struct_token,
                "labels are an enum without data: for a struct write `#[derive(PepRecord)]`",
            ),
            Data::Union(data) => {
                faults.at(data.union_token, "labels are an enum without data: write `enum Name { One, Two }`")
            }
        }
        parsed
    }
}

fn labels<'a>(variants: &'a Punctuated<syn::Variant, Token![,]>, faults: &mut Faults) -> Vec<Label<'a>> {
    let mut labels: Vec<Label<'a>> = Vec::new();
    // A list of codes may have thousands.
    let (mut codes, mut names) = (HashMap::new(), HashSet::new());
    let mut next: u16 = 0;
    for variant in variants {
        let mut name = (plain(&variant.ident), None);
        let mut pinned = None;
        for entry in entries(&variant.attrs, Place::Variant, faults) {
            if entry.key == "code" {
                pinned = entry.number("code = 3", faults);
            } else if let Some(text) = entry.text("rename = \"name\"", faults) {
                name = (text.value(), Some(text));
            }
        }
        let pinned = pinned.or_else(|| variant.discriminant.as_ref().map(|(_, expr)| expr.clone()));
        if let Some(expr) = &pinned {
            next = code(expr, faults).unwrap_or(next);
        }
        if next == ABSENT_CODE {
            faults.at(
                &variant.ident,
                "code 65535 is reserved for absence: pin a smaller one, `#[pep(code = 3)]`",
            );
        }
        if let Some(other) = codes.get(&next) {
            let message = format!("`{other}` has the code {next} already: pin another, `#[pep(code = …)]`");
            match &pinned {
                Some(expr) => faults.at(expr, message),
                None => faults.at(&variant.ident, message),
            }
        }
        codes.entry(next).or_insert(&variant.ident);
        if !names.insert(name.0.clone()) {
            let message = format!("two variants are labelled `{}`: rename one of them", name.0);
            match &name.1 {
                Some(text) => faults.at(text, message),
                None => faults.at(&variant.ident, message),
            }
        }
        labels.push(Label { ident: &variant.ident, name: name.0, doc: Doc::of(&variant.attrs), code: next });
        next = next.saturating_add(1);
    }
    labels
}

/// A code that was pinned: a literal, since two codes must be compared here.
fn code(expr: &Expr, faults: &mut Faults) -> Option<u16> {
    let literal = match attr::peel(expr.clone()) {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(literal), .. }) => literal.base10_parse().ok(),
        _ => None,
    };
    if literal.is_none() {
        faults.at(expr, "a code is a whole number from 0 to 65534: write `#[pep(code = 3)]`");
    }
    literal
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
