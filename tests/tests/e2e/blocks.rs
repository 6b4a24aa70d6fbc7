//! Takes the records of a message apart, and puts them together differently.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Two elements of the group.
pub(crate) type Block = [u8; 64];

/// Where in an item the participant stands, and where the tag.
pub(crate) const WHO: usize = 0;
pub(crate) const TAG: usize = 1;

/// The blocks of a record.
pub(crate) fn blocks(record: &Value) -> Vec<Block> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(record.as_str().unwrap()).unwrap();
    let (blocks, rest) = bytes.as_chunks();
    assert!(rest.is_empty());
    blocks.to_vec()
}

/// A record of these blocks.
pub(crate) fn record(blocks: &[Block]) -> Value {
    BASE64_URL_SAFE_NO_PAD.encode(blocks.as_flattened()).into()
}

/// One block of one record of a message.
pub(crate) fn block(message: &Value, index: usize, place: usize) -> Block {
    blocks(&message["batch"]["records"][index])[place]
}

/// The message with another block there.
pub(crate) fn with_block(message: &Value, index: usize, place: usize, block: Block) -> Value {
    let mut message = message.clone();
    let mut blocks = blocks(&message["batch"]["records"][index]);
    blocks[place] = block;
    message["batch"]["records"][index] = record(&blocks);
    message
}

/// A message of the JSON form in the compact one.
pub(crate) fn compact(message: &Value) -> Vec<u8> {
    let records = message["batch"]["records"].as_array().unwrap();
    let mut head = message.clone();
    let batch = head.as_object_mut().unwrap().remove("batch").unwrap();
    for part in ["domain", "sessions", "shape"] {
        head[part] = batch[part].clone();
    }
    head["records"] = json!(records.len());
    compact_of(&head, records.iter().flat_map(blocks).collect::<Vec<_>>().as_flattened())
}

/// A compact message of this head and these blocks.
pub(crate) fn compact_of(head: &Value, blocks: &[u8]) -> Vec<u8> {
    let head = head.to_string();
    let len = u32::try_from(head.len()).unwrap().to_be_bytes();
    [len.as_slice(), head.as_bytes(), blocks].concat()
}

/// The content type of the compact form.
pub(crate) const COMPACT: &str = "application/vnd.nest.message";
