//! `PepEnum`, and what makes an enum without data a field.

use proc_macro2::TokenStream;
use quote::quote;

use super::describe::described;
use super::wrap;
use crate::labels::Labels;

/// The implementations of `PepEnum` and of what makes it a field.
pub(crate) fn labels(labels: &Labels<'_>) -> TokenStream {
    let Labels { ident, krate, doc, .. } = labels;
    let private = quote!(#krate::__private);
    let name = ident.to_string();
    let described = labels.labels.iter().map(|label| described(label, &private));
    let variants: Vec<_> = labels.labels.iter().map(|label| label.ident).collect();
    let codes: Vec<_> = labels.labels.iter().map(|label| label.code).collect();
    enum_impls(
        labels,
        quote! {
            const SCHEMA: &'static #private::EnumSchema = &#private::EnumSchema {
                name: #name,
                doc: #doc,
                labels: &[#(#described),*],
            };

            fn code(&self) -> ::core::primitive::i32 {
                match self { #(Self::#variants => #codes,)* }
            }

            fn from_code(code: ::core::primitive::i32) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match code {
                    #(#codes => Self::#variants,)*
                    _ => return ::core::option::Option::None,
                })
            }
        },
    )
}

/// As [`faulty_record`], for an enum.
pub(crate) fn faulty_labels(labels: &Labels<'_>) -> TokenStream {
    let Labels { ident, krate, .. } = labels;
    let private = quote!(#krate::__private);
    let name = ident.to_string();
    enum_impls(
        labels,
        quote! {
            const SCHEMA: &'static #private::EnumSchema =
                &#private::EnumSchema { name: #name, doc: "", labels: &[] };

            fn code(&self) -> ::core::primitive::i32 {
                0
            }

            fn from_code(_: ::core::primitive::i32) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }
        },
    )
}

fn enum_impls(labels: &Labels<'_>, pep_enum: TokenStream) -> TokenStream {
    let Labels { ident, generics, krate, .. } = labels;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private);
    // A faulty enum may have parameters.
    let mut placed = (*generics).clone();
    placed.params.push(syn::parse_quote!(PepDeclaration: #private::Declaration));
    let (placed_generics, _, _) = placed.split_for_impl();
    wrap(
        labels.deprecated,
        quote! {
            #[automatically_derived]
            impl #impl_generics #krate::PepEnum for #ident #ty_generics #where_clause { #pep_enum }

            #[automatically_derived]
            impl #impl_generics #private::Codec for #ident #ty_generics #where_clause {
                const KIND: #private::Kind = #private::Kind::Enum;

                fn encode(
                    &self,
                    _: &#private::Type,
                    out: &mut #private::Plaintext,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    #private::encode_enum(self, out)
                }

                fn decode(
                    blocks: &[#private::Opened],
                    _: &#private::Type,
                ) -> ::core::result::Result<Self, #private::DecodeError> {
                    #private::decode_enum(blocks)
                }
            }

            #[automatically_derived]
            impl #placed_generics #private::PepField<PepDeclaration> for #ident #ty_generics #where_clause {
                const TYPE: #private::Type = #private::Type::Enum(<Self as #krate::PepEnum>::SCHEMA);
                const KIND: #private::Kind = #private::Kind::Enum;

                fn put(
                    &self,
                    fields: &mut #private::Writer,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    fields.put(self)
                }

                fn take(
                    fields: &mut #private::Reader<'_>,
                ) -> ::core::result::Result<Self, #private::DecodeError> {
                    fields.take()
                }
            }
        },
    )
}
