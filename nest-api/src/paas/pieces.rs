//! A batch in pieces. A transcryptor does not read a batch of any size, and a piece must not be small.

use std::sync::Arc;

use rand::seq::SliceRandom;
use serde::Serialize;

/// The most bytes of records in one call. paas-server reads 2 MiB. An answer is as long as its request, so the answer
/// of one transcryptor fits the next.
pub(super) const PIECE_BYTES: usize = 1536 * 1024;

/// The fewest records of a piece, unless the whole batch has fewer or so many do not fit.
///
/// An observer of one piece sees a record among those of the piece. The piece says nothing of the record's place at
/// its sender, since the batch is shuffled as a whole.
const SMALLEST: usize = 128;

/// How many pieces a batch is cut into so that several cores work at it, even if fewer would do.
const PIECES: usize = 8;

/// One piece. It is shared, not copied, because all pieces are sent again when a session has ended.
pub(super) type Piece<V> = Arc<[V]>;

/// Records in pieces that a transcryptor can read, shuffled before they are cut. The pieces have equal size, because
/// a small last piece would hide fewer people.
pub(super) fn cut<V: Serialize>(mut records: Vec<V>) -> Vec<Piece<V>> {
    records.shuffle(&mut rand::rng());
    // All records have the size of the first; one more byte separates them.
    let size =
        records.first().and_then(|record| serde_json::to_vec(record).ok()).map_or(1, |json| json.len() + 1);
    let sizes = sizes(records.len(), (PIECE_BYTES / size).max(1));
    let mut records = records.into_iter();
    sizes.map(|size| records.by_ref().take(size).collect()).collect()
}

/// Joins pieces to one batch, in an order that does not tell which piece came first.
pub(super) fn join<V>(pieces: Vec<Vec<V>>) -> Vec<V> {
    let mut records: Vec<_> = pieces.into_iter().flatten().collect();
    records.shuffle(&mut rand::rng());
    records
}

/// The sizes of equal pieces of at most `most` that make up `total`, no two more than one apart.
fn sizes(total: usize, most: usize) -> impl Iterator<Item = usize> {
    let pieces = (total / SMALLEST).clamp(1, PIECES).max(total.div_ceil(most)).min(total);
    (0..pieces).map(move |piece| total / pieces + usize::from(piece < total % pieces))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use nest_core::prelude::*;
    use nest_core::{InProcess, Transcryption};

    use super::*;

    #[test]
    fn pieces_are_equal_and_as_many_as_are_worth_while() {
        let sizes = |total, most| sizes(total, most).collect::<Vec<_>>();
        assert_eq!(sizes(0, 700), [0; 0]);
        assert_eq!(sizes(1, 700), [1]);
        assert_eq!(sizes(255, 700), [255]);
        assert_eq!(sizes(256, 700), [128, 128]);
        assert_eq!(sizes(701, 700), [141, 140, 140, 140, 140]);
        assert_eq!(sizes(2000, 700), [250; 8]);
        assert_eq!(sizes(10_000, 700).len(), 15);
        assert_eq!(sizes(3, 1), [1, 1, 1]);
    }

    #[test]
    fn no_piece_is_small_unless_no_larger_one_fits() {
        for most in (1..60).chain([127, 128, 129, 200, 700]) {
            for total in (1..400).chain(1000..1400) {
                let sizes: Vec<_> = sizes(total, most).collect();
                assert_eq!(sizes.iter().sum::<usize>(), total);
                assert!(sizes.iter().all(|size| (1..=most).contains(size)), "{total} by {most}");
                let least = SMALLEST.min(most.div_ceil(2));
                assert!(sizes.len() == 1 || sizes.iter().all(|size| *size >= least), "{total} by {most}");
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
            assert!(bytes <= PIECE_BYTES && piece.len() >= SMALLEST, "{bytes}");
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
