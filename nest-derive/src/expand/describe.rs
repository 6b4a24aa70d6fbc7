//! The declaration as constants: the schema, and the attributes of each field.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Ident};

use super::check::call;
use super::field_trait;
use crate::attr::{ends, is_text, whole_bounds};
use crate::field::Field;
use crate::labels::Label;
use crate::leak;
use crate::model::{Record, VARIANT, Variant};

pub(super) fn described(label: &Label<'_>, private: &TokenStream) -> TokenStream {
    let Label { name, code, doc, .. } = label;
    quote!(#private::Label { name: #name, code: #code, doc: #doc })
}

/// The fields of the schema, and the schema of them.
pub(super) fn schema(record: &Record<'_>) -> (TokenStream, TokenStream) {
    let krate = &record.krate;
    let private = quote!(#krate::__private_v1);
    let (name, doc) = (record.ident.to_string(), &record.doc);
    let kind = kind(record, &private);
    let max_blocks = match &record.max_blocks {
        Some(max_blocks) => quote!(#max_blocks),
        None => quote!(#private::NO_BUDGET),
    };
    let fields =
        record.fields.iter().enumerate().map(|(i, field)| described_field(record, field, i, &private));
    let (code, variants) = match &record.variants {
        None => (TokenStream::new(), TokenStream::new()),
        Some(variants) => variants_of(record, variants, &private),
    };
    let mut parts = TokenStream::new();
    if !doc.is_empty() {
        parts.extend(quote!(.with_doc(#doc)));
    }
    if let Some(source) = &record.source {
        parts.extend(quote!(.with_source(#source)));
    }
    if let Some(activity) = &record.activity {
        parts.extend(quote!(.with_activity(#activity)));
    }
    if let Some(version) = &record.version {
        parts.extend(quote!(.with_version(#version)));
    }
    if let Some(max_bits) = &record.max_bits {
        parts.extend(quote!(.with_max_bits(#max_bits)));
    }
    if record.variants.is_some() {
        parts.extend(quote!(.with_variants(&[#variants])));
    }
    // By way of the trait: an inherent constant of the same name would come first.
    let all = quote!(<Self as #krate::PepRecord>::__FIELDS);
    let schema = quote!(#private::Schema::new(#name, #kind, #all, #max_blocks) #parts);
    (quote!(#code #(#fields),*), schema)
}

/// One field of the schema: its name and type, and what else was declared.
pub(super) fn described_field(
    record: &Record<'_>,
    field: &Field<'_>,
    i: usize,
    private: &TokenStream,
) -> TokenStream {
    let (name, doc) = (field.name(), &field.doc);
    let field_trait = field_trait(record, field, i);
    let mut parts = TokenStream::new();
    if !doc.is_empty() {
        parts.extend(quote!(.with_doc(#doc)));
    }
    parts.extend(meaning(field, private));
    quote!(#private::Field::new(#name, #field_trait::TYPE) #parts)
}

/// What a field's values mean, how they are kept, what is done with them, and the rules that it sets aside.
pub(crate) fn meaning(field: &Field<'_>, private: &TokenStream) -> TokenStream {
    let mut parts = TokenStream::new();
    if field.subject.is_some() {
        parts.extend(quote!(.as_subject()));
    }
    if let Some(at_rest) = field.at_rest {
        let at_rest = Ident::new(at_rest.variant, Span::call_site());
        parts.extend(quote!(.with_at_rest(#private::AtRest::#at_rest)));
    }
    if !field.uses.is_empty() {
        let uses = field.uses.iter().map(|one| Ident::new(one.variant, Span::call_site()));
        parts.extend(quote!(.with_uses(#private::Uses::of(&[#(#private::Use::#uses),*]))));
    }
    for (builder, text) in [
        ("with_logical", &field.logical),
        ("with_unit", &field.unit),
        ("with_context", &field.context),
        ("with_canon", &field.canon),
    ] {
        if let Some(text) = text {
            let builder = Ident::new(builder, Span::call_site());
            parts.extend(quote!(.#builder(#text)));
        }
    }
    if !field.waivers.is_empty() {
        let waivers = waivers(field, private);
        parts.extend(quote!(.with_waivers(#waivers)));
    }
    parts
}

pub(super) fn kind(record: &Record<'_>, private: &TokenStream) -> TokenStream {
    let kind = Ident::new(record.kind.variant, Span::call_site());
    quote!(#private::RecordKind::#kind)
}

/// The field that holds an enum's variant, and the variants with the fields that they use.
fn variants_of(
    record: &Record<'_>,
    variants: &[Variant<'_>],
    private: &TokenStream,
) -> (TokenStream, TokenStream) {
    let name = record.ident.to_string();
    let labels = variants.iter().map(|variant| described(&variant.label, private));
    let field = quote! {
        #private::Field::new(
            #VARIANT,
            #private::Type::Enum(&#private::EnumSchema { name: #name, doc: "", labels: &[#(#labels),*] }),
        ),
    };
    let variants = variants.iter().map(|variant| {
        let name = &variant.label.name;
        let used = record.fields.iter().zip(&variant.uses).filter(|(_, used)| used.is_some());
        let used = used.map(|(field, _)| field.name());
        quote!(#private::Variant { name: #name, fields: &[#(#used),*] })
    });
    (field, quote!(#(#variants),*))
}

/// The attributes of each field, in the order of the schema; those for which `keep` says no are left out.
pub(super) fn declared_fields(record: &Record<'_>, keep: impl Fn(&Field<'_>) -> bool) -> TokenStream {
    let krate = &record.krate;
    let private = quote!(#krate::__private_v1);
    let nothing = quote!(#private::Declared::NOTHING);
    let code = record.variants.iter().map(|_| nothing.clone());
    let fields = record
        .fields
        .iter()
        .map(|field| if keep(field) { declared(field, &private) } else { nothing.clone() });
    let all = code.chain(fields);
    quote!(#(#all),*)
}

fn waivers(field: &Field<'_>, private: &TokenStream) -> TokenStream {
    let waivers = field.waivers.iter().map(|waiver| {
        let (rule, reason) = (Ident::new(&waiver.variant(), Span::call_site()), &waiver.reason);
        quote!(#private::Waiver { rule: #private::Rule::#rule, reason: #reason })
    });
    quote!(&[#(#waivers),*])
}

/// The attributes of a field and what its names say, as a constant.
fn declared(field: &Field<'_>, private: &TokenStream) -> TokenStream {
    let mut parts = attributes(field, private);
    let hints = field.hints();
    if !hints.is_empty() {
        let hints = hints.iter().map(|hint| Ident::new(&format!("{hint:?}"), Span::call_site()));
        parts.extend(quote!(hints: &[#(#private::Hint::#hints),*],));
    }
    if parts.is_empty() {
        quote!(#private::Declared::NOTHING)
    } else {
        quote!(#private::Declared { #parts ..#private::Declared::NOTHING })
    }
}

/// The attributes of a field, as parts of a constant.
pub(crate) fn attributes(field: &Field<'_>, private: &TokenStream) -> TokenStream {
    let mut parts = TokenStream::new();
    if field.pseudonym.is_some() {
        parts.extend(quote!(pseudonym: true,));
    }
    let decimal = field.decimals.is_some();
    let item = leak::item_name(field.ty);
    let is_item = |names: &[&str]| item.as_deref().is_some_and(|item| names.contains(&item));
    let number = |value: &Expr| {
        // A literal was looked at already; anything else could be cast without a word.
        let start = ends(value).0.resolved_at(Span::mixed_site());
        let checked = quote_spanned!(start=> &(#value));
        let check = match (whole_bounds(value), decimal) {
            (Some(_), _) => TokenStream::new(),
            (None, true) => call(ends(value), quote!(#private::is_number), checked),
            (None, false) => call(ends(value), quote!(#private::is_whole), checked),
        };
        let number = match &field.decimals {
            // What is next to the grid in 32 bits is on it in 64.
            Some(decimals) if is_item(&["f32"]) => {
                quote!(#private::single((#value) as ::core::primitive::f32, #decimals))
            }
            Some(_) => quote!((#value) as ::core::primitive::f64),
            None => quote!((#value) as ::core::primitive::i128),
        };
        if check.is_empty() { number } else { quote!({ #check; #number }) }
    };
    if let Some((from, to)) = &field.range {
        let (low, high) = (number(from), number(to));
        // A constant is a text where the type is a time, and not the year, which is a number as well.
        let texts = [from, to].iter().all(|bound| is_text(bound) || matches!(bound, Expr::Path(_)));
        let times = texts && is_item(&["Month", "IsoWeek", "Day", "Hour", "TimeOfDay"]);
        let range = if times || is_text(from) && is_text(to) {
            quote!(Text(#from, #to))
        } else if decimal {
            quote!(Float(#low, #high))
        } else {
            quote!(Integer(#low, #high))
        };
        parts.extend(quote!(range: ::core::option::Option::Some(#private::Range::#range),));
    }
    for (name, value) in
        [("decimals", &field.decimals), ("max_bytes", &field.max_bytes), ("max_len", &field.max_len)]
    {
        if let Some(value) = value {
            let name = Ident::new(name, Span::call_site());
            parts.extend(quote!(#name: ::core::option::Option::Some(#value),));
        }
    }
    if let Some(absent) = &field.absent {
        let reserved = match absent {
            None => quote!(BuiltIn),
            Some(value @ Expr::Path(_)) if is_item(&["String"]) => quote!(Text(#value)),
            Some(value) if is_text(value) => quote!(Text(#value)),
            Some(value) => {
                let value = number(value);
                if decimal { quote!(Float(#value)) } else { quote!(Integer(#value)) }
            }
        };
        parts.extend(quote!(absent: ::core::option::Option::Some(#private::Reserved::#reserved),));
    }
    parts
}
