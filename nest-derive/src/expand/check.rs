//! The checks that need types or values, each at the tokens to change.

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::describe::{described_field, kind};
use super::{field_trait, slot};
use crate::attr::ends;
use crate::field::Field;
use crate::model::Record;

/// The checks of every field and of the budgets, as expressions.
pub(super) fn checks(record: &Record<'_>) -> Vec<TokenStream> {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let fields = record.fields.iter().enumerate();
    let mut checks: Vec<_> = fields.map(|(i, field)| field_check(record, field, i, false)).collect();
    let schema = quote!(<#ident #ty_generics as #krate::PepRecord>::__UNCHECKED);
    let of_blocks = record.max_blocks.as_ref().map_or_else(|| ends(ident), ends);
    let of_kind = record.kind.written.as_ref().map_or_else(|| ends(ident), ends);
    let of_bits = record.max_bits.as_ref().map_or(of_kind, ends);
    checks.push(call(of_blocks, quote!(#krate::__private_v1::check_blocks), schema.clone()));
    checks.push(call(of_bits, quote!(#krate::__private_v1::check_bits), schema.clone()));
    checks.push(call(of_kind, quote!(#krate::__private_v1::check_record), schema));
    checks
}

/// The check of one field, of a record that is `faulty` or not.
pub(super) fn field_check(record: &Record<'_>, field: &Field<'_>, i: usize, faulty: bool) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let field_trait = field_trait(record, field, i);
    let private = quote!(#krate::__private_v1);
    let (slot, kind) = (slot(record, i), kind(record, &private));
    let this = quote!(<#ident #ty_generics as #krate::PepRecord>);
    // A faulty record has no fields in its schema.
    let described =
        if faulty { described_field(record, field, i, &private) } else { quote!(#this::__FIELDS[#slot]) };
    call(
        ends(field.ty),
        quote!(#private::check_field),
        quote!(
            &#field_trait::KIND,
            &#this::__DECLARED[#slot],
            &#described,
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
