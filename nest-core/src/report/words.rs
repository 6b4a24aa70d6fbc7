//! The words of the report, the same in each of its forms. Parties and limits are those of SECURITY, in its words.

use super::model;
use crate::declare::schema::{AtRest, Field, RecordKind, Role, Schema, Type};

pub(super) const SUMMARY: &str = "This page lists every request that the data source answers about people, and \
    everything that travels in it. It was made from the addresses that the program serves and from the declarations that \
    it is built from: through these addresses nothing else is exchanged, and nothing is larger, longer or more precise \
    than stated. A program can have other ways out than these; of those this page says nothing.";

pub(super) const RECORDS_ALONE: &str = "This page lists kinds of records that are exchanged about people. It was made \
    from the declarations that the software is built from: no record of these kinds is larger, longer or more precise \
    than stated. It lists no addresses: what travels around a record, and which other kinds of records are exchanged, it \
    does not say.";

pub(super) const REQUESTS: &str = "Each address takes one participant, and with `_batch` at its end many at once. A \
    block is 64 encrypted bytes. The numbers count all that is sealed for one participant: the record and what is around \
    it. An answer has the same size whether there is a record or not.";

pub(super) const ENVELOPE: &str = "A record never travels alone. Each is sealed together with the participant whom it \
    is about and with a tag. In transit they are encrypted like everything else; for the party that may open the \
    record they are readable.";

/// What a message says without encryption, besides the protection of the connection.
pub(super) const IN_CLEAR: [&str; 5] = [
    "The activity, the operation (in the address), and the minute in UTC.",
    "The domain of the sender and that of the receiver, and the sender's session at each transcryptor.",
    "The fingerprints of the records' shape and meaning, which tell the kind of record.",
    "How many participants a request is about.",
    "Who calls: a caller has a token, and the data source keeps the caller's name in its logs. Neither holds a pseudonym \
     or a value.",
];

/// Who sees what: the rows of the table in SECURITY.
pub(super) const OBSERVERS: [[&str; 4]; 5] = [
    ["listener", "that two parties exchange messages, when, and of what size", "anything else", "TLS"],
    [
        "one transcryptor",
        "the two domains, the record's shape and field names, how many records came together, when",
        "values, pseudonyms, which person",
        "ElGamal; keys are shared among all transcryptors",
    ],
    [
        "receiver",
        "every value, its own pseudonyms",
        "the sender's pseudonyms, the order in which the sender keeps records",
        "transcryption; the sender's shuffle",
    ],
    ["sender", "what it sent", "the receiver's pseudonyms", "transcryption"],
    [
        "any of them, from sizes alone",
        "the record's type",
        "whether a value is present, how long a text is, how many items a list has, which variant an enum is, whether a \
         request succeeded",
        "one fixed shape for each type",
    ],
];

pub(super) const MATCHING: &str = "Each party has its own pseudonym of a person, and alone none can tell which of the \
    other's it belongs to. Two together can: the sender and the receiver, and either of them with one transcryptor, can \
    match every record, because half of each ciphertext stays the same on its way. So parties that must not match records \
    need an agreement that says so. All transcryptors together can decrypt everything, so they must be run by independent \
    parties.";

/// The list under that heading in SECURITY.
pub(super) const LIMITS: [&str; 7] = [
    "A receiver that is entitled to the values and matches rare combinations of them with what it knows from elsewhere.",
    "A source or platform that logs what it has decrypted.",
    "All transcryptors acting together, or one party that runs all of them.",
    "Traffic analysis by the number and time of messages.",
    "Sender and receiver that compare what they hold: the second half of an attribute's ciphertext goes through \
     transcryption unchanged (libpep 0.12), so together they can match every record, in spite of every shuffle. Alone, neither can: \
     the sender's shuffle comes first. Only transcryptors that rerandomise would stop the two.",
    "A party with an account at the transcryptors that gets hold of somebody else's sealed message: `paas-server` 0.13 does \
     not check the session that a message is said to come from, and turns it to any party that may receive from the domain \
     it is said to be of. Only TLS, and the party at its end, keeps messages from others.",
    "A reader of a party's memory.",
];

pub(super) const BITS: &str = "Identifying bits say how many people the values of one record could tell apart: 10 bits \
    about a thousand, 20 bits about a million, 33 bits everybody alive. Each field counts the bits that number its \
    possible values. Pseudonyms are not counted, since they are there to tell people apart within one party.";

