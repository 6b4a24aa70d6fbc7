//! A batch in pieces: a transcryptor does not read one of any size, and a piece must not be small.

use std::sync::Arc;

use rand::seq::SliceRandom;
use serde::Serialize;

/// The most bytes of records in one call, of the 2 MiB that paas-server reads. An answer is as long as its
/// request, so what one transcryptor answers fits the next.
pub(super) const PIECE_BYTES: usize = 1536 * 1024;

/// One piece. It is shared, not copied: all pieces are needed again when a session has ended.
pub(super) type Piece<V> = Arc<[V]>;

/// Records in as few pieces as a transcryptor can read, shuffled before they are cut.
///
/// The pieces are of equal size, so each is at least half as large as the largest that fits, unless it is the
/// whole batch: a small last piece would hide fewer people.
pub(super) fn cut<V: Serialize>(mut records: Vec<V>) -> Vec<Piece<V>> {
    records.shuffle(&mut rand::rng());
    // All records have the size of the first; one more byte separates them.
    let size =
        records.first().and_then(|record| serde_json::to_vec(record).ok()).map_or(1, |json| json.len() + 1);
    let sizes = sizes(records.len(), (PIECE_BYTES / size).max(1));
    let mut records = records.into_iter();
    sizes.map(|size| records.by_ref().take(size).collect()).collect()
}

/// Pieces as one batch again, in an order that does not tell which came first.
pub(super) fn join<V>(pieces: Vec<Vec<V>>) -> Vec<V> {
    let mut records: Vec<_> = pieces.into_iter().flatten().collect();
    records.shuffle(&mut rand::rng());
    records
}

/// The sizes of the fewest pieces of at most `most` that make up `total`, no two more than one apart.
fn sizes(total: usize, most: usize) -> impl Iterator<Item = usize> {
    let pieces = total.div_ceil(most);
    (0..pieces).map(move |piece| total / pieces + usize::from(piece < total % pieces))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::prelude::*;
    use nest_core::{InProcess, Transcryption};

    use super::*;

    #[test]
    fn pieces_are_few_and_equal() {
        let sizes = |total, most| sizes(total, most).collect::<Vec<_>>();
        assert_eq!(sizes(0, 700), [0; 0]);
        assert_eq!(sizes(1, 700), [1]);
        assert_eq!(sizes(700, 700), [700]);
        assert_eq!(sizes(701, 700), [351, 350]);
        assert_eq!(sizes(1402, 700), [468, 467, 467]);
        assert_eq!(sizes(3, 1), [1, 1, 1]);
    }

    #[test]
    fn no_piece_is_smaller_than_half_of_the_largest_that_fits() {
        for most in 1..60 {
            for total in 1..400 {
                let sizes: Vec<_> = sizes(total, most).collect();
                assert_eq!(sizes.iter().sum::<usize>(), total);
                assert!(sizes.iter().all(|size| (1..=most).contains(size)), "{total} by {most}");
                assert!(sizes.len() == 1 || sizes.iter().all(|size| 2 * size >= most), "{total} by {most}");
            }
        }
    }

    #[derive(PepRecord)]
    #[pep(max_blocks = 1)]
    struct Number {
        #[pep(range = 0..=255)]
        number: u8,
    }

    #[tokio::test(flavor = "current_thread")]
    async fn pieces_fit_and_hold_every_record_once_in_another_order() {
        let session = InProcess::new(1).session().await.unwrap();
        let template = session.seal(&Number { number: 255 }).unwrap();
        let numbers: Vec<u8> = (0..100).collect();
        let mut records: Vec<_> =
            numbers.iter().map(|number| session.seal(&Number { number: *number }).unwrap()).collect();
        records.resize(12_000, template);

        let pieces = cut(records);
        assert!(pieces.len() > 1);
        for piece in &pieces {
            let bytes = serde_json::to_vec(&piece[..]).unwrap().len();
            assert!((PIECE_BYTES / 3..=PIECE_BYTES).contains(&bytes), "{bytes}");
        }
        let joined = join(pieces.iter().map(|piece| piece.to_vec()).collect());
        assert_eq!(joined.len(), 12_000);
        let opened: Vec<u8> = joined
            .iter()
            .map(|sealed| session.open(sealed).unwrap().number)
            .filter(|number| *number != 255)
            .collect();
        assert_ne!(opened, numbers);
        let mut sorted = opened;
        sorted.sort_unstable();
        assert_eq!(sorted, numbers);
    }
}
