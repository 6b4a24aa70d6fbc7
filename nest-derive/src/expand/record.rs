//! `PepRecord` for structs and for enums with data, and the conversions.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::check::{checks, field_check};
use super::describe::{declared_fields, schema};
use super::{field_trait, wrap};
use crate::model::{Record, Variant};

/// The implementations of `PepRecord` and of the conversions.
pub(crate) fn record(record: &Record<'_>) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private_v1);
    let (schema_fields, schema) = schema(record);
    let declared = declared_fields(record, |_| true);
    let fields = Ident::new("__fields", Span::mixed_site());
    let (put, take) = match &record.variants {
        None => bodies_of_struct(record, &fields),
        Some(variants) => bodies_of_enum(record, variants, &fields),
    };
    let checks = checks(record);
    let (inner_checks, outer_checks) = if generics.params.is_empty() {
        (TokenStream::new(), quote!(#(const _: () = #checks;)*))
    } else {
        (quote!(#(#checks;)*), TokenStream::new())
    };
    let conversions = conversions(record);
    wrap(
        record.deprecated,
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::PepRecord for #ident #ty_generics #where_clause {
                const __UNCHECKED: &'static #private::Schema = &#schema;
                const __FIELDS: &'static [#private::Field] = &[#schema_fields];
                const __DECLARED: &'static [#private::Declared] = &[#declared];
                const __CHECK: () = { #inner_checks };

                fn __put(
                    &self,
                    #fields: &mut #private::Writer,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    #put
                    ::core::result::Result::Ok(())
                }

                fn __take(
                    #fields: &mut #private::Reader<'_>,
                ) -> ::core::result::Result<Self, #private::DecodeError> {
                    ::core::result::Result::Ok(#take)
                }
            }
            #conversions
            #outer_checks
        },
    )
}

/// How a struct writes and reads its fields.
fn bodies_of_struct(record: &Record<'_>, fields: &Ident) -> (TokenStream, TokenStream) {
    let (mut puts, mut takes) = (TokenStream::new(), TokenStream::new());
    for (i, field) in record.fields.iter().enumerate() {
        let (name, field_trait) = (field.ident, field_trait(record, field, i));
        puts.extend(quote!(#field_trait::put(&self.#name, #fields)?;));
        takes.extend(quote!(#name: #field_trait::take(#fields)?,));
    }
    (puts, quote!(Self { #takes }))
}

/// How an enum writes and reads its variant, and for each field its value or filler.
fn bodies_of_enum(
    record: &Record<'_>,
    variants: &[Variant<'_>],
    fields: &Ident,
) -> (TokenStream, TokenStream) {
    let (mut puts, mut takes) = (TokenStream::new(), TokenStream::new());
    for (place, variant) in variants.iter().enumerate() {
        let name = variant.label.ident;
        let (mut pattern, mut values) = (TokenStream::new(), TokenStream::new());
        let (mut put, mut take) = (TokenStream::new(), TokenStream::new());
        // Fields that the variant does not use, and that follow each other.
        let mut unused: usize = 0;
        for (i, (field, used)) in record.fields.iter().zip(&variant.uses).enumerate() {
            let Some(used) = used else {
                unused += 1;
                continue;
            };
            skip(std::mem::take(&mut unused), fields, &mut put, &mut take);
            let value = quote::format_ident!("__field_{i}", span = Span::mixed_site());
            let field_trait = field_trait(record, field, i);
            pattern.extend(quote!(#used: #value,));
            values.extend(quote!(#used: #value,));
            put.extend(quote!(#field_trait::put(#value, #fields)?;));
            take.extend(quote!(let #value = #field_trait::take(#fields)?;));
        }
        skip(unused, fields, &mut put, &mut take);
        puts.extend(quote!(Self::#name { #pattern } => { #fields.variant(#place)?; #put }));
        takes.extend(quote!(#place => { #take Self::#name { #values } }));
    }
    let krate = &record.krate;
    let unknown = quote!(::core::result::Result::Err(#krate::__private_v1::DecodeFault::UnknownCode)?);
    (quote!(match self { #puts }), quote!(match #fields.variant()? { #takes _ => #unknown }))
}

/// Passes over fields that a variant does not use.
fn skip(unused: usize, fields: &Ident, put: &mut TokenStream, take: &mut TokenStream) {
    if unused > 0 {
        put.extend(quote!(#fields.fill(#unused)?;));
        take.extend(quote!(#fields.unused(#unused)?;));
    }
}

/// Implementations that let the rest of the program compile, so that a faulty declaration is reported alone;
/// and the checks of those fields that have no fault yet.
pub(crate) fn faulty_record(record: &Record<'_>) -> TokenStream {
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private_v1);
    let name = ident.to_string();
    let declared = declared_fields(record, |field| !field.faulty);
    let checks = if generics.params.is_empty() {
        let checks = record.fields.iter().enumerate().filter(|(_, field)| !field.faulty);
        let checks = checks.map(|(i, field)| field_check(record, field, i, true));
        quote!(#(const _: () = #checks;)*)
    } else {
        TokenStream::new()
    };
    let conversions = conversions(record);
    wrap(
        record.deprecated,
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::PepRecord for #ident #ty_generics #where_clause {
                const __UNCHECKED: &'static #private::Schema =
                    &#private::Schema::new(#name, #private::RecordKind::Record, &[], 0);
                const __FIELDS: &'static [#private::Field] = &[];
                const __DECLARED: &'static [#private::Declared] = &[#declared];
                const __CHECK: () = ();

                fn __put(
                    &self,
                    _: &mut #private::Writer,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    ::core::result::Result::Err(#private::EncodeFault::Mismatch.into())
                }

                fn __take(
                    _: &mut #private::Reader<'_>,
                ) -> ::core::result::Result<Self, #private::DecodeError> {
                    ::core::result::Result::Err(#private::DecodeFault::Mismatch.into())
                }
            }
            #conversions
            #checks
        },
    )
}

/// `TryFrom` in both directions, of values and of references.
fn conversions(record: &Record<'_>) -> TokenStream {
    // Linking variables are never encrypted.
    if record.kind.is_linkage() {
        return TokenStream::new();
    }
    let Record { ident, generics, krate, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private_v1);
    let this = quote!(#ident #ty_generics);
    let pep = quote!(#private::PEPJSONValue);
    let conversion = |from: TokenStream, to: &TokenStream, error: TokenStream, body: TokenStream| {
        quote! {
            #[automatically_derived]
            impl #impl_generics ::core::convert::TryFrom<#from> for #to #where_clause {
                type Error = #private::#error;

                fn try_from(value: #from) -> ::core::result::Result<Self, #private::#error> { #body }
            }
        }
    };
    let to_pep = quote!(<#this as #krate::PepRecord>::to_pep);
    let from_pep = quote!(<#this as #krate::PepRecord>::from_pep);
    [
        conversion(quote!(#this), &pep, quote!(EncodeError), quote!(#to_pep(&value))),
        conversion(quote!(&#this), &pep, quote!(EncodeError), quote!(#to_pep(value))),
        conversion(pep.clone(), &this, quote!(DecodeError), quote!(#from_pep(&value))),
        conversion(quote!(&#pep), &this, quote!(DecodeError), quote!(#from_pep(value))),
    ]
    .into_iter()
    .collect()
}