pub(super) const BLOCKS: &str = "A record travels as encrypted blocks of one size. Every record of a kind takes \
    the same number of blocks, whatever its values. The blocks here are those of the record alone; the table of requests \
    adds what is around it.";

pub(super) const STORAGE: &str = "This is how a vault (nest-vault) keeps the records. A sealed field cannot be read \
    without the key of the person it is about, and is lost when that key is destroyed. Pseudonyms are always sealed. A \
    readable field can be read by anyone who can read the database or a backup of it. After the person is erased it is \
    gone from the database, but older backups still hold it. Storage other than a vault may keep every field readable; \
    this page says nothing about it.";

pub(super) const SIGNING: &str = "The person who signs has read this report as it was made by the software named in it. A \
    change of the software that changes a fingerprint asks for a new report.";

pub(super) const SIGNATURE: [&str; 4] = ["Name", "Function", "Place and date", "Signature"];

/// A documentation comment in one line.
pub(super) fn line(doc: &str) -> String {
    doc.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn count(blocks: usize) -> String {
    if blocks == 1 { "1 block".to_owned() } else { format!("{blocks} blocks") }
}

/// What a kind of record is, in words.
pub(super) fn kind(schema: &Schema) -> &'static str {
    if !model::travels(schema.kind) {
        return "record of linking variables, which is never exchanged";
    }
    match (schema.kind, schema.variants.is_empty()) {
        (RecordKind::Progress, _) => "progress message",
        (_, true) => "record",
        (_, false) => "record with variants that look the same from outside",
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Pseudonym => "pseudonym",
        Role::Attribute => "attribute",
        Role::Record => "record",
    }
}

/// How a field is kept in a vault.
pub(super) fn at_rest(field: &Field) -> &'static str {
    match (field.role(), field.at_rest) {
        (Role::Record, _) => "as its own fields",
        (_, AtRest::Plain) => "readable",
        (_, AtRest::Alone) => "sealed alone",
        (_, _) => "sealed",
    }
}

/// The type of a field, with its unit where one was declared.
pub(super) fn holds(field: &Field) -> String {
    let unit = field.unit.map(|unit| format!(", in {unit}")).unwrap_or_default();
    format!("{}{unit}", field.ty.describe())
}

/// The labels of a field that has some, each with its code and its documentation.
pub(super) fn labels(field: &Field) -> Vec<Vec<String>> {
    let row = |label: &crate::declare::schema::Label| {
        vec![field.name.to_owned(), label.name.to_owned(), label.code.to_string(), line(label.doc)]
    };
    let (mut ty, mut reasons) = (field.ty, Vec::new());
    loop {
        ty = match ty {
            Type::Optional { item, absent } => {
                reasons = absent.reasons().iter().map(row).collect();
                *item
            }
            Type::Array { item, .. } | Type::List { item, .. } => *item,
            Type::Enum(labels) => {
                return labels.labels.iter().map(row).chain(reasons).collect();
            }
            _ => return reasons,
        };
    }
}

/// The budget of blocks, used and left.
pub(super) fn blocks(schema: &Schema) -> String {
    let (used, max) = (schema.blocks(), schema.max_blocks);
    format!("{used} of {max} blocks used, {} left", max.saturating_sub(used))
}

/// The budget of bits, used and left.
pub(super) fn bits(schema: &Schema) -> String {
    let used = schema.bits();
    match schema.max_bits() {
        Some(max) => format!("{used} of {max} identifying bits used, {} left", max.saturating_sub(used)),
        None => format!("{used} identifying bits, no bound declared"),
    }
}

/// Bits in words that need no mathematics.
pub(super) fn singles_out(bits: u32) -> String {
    match bits {
        0 => "its values tell no people apart".to_owned(),
        1..=9 => format!("its values tell apart at most {} groups of people", 1_u32 << bits),
        10..=19 => {
            format!("its values could single out one person in about {} thousand", 1_u32 << (bits - 10))
        }
        20..=32 => {
            format!("its values could single out one person in about {} million", 1_u32 << (bits - 20))
        }
        _ => "its values could together single out anybody: look at its widest fields".to_owned(),
    }
}

/// The records within a record, each once, in the order of their appearance.
pub(super) fn inner(schema: &'static Schema) -> Vec<&'static Schema> {
    let mut found: Vec<&'static Schema> = Vec::new();
    for record in schema.fields.iter().filter_map(|field| field.ty.record()) {
        for record in std::iter::once(record).chain(inner(record)) {
            if !found.contains(&record) {
                found.push(record);
            }
        }
    }
    found
}
