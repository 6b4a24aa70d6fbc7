//! JSON that nobody honest sends, made from a string of bytes: in the shape of a sealed record, or nearly so.
//!
//! Read by the fuzz targets, too.

use arbitrary::{Result, Unstructured};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use libpep::core::elgamal::ElGamal;
use libpep::data::json::EncryptedPEPJSONValue;
use libpep::data::simple::{ElGamalEncrypted, EncryptedAttribute};
use nest_core::schema::{Schema, Type};
use nest_core::{Batch, DecodeFault, PepRecord, Sealed};

use crate::hostile::{element, rarely};

/// In every text and name of what is forged that is not what should be there: no message may repeat it.
pub(crate) const MARK: &str = "marked";

/// What is asked of JSON that is read as a sealed record: no panic, and one length for whatever is accepted.
///
/// Returns the record where it is accepted.
pub(crate) fn parse_and_write_again<T: PepRecord>(json: &str) -> Option<Sealed<T>> {
    let sealed: Sealed<T> = match serde_json::from_str(json) {
        Ok(sealed) => sealed,
        Err(error) => {
            assert!(!error.to_string().contains(MARK), "{error}");
            return None;
        }
    };
    // libpep reads the same, and what it reads has the shape; it refuses at once what no element of the group is.
    match (serde_json::from_str::<EncryptedPEPJSONValue>(json), sealed.to_libpep()) {
        (Ok(libpep), Ok(own)) => {
            assert!(libpep == own);
            assert!(Sealed::from_libpep(libpep).is_ok_and(|libpep| libpep == sealed));
        }
        (Err(_), Err(error)) => assert_eq!(error.fault(), &DecodeFault::NotData),
        (libpep, own) => panic!("libpep reads it: {}, it is libpep's: {}", libpep.is_ok(), own.is_ok()),
    }
    let again = serde_json::to_string(&sealed).expect("what is sealed can be written");
    assert_eq!(again.len(), wire_len(&Type::Record(T::SCHEMA)));
    assert!(serde_json::from_str::<Sealed<T>>(&again).expect("what is written can be read") == sealed);
    Some(sealed)
}

/// As [`parse_and_write_again`], for a batch.
pub(crate) fn parse_batch_and_write_again<T: PepRecord>(json: &str) -> Option<Batch<T>> {
    let batch: Batch<T> = match serde_json::from_str(json) {
        Ok(batch) => batch,
        Err(error) => {
            assert!(!error.to_string().contains(MARK), "{error}");
            return None;
        }
    };
    let again = serde_json::to_string(&batch).expect("a batch can be written");
    let read: Batch<T> = serde_json::from_str(&again).expect("what is written can be read");
    assert_eq!((read.domain(), read.sessions(), read.len()), (batch.domain(), batch.sessions(), batch.len()));
    assert_eq!(read.to_bytes(), batch.to_bytes());
    let texts = batch.len() * (text_len(T::BLOCKS) + 3);
    let names = [serde_json::to_string(batch.domain()), serde_json::to_string(batch.sessions())];
    let names: usize = names.iter().flatten().map(String::len).sum();
    assert_eq!(again.len(), HEAD.len() + names + texts - usize::from(!batch.is_empty()));
    Some(batch)
}

/// What stands around the names and the records of a batch.
const HEAD: &str = r#"{"domain":,"sessions":,"shape":"0123456789abcdef0123456789abcdef","records":[]}"#;

/// The letters of so many blocks in a batch.
pub(crate) fn text_len(blocks: usize) -> usize {
    (blocks * 64 * 4).div_ceil(3)
}

/// The number of bytes of a sealed value of the type.
pub(crate) fn wire_len(ty: &Type) -> usize {
    let tagged = |tag: &str, data: usize| r#"{"type":"","data":}"#.len() + tag.len() + data;
    let list = |len: usize, item: usize| 2 + len * item + len.saturating_sub(1);
    let name = |name: &str| serde_json::to_string(name).map_or(0, |name| name.len()) + 1;
    match *ty {
        Type::Pseudonym => tagged("Pseudonym", 90),
        Type::Bool => tagged("Bool", 90),
        Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. } | Type::Enum(_) => {
            tagged("Number", 90)
        }
        Type::Text { .. } if ty.blocks() == 1 => tagged("String", 90),
        Type::Text { .. } => tagged("LongString", list(ty.blocks(), 88)),
        Type::Optional { item, .. } => wire_len(item),
        Type::Array { item, len } => tagged("Array", list(len, wire_len(item))),
        Type::List { item, max_len } => {
            let items = tagged("Array", list(max_len, wire_len(item)));
            tagged("Object", 2 + name("count") + tagged("Number", 90) + 1 + name("items") + items)
        }
        Type::Record(schema) | Type::OrFiller(schema) => {
            let fields: usize =
                schema.fields.iter().map(|field| name(field.name) + wire_len(&field.ty)).sum();
            tagged("Object", 2 + fields + schema.fields.len() - 1)
        }
        _ => unreachable!("every type has its case here"),
    }
}

