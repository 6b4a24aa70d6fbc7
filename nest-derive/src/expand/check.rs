//! The checks that need types or values, each at the tokens to change.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::describe::kind;
use super::{field_trait, slot};
use crate::attr::ends;
use crate::model::{Field, Record};

/// The checks of every field and of the budgets, as expressions.
pub(super) fn checks(record: &Record<'_>) -> Vec<TokenStream> {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let fields = record.fields.iter().enumerate();
    let mut checks: Vec<_> = fields.map(|(i, field)| field_check(record, field, i)).collect();
    let schema = quote!(<#ident #ty_generics as #krate::PepRecord>::__UNCHECKED);
    let of_blocks = record.max_blocks.as_ref().map_or_else(|| ends(ident), ends);
    let of_bits = match (&record.max_bits, &record.progress) {
        (Some(max_bits), _) => ends(max_bits),
        (None, Some(progress)) => ends(progress),
        (None, None) => ends(ident),
    };
    checks.push(call(of_blocks, quote!(#krate::__private::check_blocks), schema.clone()));
    if record.max_bits.is_some() || record.progress.is_some() {
        checks.push(call(of_bits, quote!(#krate::__private::check_bits), schema));
    }
    checks
}

pub(super) fn field_check(record: &Record<'_>, field: &Field<'_>, i: usize) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let field_trait = field_trait(record, field, i);
    let (slot, kind) = (slot(record, i), kind(record, &quote!(#krate::__private)));
    call(
        ends(field.ty),
        quote!(#krate::__private::check_field),
        quote!(
            &#field_trait::KIND,
            &<#ident #ty_generics as #krate::PepRecord>::__DECLARED[#slot],
            #kind
        ),
    )
}

/// A call whose place in messages is from `start` to `end`.
pub(super) fn call((start, end): (Span, Span), function: TokenStream, arguments: TokenStream) -> TokenStream {
    let function: TokenStream = function
        .into_iter()
        .map(|mut token| {
            token.set_span(start.resolved_at(Span::mixed_site()));
            token
        })
        .collect();
    let mut group = proc_macro2::Group::new(proc_macro2::Delimiter::Parenthesis, arguments);
    group.set_span(end.resolved_at(Span::mixed_site()));
    quote!(#function #group)
}
