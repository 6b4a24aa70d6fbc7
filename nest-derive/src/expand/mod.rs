//! The generated code: constants that describe the declaration, and calls into `nest-core`.
//!
//! - Paths are absolute, from `::nest_core` or from `#[pep(crate = "…")]`.
//! - A field is named through one trait, `PepField`, so that a type without it is reported once.
//! - Checks that need types are constants of their own, one for each field, placed at the tokens to change.

mod check;
mod describe;
mod labels;
mod newtype;
mod record;

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, Index};

use crate::attr::ends;
use crate::field::Field;
use crate::model::Record;

pub(crate) use describe::{attributes, meaning};
pub(crate) use labels::{faulty_labels, labels};
pub(crate) use newtype::{faulty_newtype, newtype};
pub(crate) use record::{faulty_record, record};

/// Keeps what is generated out of the user's namespace.
///
/// A lint is allowed only where the code below could meet it: a program that forbids one cannot hear of an `allow`.
fn wrap(deprecated: bool, tokens: TokenStream) -> TokenStream {
    // A deprecated field or variant must still be encoded.
    let allow = deprecated.then(|| quote!(#[allow(deprecated)]));
    quote! {
        #[doc(hidden)]
        #allow
        const _: () = { #tokens };
    }
}

/// Tokens in which `Self` is the record by its name, for code beside its implementations.
fn without_self(tokens: &impl ToTokens, ident: &Ident) -> TokenStream {
    let tokens = tokens.to_token_stream().into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => {
            let mut ident = ident.clone();
            ident.set_span(word.span());
            TokenTree::Ident(ident)
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), without_self(&group.stream(), ident));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    });
    tokens.collect()
}

/// The place of a field in the schema: after the variant, where there is one.
fn slot(record: &Record<'_>, i: usize) -> usize {
    i + usize::from(record.variants.is_some())
}

/// `<Type as PepField<Slot<Record, I>>>`, with the place of the field's type.
fn field_trait(record: &Record<'_>, field: &Field<'_>, i: usize) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let index = Index::from(slot(record, i));
    let (start, _) = ends(field.ty);
    // A record with parameters is named with them, and its checks stand where `Self` is known.
    let ty =
        if generics.params.is_empty() { without_self(field.ty, ident) } else { field.ty.to_token_stream() };
    let span = start.resolved_at(Span::mixed_site());
    let private = quote_spanned!(span=> #krate::__private_v1);
    quote_spanned!(span=> <#ty as #private::PepField<#private::Slot<#ident #ty_generics, #index>>>)
}
