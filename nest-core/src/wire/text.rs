//! The text of a sealed record between two ends that both know its declaration: its blocks, one after the other.
//!
//! The alphabet is that of libpep's ciphertexts, the base64 of URLs: none of it is ever escaped, whichever program writes the
//! JSON, so the length is that of the declaration. There is no padding, which would say nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::seal::cipher::Sealed64;

pub(crate) fn to_text(blocks: &[Sealed64]) -> String {
    URL_SAFE_NO_PAD.encode(blocks.as_flattened())
}

/// So many blocks, in the one text that they have; `None` for everything else.
pub(crate) fn from_text(text: &str, blocks: usize) -> Option<Vec<Sealed64>> {
    // Before anything is decoded: what is read is less than what was sent.
    let letters = base64::encoded_len(blocks.checked_mul(size_of::<Sealed64>())?, false)?;
    let bytes = (text.len() == letters).then(|| URL_SAFE_NO_PAD.decode(text).ok())??;
    let (read, rest) = bytes.as_chunks();
    (read.len() == blocks && rest.is_empty()).then(|| read.to_vec())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks() -> impl Strategy<Value = Vec<Sealed64>> {
        prop::collection::vec(prop::array::uniform32(any::<[u8; 2]>()), 0..8)
            .prop_map(|blocks| blocks.iter().map(|block| block.as_flattened().try_into().unwrap()).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn blocks_come_back_as_they_were_and_as_no_other_number(blocks in blocks()) {
            let text = to_text(&blocks);
            prop_assert_eq!(from_text(&text, blocks.len()).unwrap(), &blocks[..]);
            for other in (0..10).filter(|other| *other != blocks.len()) {
                prop_assert!(from_text(&text, other).is_none());
            }
        }

        #[test]
        fn what_is_read_is_written_in_the_same_letters(
            blocks in blocks(),
            place: prop::sample::Index,
            letter in "[\\PC\0\n=|+/]",
        ) {
            let mut text: Vec<char> = to_text(&blocks).chars().collect();
            if !text.is_empty() {
                let place = place.index(text.len());
                text.splice(place..=place, letter.chars());
            }
            let text: String = text.into_iter().collect();
            if let Some(read) = from_text(&text, blocks.len()) {
                prop_assert_eq!(to_text(&read), text);
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,200}", letters in "[A-Za-z0-9_-]{80,180}", blocks in 0_usize..4) {
            for text in [text, letters] {
                if let Some(read) = from_text(&text, blocks) {
                    prop_assert_eq!(to_text(&read), text);
                }
            }
        }
    }

    #[test]
    fn a_number_of_blocks_has_one_length_one_alphabet_and_one_end() {
        for (blocks, letters) in [(0, 0), (1, 86), (2, 171), (3, 256), (10, 854)] {
            assert_eq!(to_text(&vec![[0xff; 64]; blocks]).len(), letters);
            assert!(from_text(&"A".repeat(letters), blocks).is_some());
            assert!(from_text(&"A".repeat(letters + 1), blocks).is_none());
        }
        // Two and four bits of the last letter are to spare after one and two blocks.
        for (blocks, letters, ends) in [(1, 86, "AQgw"), (2, 171, "AEIMQUYcgkosw048")] {
            let most = "A".repeat(letters - 1);
            let alphabet = ('\0'..='\u{7f}').chain(['é']);
            let read: Vec<char> =
                alphabet.filter(|end| from_text(&format!("{most}{end}"), blocks).is_some()).collect();
            assert!(read.iter().all(|end| ends.contains(*end)) && read.len() == ends.len(), "{read:?}");
        }
        let text = to_text(&[[0xfb; 64]]);
        assert!(text.contains('-'));
        for other in [text.replace('-', "+"), format!("{text}=="), format!(" {text}"), text.replace('-', "é")]
        {
            assert!(from_text(&other, 1).is_none(), "{other}");
        }
        assert!(from_text("", usize::MAX).is_none());
    }
}
