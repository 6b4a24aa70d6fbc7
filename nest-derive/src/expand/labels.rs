//! `PepEnum`, and what makes an enum without data a field.

use proc_macro2::TokenStream;
use quote::quote;

use super::describe::described;
use super::wrap;
use crate::labels::Labels;

/// The implementations of `PepEnum` and of what makes it a field.
pub(crate) fn labels(labels: &Labels<'_>) -> TokenStream {
    let Labels { ident, krate, doc, .. } = labels;
    let private = quote!(#krate::__private_v1);
    let name = ident.to_string();
    let described = labels.labels.iter().map(|label| described(label, &private));
    let (to_code, from_code) =
        if labels.labels.len() > MOST_ARMS { in_parts(labels) } else { in_one(labels) };
    enum_impls(
        labels,
        quote! {
            const SCHEMA: &'static #private::EnumSchema = &#private::EnumSchema {
                name: #name,
                doc: #doc,
                labels: &[#(#described),*],
            };

            fn code(&self) -> ::core::primitive::i32 {
                #to_code
            }

            fn from_code(code: ::core::primitive::i32) -> ::core::option::Option<Self> {
                #from_code
            }
        },
    )
}

/// The most arms of one `match`: the compiler takes four times as long for twice as many.
const MOST_ARMS: usize = 500;

/// The bodies that turn a variant into its code, and a code into its variant.
fn in_one(labels: &Labels<'_>) -> (TokenStream, TokenStream) {
    let variants: Vec<_> = labels.labels.iter().map(|label| label.ident).collect();
    let codes: Vec<_> = labels.labels.iter().map(|label| label.code).collect();
    let to_code = quote!(match self { #(Self::#variants => #codes,)* });
    let from_code = quote! {
        ::core::option::Option::Some(match code {
            #(#codes => Self::#variants,)*
            _ => return ::core::option::Option::None,
        })
    };
    (to_code, from_code)
}

/// The same for many labels, in functions of few arms each, so that the time to compile them grows in a straight line.
fn in_parts(labels: &Labels<'_>) -> (TokenStream, TokenStream) {
    let ident = labels.ident;
    let (mut to_code, mut from_code) = (TokenStream::new(), TokenStream::new());
    for part in labels.labels.chunks(MOST_ARMS) {
        let variants: Vec<_> = part.iter().map(|label| label.ident).collect();
        let codes: Vec<_> = part.iter().map(|label| label.code).collect();
        to_code.extend(quote! {{
            fn part(label: &#ident) -> ::core::option::Option<::core::primitive::i32> {
                ::core::option::Option::Some(match label {
                    #(#ident::#variants => #codes,)*
                    _ => return ::core::option::Option::None,
                })
            }
            if let ::core::option::Option::Some(code) = part(self) {
                return code;
            }
        }});
        from_code.extend(quote! {{
            fn part(code: ::core::primitive::i32) -> ::core::option::Option<#ident> {
                ::core::option::Option::Some(match code {
                    #(#codes => #ident::#variants,)*
                    _ => return ::core::option::Option::None,
                })
            }
            if let ::core::option::Option::Some(label) = part(code) {
                return ::core::option::Option::Some(label);
            }
        }});
    }
    // Every variant is in a part, so this is not reached.
    let last = labels.labels.last().map_or(0, |label| label.code);
    (quote!(#to_code #last), quote!(#from_code ::core::option::Option::None))
}

/// As [`faulty_record`], for an enum.
pub(crate) fn faulty_labels(labels: &Labels<'_>) -> TokenStream {
    let Labels { ident, krate, .. } = labels;
    let private = quote!(#krate::__private_v1);
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
    let private = quote!(#krate::__private_v1);
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
