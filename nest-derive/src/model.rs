//! The declaration as the derive understands it: what was written, with its places, and nothing invalid.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{Data, DataEnum, DeriveInput, Expr, Fields, Generics, Ident, LitStr, Path, Token, Variant};

use crate::attr::{self, Entry, entries};
use crate::diag::Faults;
use crate::leak;

/// A struct to derive `PepRecord` for.
pub(crate) struct Record<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) doc: String,
    pub(crate) krate: Path,
    pub(crate) activity: Option<LitStr>,
    pub(crate) version: Option<Expr>,
    pub(crate) max_blocks: Option<Expr>,
    pub(crate) fields: Vec<Field<'a>>,
}

/// One field of a record.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a syn::Type,
    pub(crate) doc: String,
    pub(crate) rename: Option<LitStr>,
    pub(crate) pseudonym: Option<Span>,
    pub(crate) range: Option<(Expr, Expr)>,
    pub(crate) decimals: Option<Expr>,
    pub(crate) max_bytes: Option<Expr>,
    pub(crate) max_len: Option<Expr>,
    pub(crate) absent: Option<Option<Expr>>,
    /// A fault was reported: its type need not be looked at any more.
    pub(crate) faulty: bool,
}

const RECORD_KEYS: [&str; 4] = ["activity", "max_blocks", "version", "crate"];
const FIELD_KEYS: [&str; 7] = ["pseudonym", "range", "decimals", "max_bytes", "max_len", "absent", "rename"];
const ENUM_KEYS: [&str; 1] = ["crate"];
const LABEL_KEYS: [&str; 2] = ["code", "rename"];

impl<'a> Record<'a> {
    pub(crate) fn parse(input: &'a DeriveInput, faults: &mut Faults) -> Self {
        let mut record = Self {
            ident: &input.ident,
            generics: &input.generics,
            doc: attr::doc(&input.attrs),
            krate: syn::parse_quote!(::nest_core),
            activity: None,
            version: None,
            max_blocks: None,
            fields: Vec::new(),
        };
        for entry in entries(&input.attrs, &RECORD_KEYS, faults) {
            match entry.key.to_string().as_str() {
                "activity" => record.activity = entry.text("activity = \"assessment\"", faults),
                "version" => record.version = entry.number("version = 1", faults),
                "max_blocks" => record.max_blocks = entry.number("max_blocks = 8", faults),
                _ => record.krate = krate(entry, faults).unwrap_or(record.krate),
            }
        }
        for lifetime in input.generics.lifetimes() {
            faults.at(lifetime, "a record owns its values: use owned types, and remove the lifetime");
        }
        match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) if named.named.is_empty() => {
                    faults.at(&input.ident, "a record without fields carries nothing: declare at least one");
                }
                Fields::Named(named) => {
                    record.fields = named.named.iter().filter_map(|field| Field::parse(field, input, faults)).collect();
                }
                Fields::Unnamed(unnamed) => faults.at(
                    unnamed,
                    "fields travel under their names, and these have none: write `struct Name { field: Type }`",
                ),
                Fields::Unit => faults.at(
                    &input.ident,
                    "a unit struct carries nothing: write `struct Name { field: Type }`",
                ),
            },
            Data::Enum(data) => faults.at(data.enum_token, enum_as_record(data)),
            Data::Union(data) => faults.at(
                data.union_token,
                "a union's values differ in kind [open-type]: write a struct with a field for each",
            ),
        }
        record.check_names(faults);
        record
    }

    /// No two fields travel under one name.
    fn check_names(&self, faults: &mut Faults) {
        let mut seen: Vec<String> = Vec::new();
        for field in &self.fields {
            let name = field.name();
            if seen.contains(&name) {
                let message = format!("two fields travel as `{name}`: rename one of them");
                match &field.rename {
                    Some(rename) => faults.at(rename, message),
                    None => faults.at(field.ident, message),
                }
            }
            seen.push(name);
        }
    }
}

