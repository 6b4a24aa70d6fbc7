//! `PepField` for a struct of one unnamed field.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::wrap;
use crate::newtype::Newtype;

/// The implementations that make a struct of one value a field, each by that of the value.
pub(crate) fn newtype(newtype: &Newtype<'_>) -> TokenStream {
    let Newtype { ident, krate, inner, .. } = newtype;
    let private = quote!(#krate::__private_v1);
    let inner = inner.to_token_stream();
    wrap(
        newtype.deprecated,
        quote! {
            #[automatically_derived]
            impl #private::Codec for #ident {
                const KIND: #private::Kind = <#inner as #private::Codec>::KIND;

                fn encode(
                    &self,
                    ty: &#private::Type,
                    out: &mut #private::Plaintext,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    <#inner as #private::Codec>::encode(&self.0, ty, out)
                }

                fn decode(
                    blocks: &[#private::Opened],
                    ty: &#private::Type,
                ) -> ::core::result::Result<Self, #private::DecodeError> {
                    <#inner as #private::Codec>::decode(blocks, ty).map(Self)
                }
            }

            #[automatically_derived]
            impl<PepDeclaration: #private::Declaration> #private::PepField<PepDeclaration> for #ident {
                const TYPE: #private::Type = <#inner as #private::PepField<PepDeclaration>>::TYPE;
                const KIND: #private::Kind = <#inner as #private::Codec>::KIND;

                fn put(
                    &self,
                    fields: &mut #private::Writer,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    <#inner as #private::PepField<PepDeclaration>>::put(&self.0, fields)
                }

                fn take(
                    fields: &mut #private::Reader<'_>,
                ) -> ::core::result::Result<Self, #private::DecodeError> {
                    <#inner as #private::PepField<PepDeclaration>>::take(fields).map(Self)
                }
            }
        },
    )
}

/// Implementations that let the rest of the program compile, so that a faulty declaration is reported alone.
pub(crate) fn faulty_newtype(newtype: &Newtype<'_>) -> TokenStream {
    let Newtype { ident, generics, krate, .. } = newtype;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    let private = quote!(#krate::__private_v1);
    let mut placed = (*generics).clone();
    placed.params.push(syn::parse_quote!(PepDeclaration: #private::Declaration));
    let (placed_generics, _, _) = placed.split_for_impl();
    let fails = quote!(::core::result::Result::Err);
    wrap(
        newtype.deprecated,
        quote! {
            #[automatically_derived]
            impl #impl_generics #private::Codec for #ident #ty_generics #where_clause {
                const KIND: #private::Kind = #private::Kind::Bool;

                fn encode(
                    &self,
                    _: &#private::Type,
                    _: &mut #private::Plaintext,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    #fails(#private::EncodeFault::Mismatch.into())
                }

                fn decode(
                    _: &[#private::Opened],
                    _: &#private::Type,
                ) -> ::core::result::Result<Self, #private::DecodeError> {
                    #fails(#private::DecodeFault::Mismatch.into())
                }
            }

            #[automatically_derived]
            impl #placed_generics #private::PepField<PepDeclaration> for #ident #ty_generics #where_clause {
                const TYPE: #private::Type = #private::Type::Bool;
                const KIND: #private::Kind = #private::Kind::Bool;

                fn put(
                    &self,
                    _: &mut #private::Writer,
                ) -> ::core::result::Result<(), #private::EncodeError> {
                    #fails(#private::EncodeFault::Mismatch.into())
                }

                fn take(_: &mut #private::Reader<'_>) -> ::core::result::Result<Self, #private::DecodeError> {
                    #fails(#private::DecodeFault::Mismatch.into())
                }
            }
        },
    )
}
