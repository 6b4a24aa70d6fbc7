//! The least that sealing and opening can take with this curve: the operations of which none can be left out.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE as G;
use curve25519_dalek::ristretto::{RistrettoBasepointTable, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use sha2::Sha256;

use crate::clock::{Rounds, primitive};

/// Microseconds of one operation each.
pub(crate) struct Floor {
    multiplication: Rounds,
    table: Rounds,
    compression: Rounds,
    batched_compression: Rounds,
    small_batch: Rounds,
    decompression: Rounds,
    addition: Rounds,
}

/// The points of a batch: enough to share the inversion, and few enough for the cache.
const BATCH: usize = 128;

/// The attributes of one record.
const RECORD: usize = 6;

impl Floor {
    pub(crate) fn measure() -> Self {
        let rng = &mut rand::rng();
        let (point, scalar) = (RistrettoPoint::random(rng), Scalar::random(rng));
        let table = RistrettoBasepointTable::create(&point);
        let points: Vec<_> = (0..BATCH).map(|_| RistrettoPoint::random(rng)).collect();
        let compressed = point.compress();
        let data = RistrettoPoint::lizard_encode::<Sha256>(&[7; 16]);
        let floor = Self {
            multiplication: primitive(|| point * scalar),
            table: primitive(|| &table * &scalar),
            compression: primitive(|| point.compress()),
            batched_compression: primitive(|| RistrettoPoint::double_and_compress_batch(&points)).per(BATCH),
            small_batch: primitive(|| RistrettoPoint::double_and_compress_batch(points.iter().take(RECORD)))
                .per(RECORD),
            decompression: primitive(|| compressed.decompress()),
            addition: primitive(|| point + data),
        };
        println!("One operation, µs: median (half of the rounds)");
        for (name, rounds) in [
            ("multiplication", &floor.multiplication),
            ("multiplication by a table", &floor.table),
            ("multiplication by the table of G", &primitive(|| G * &scalar)),
            ("compression", &floor.compression),
            ("compression in a batch", &floor.batched_compression),
            ("compression in a batch of 6", &floor.small_batch),
            ("decompression", &floor.decompression),
            ("addition", &floor.addition),
            ("random scalar", &primitive(|| Scalar::random(rng))),
            ("16 bytes to an element", &primitive(|| RistrettoPoint::lizard_encode::<Sha256>(&[7; 16]))),
            ("an element to 16 bytes", &primitive(|| data.lizard_decode::<Sha256>())),
            ("table of a key", &primitive(|| RistrettoBasepointTable::create(&point))),
        ] {
            println!("{name:36}{rounds}");
        }
        floor
    }

    /// Two multiplications by tables and two compressions; a pseudonym cannot be halved, so one of its is by itself.
    pub(crate) fn seal(&self, pseudonyms: usize, attributes: usize) -> f64 {
        let multiplications = 2.0 * self.table.median();
        let (single, batched) = (self.compression.median(), self.batched_compression.median());
        pseudonyms as f64 * (multiplications + single + batched)
            + attributes as f64 * (multiplications + 2.0 * batched)
    }

    /// An addition and a compression each, those of one record's attributes in one batch, the rest made ahead.
    pub(crate) fn seal_from_pool(&self, pseudonyms: usize, attributes: usize) -> f64 {
        pseudonyms as f64 * (2.0 * self.addition.median() + self.compression.median())
            + attributes as f64 * (self.addition.median() + self.small_batch.median())
    }

    /// Two decompressions, one multiplication and for an attribute one comparison by its compressed form.
    pub(crate) fn open(&self, pseudonyms: usize, attributes: usize) -> f64 {
        let each = 2.0 * self.decompression.median() + self.multiplication.median();
        pseudonyms as f64 * each + attributes as f64 * (each + self.batched_compression.median())
    }
}
