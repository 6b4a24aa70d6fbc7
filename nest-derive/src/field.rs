//! One field of a record as the derive understands it: its attributes, with their places.

use nest_rules::{Hint, Rule};
use proc_macro2::Span;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{DeriveInput, Expr, Ident, LitStr, Token};

use crate::attr::{self, Form, Key, Place};
use crate::diag::Faults;
use crate::doc::Doc;
use crate::meaning::{self, Choice};
use crate::model::plain;
use crate::waiver::{self, Waiver};
use crate::{expand, leak};

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

    pub(crate) fn parse(
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
    pub(crate) fn is_like(&self, other: &Self) -> bool {
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