fn enum_as_record(data: &DataEnum) -> &'static str {
    if data.variants.iter().all(|variant| variant.fields.is_empty()) {
        "an enum without data is one value, not a record: write `#[derive(PepEnum)]`, and use it as a field"
    } else {
        "variants with data differ in shape [open-type]: write a struct with an enum field for the variant (`#[derive(PepEnum)]`) and fields that are always there"
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
    fn parse(field: &'a syn::Field, input: &DeriveInput, faults: &mut Faults) -> Option<Self> {
        let before = faults.count();
        let mut parsed = Self {
            ident: field.ident.as_ref()?,
            ty: &field.ty,
            doc: attr::doc(&field.attrs),
            rename: None,
            pseudonym: None,
            range: None,
            decimals: None,
            max_bytes: None,
            max_len: None,
            absent: None,
            faulty: false,
        };
        for entry in entries(&field.attrs, &FIELD_KEYS, faults) {
            match entry.key.to_string().as_str() {
                "pseudonym" => parsed.pseudonym = entry.flag(faults),
                "range" => parsed.range = entry.range(faults),
                "decimals" => parsed.decimals = entry.number("decimals = 1", faults),
                "max_bytes" => parsed.max_bytes = entry.number("max_bytes = 15", faults),
                "max_len" => parsed.max_len = entry.number("max_len = 10", faults),
                "absent" => parsed.absent = Some(entry.value.map(attr::peel)),
                _ => parsed.rename = entry.text("rename = \"name\"", faults),
            }
        }
        if let (Some((from, to)), None) = (&parsed.range, &parsed.decimals) {
            if attr::has_fraction(from) || attr::has_fraction(to) {
                let both = Punctuated::<_, Token![..=]>::from_iter([from, to]);
                faults.at(
                    both,
                    "a range with a fraction needs a grid: add `decimals = 1`, or write whole numbers",
                );
            }
        }
        // A field with a fault in its attributes may lack one that was meant to be there.
        if faults.count() == before {
            leak::check(&parsed, &input.generics, faults);
        }
        parsed.faulty = faults.count() > before;
        Some(parsed)
    }

    /// The name under which the field travels.
    pub(crate) fn name(&self) -> String {
        match &self.rename {
            Some(name) => name.value(),
            None => plain(self.ident),
        }
    }
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
    pub(crate) doc: String,
    pub(crate) krate: Path,
    pub(crate) labels: Vec<Label<'a>>,
}

/// One variant of an enum without data.
pub(crate) struct Label<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) code: u16,
}

/// The code that stands for absence.
const ABSENT_CODE: u16 = u16::MAX;

impl<'a> Labels<'a> {
    pub(crate) fn parse(input: &'a DeriveInput, faults: &mut Faults) -> Self {
        let mut parsed = Self {
            ident: &input.ident,
            generics: &input.generics,
            doc: attr::doc(&input.attrs),
            krate: syn::parse_quote!(::nest_core),
            labels: Vec::new(),
        };
        for entry in entries(&input.attrs, &ENUM_KEYS, faults) {
            parsed.krate = krate(entry, faults).unwrap_or(parsed.krate);
        }
        if !input.generics.params.is_empty() {
            faults.at(&input.generics, "an enum of labels has no parameters: remove them");
        }
        match &input.data {
            Data::Enum(data) if data.variants.is_empty() => {
                faults.at(&input.ident, "an enum without variants has no value: declare at least one");
            }
            Data::Enum(data) => parsed.labels = labels(&data.variants, faults),
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

fn labels<'a>(variants: &'a Punctuated<Variant, Token![,]>, faults: &mut Faults) -> Vec<Label<'a>> {
    let mut labels: Vec<Label<'a>> = Vec::new();
    let mut next: u16 = 0;
    for variant in variants {
        if !variant.fields.is_empty() {
            faults.at(
                &variant.fields,
                "a variant with data differs in shape from the others [open-type]: move the data into fields of the record, which are always there",
            );
        }
        let mut name = (plain(&variant.ident), None);
        let mut pinned = None;
        for entry in entries(&variant.attrs, &LABEL_KEYS, faults) {
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
        if let Some(other) = labels.iter().find(|label| label.code == next) {
            let message =
                format!("`{}` has the code {next} already: pin another, `#[pep(code = …)]`", other.ident);
            match &pinned {
                Some(expr) => faults.at(expr, message),
                None => faults.at(&variant.ident, message),
            }
        }
        if labels.iter().any(|label| label.name == name.0) {
            let message = format!("two variants are labelled `{}`: rename one of them", name.0);
            match &name.1 {
                Some(text) => faults.at(text, message),
                None => faults.at(&variant.ident, message),
            }
        }
        labels.push(Label {
            ident: &variant.ident,
            name: name.0,
            doc: attr::doc(&variant.attrs),
            code: next,
        });
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