fn ciphertext(bytes: &mut Unstructured<'_>) -> Result<String> {
    let text =
        EncryptedAttribute::from_value(ElGamal { gb: element(bytes)?, gc: element(bytes)? }).to_base64();
    if !rarely(bytes, 128)? {
        return Ok(text);
    }
    Ok(match bytes.int_in_range(0..=7)? {
        0 => String::new(),
        1 => format!("{text}{MARK}"),
        2 => format!("{MARK}{}", &text[MARK.len()..]),
        3 => text.trim_end_matches('=').to_owned(),
        4 => text.replace('_', "/").replace('-', "+"),
        5 => format!("{text}|{text}"),
        6 => format!("{text}|"),
        _ => text[..84].to_owned(),
    })
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A tagged value as libpep writes it, or nearly so.
fn tagged(bytes: &mut Unstructured<'_>, tag: &str, data: &str) -> Result<String> {
    const TAGS: [&str; 11] = [
        "Null",
        "Bool",
        "Number",
        "String",
        "LongString",
        "Pseudonym",
        "LongPseudonym",
        "Array",
        "Object",
        "",
        MARK,
    ];
    let tag = if rarely(bytes, 128)? { *bytes.choose(&TAGS)? } else { tag };
    if !rarely(bytes, 64)? {
        return Ok(format!(r#"{{"type":"{tag}","data":{data}}}"#));
    }
    Ok(match bytes.int_in_range(0..=12)? {
        0 => r#"{"type":"Null"}"#.to_owned(),
        1 => format!(r#"{{"type":"{tag}"}}"#),
        2 => format!(r#"{{"data":{data}}}"#),
        3 => format!(r#"{{"type":"{tag}","data":[{data}]}}"#),
        4 => format!(r#"{{"type":"{tag}","data":{{"{MARK}":{data}}}}}"#),
        5 => format!(r#"{{"{MARK}":"{tag}","data":{data}}}"#),
        6 => format!(r#"["{tag}",{data}]"#),
        7 => data.to_owned(),
        // The same thing in another order, beside something else, twice, and written otherwise.
        8 => format!(r#"{{"data":{data},"type":"{tag}"}}"#),
        9 => format!(r#"{{"type":"{tag}","data":{data},"{MARK}":"{MARK}"}}"#),
        10 => format!(r#"{{"type":"{tag}","type":"{tag}","data":{data}}}"#),
        11 => format!(r#"{{"type":"{tag}","data":{data},"data":{data}}}"#),
        _ => format!("{{ \"\\u0074ype\":\n\"{tag}\",\t\"data\" : {data} }}"),
    })
}

/// JSON in the shape of a sealed value of the type, with now and then something else in its place.
pub(crate) fn forged(bytes: &mut Unstructured<'_>, ty: &Type) -> Result<String> {
    let leaf = |bytes: &mut Unstructured<'_>, tag: &str| {
        let text = ciphertext(bytes)?;
        tagged(bytes, tag, &quoted(&text))
    };
    match *ty {
        Type::Pseudonym => leaf(bytes, "Pseudonym"),
        Type::Bool => leaf(bytes, "Bool"),
        Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. } | Type::Enum(_) => {
            leaf(bytes, "Number")
        }
        Type::Text { .. } => {
            let more = if rarely(bytes, 32)? { bytes.int_in_range(0..=2)? } else { 1 };
            let blocks: Vec<_> = (1..ty.blocks() + more).map(|_| ciphertext(bytes)).collect::<Result<_>>()?;
            let short = blocks.len() == 1 && !rarely(bytes, 16)?;
            tagged(bytes, if short { "String" } else { "LongString" }, &quoted(&blocks.join("|")))
        }
        Type::Optional { item, .. } => forged(bytes, item),
        Type::Array { item, len } => forged_items(bytes, item, len),
        Type::List { item, max_len } => {
            let (count, items) = (leaf(bytes, "Number")?, forged_items(bytes, item, max_len)?);
            let data = forged_fields(bytes, vec![("count", count), ("items", items)])?;
            tagged(bytes, "Object", &data)
        }
        Type::Record(schema) | Type::OrFiller(schema) => {
            let fields = schema.fields.iter().map(|field| Ok((field.name, forged(bytes, &field.ty)?)));
            let fields = fields.collect::<Result<_>>()?;
            let data = forged_fields(bytes, fields)?;
            tagged(bytes, "Object", &data)
        }
        _ => unreachable!("every type has its case here"),
    }
}

fn forged_items(bytes: &mut Unstructured<'_>, item: &Type, len: usize) -> Result<String> {
    let len = if rarely(bytes, 64)? { bytes.int_in_range(0..=len + 1)? } else { len };
    let items: Vec<_> = (0..len).map(|_| forged(bytes, item)).collect::<Result<_>>()?;
    tagged(bytes, "Array", &format!("[{}]", items.join(",")))
}

/// Fields in any order, now and then one too few or too many, or one twice.
fn forged_fields(bytes: &mut Unstructured<'_>, mut fields: Vec<(&str, String)>) -> Result<String> {
    if rarely(bytes, 128)? {
        fields.remove(bytes.choose_index(fields.len())?);
    }
    if rarely(bytes, 128)? {
        fields.push((MARK, r#"{"type":"Null"}"#.to_owned()));
    }
    if rarely(bytes, 128)? && !fields.is_empty() {
        fields.push(bytes.choose(&fields)?.clone());
    }
    if bytes.arbitrary()? {
        fields.reverse();
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    Ok(format!("{{{}}}", fields.join(",")))
}

/// The text of a record in a batch, or nearly so.
fn forged_text(bytes: &mut Unstructured<'_>, blocks: usize) -> Result<String> {
    let more = if rarely(bytes, 32)? { bytes.int_in_range(0..=2)? } else { 1 };
    let mut elements = Vec::new();
    for _ in 1..blocks + more {
        elements.extend([element(bytes)?, element(bytes)?].map(|point| point.to_bytes()));
    }
    let text = BASE64_URL_SAFE_NO_PAD.encode(elements.as_flattened());
    if !rarely(bytes, 8)? {
        return Ok(quoted(&text));
    }
    let place = bytes.choose_index(text.len().max(1))?.min(text.len());
    let (before, after) = text.split_at(place);
    let rest = after.get(1..).unwrap_or_default();
    Ok(match bytes.int_in_range(0..=10)? {
        0 => "null".to_owned(),
        1 => format!("[{}]", quoted(&text)),
        2 => format!(r#"{{"type":"Object","data":{{"{MARK}":{}}}}}"#, quoted(&text)),
        3 => quoted(&format!("{text}{MARK}")),
        4 => quoted(&format!("{MARK}{}", text.get(MARK.len()..).unwrap_or_default())),
        5 => quoted(&format!("{text}==")),
        6 => quoted(&text.replace('_', "/").replace('-', "+")),
        7 => quoted(before),
        8 => quoted(&format!("{before}{}{rest}", bytes.arbitrary::<char>()?)),
        // The same letters in other words, and another last letter.
        9 => {
            format!(r#""\u{:04x}{}""#, text.bytes().next().unwrap_or(b'A'), text.get(1..).unwrap_or_default())
        }
        _ => quoted(&format!(
            "{}{}",
            &text[..text.len().saturating_sub(1)],
            *bytes.choose(&['A', 'B', 'Q', '_'])?
        )),
    })
}

/// JSON in the shape of a batch, with now and then something else in its place.
pub(crate) fn forged_batch(bytes: &mut Unstructured<'_>, schema: &'static Schema) -> Result<String> {
    let len = bytes.int_in_range(0..=2)?;
    let records: Vec<_> = (0..len).map(|_| forged_text(bytes, schema.blocks())).collect::<Result<_>>()?;
    let mut parts = vec![
        ("domain", r#""school""#.to_owned()),
        ("sessions", r#"{"t0":"a","t1":"b"}"#.to_owned()),
        ("shape", quoted(&schema.shape_fingerprint().to_string())),
        ("records", format!("[{}]", records.join(","))),
    ];
    if rarely(bytes, 4)? {
        let other = match bytes.int_in_range(0..=11)? {
            0 => "null".to_owned(),
            1 => quoted(MARK),
            2 => quoted(&format!("{MARK} \u{7f}")),
            3 => format!(r#"["{MARK}"]"#),
            4 => format!(r#"{{"{MARK}":""}}"#),
            5 => format!(r#"{{"{MARK}":"{MARK}"}}"#),
            6 => format!(r#"{{"{MARK}":31337}}"#),
            7 => "{}".to_owned(),
            8 => "-31337.5".to_owned(),
            9 => quoted("0123456789abcdef0123456789abcdef"),
            10 => quoted(&schema.shape_fingerprint().to_string().to_uppercase()),
            _ => {
                let sessions: Vec<_> = (0..17).map(|i| format!(r#""t{i}":"{MARK}""#)).collect();
                format!("{{{}}}", sessions.join(","))
            }
        };
        match bytes.choose_index(parts.len() + 1)? {
            place if place < parts.len() => parts[place].1 = other,
            _ => parts.push((MARK, other)),
        }
    }
    forged_fields(bytes, parts)
}
