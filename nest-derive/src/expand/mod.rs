//! The generated code: constants that describe the declaration, and calls into `nest-core`.
//!
//! - Paths are absolute, from `::nest_core` or from `#[pep(crate = "…")]`.
//! - A field is named through one trait, `PepField`, so that a type without it is reported once.
//! - Checks that need types are constants of their own, one for each field, placed at the tokens to change.

mod check;
mod describe;
mod labels;
mod record;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Index;

use crate::attr::ends;
use crate::model::{Field, Record};

pub(crate) use describe::{declared, meaning};
pub(crate) use labels::{faulty_labels, labels};
pub(crate) use record::{faulty_record, record};

/// Keeps what is generated out of the user's namespace and lints.
fn wrap(tokens: TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(
            clippy::all,
            clippy::pedantic,
            clippy::restriction,
            clippy::nursery,
            deprecated, // a deprecated field must still be encoded
            non_camel_case_types,
            unreachable_code, // a faulty declaration
            unused_qualifications // paths are absolute
        )]
        const _: () = { #tokens };
    }
}

/// The place of a field in the schema: after the variant, where there is one.
fn slot(record: &Record<'_>, i: usize) -> usize {
    i + usize::from(record.variants.is_some())
}

/// `<Type as PepField<Slot<Record, I>>>`, with the place of the field's type.
fn field_trait(record: &Record<'_>, field: &Field<'_>, i: usize) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let (ty, index) = (field.ty, Index::from(slot(record, i)));
    let (start, _) = ends(ty);
    let span = start.resolved_at(Span::mixed_site());
    let private = quote_spanned!(span=> #krate::__private);
    quote_spanned!(span=> <#ty as #private::PepField<#private::Slot<#ident #ty_generics, #index>>>)
}
