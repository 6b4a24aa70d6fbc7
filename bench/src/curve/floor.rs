//! The least that sealing and opening can take with this curve: the operations of which none can be left out.

use curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE as G;
use curve25519_dalek::ristretto::{RistrettoBasepointTable, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use sha2::Sha256;

use crate::clock::primitive;
use crate::{Spread, Table};

/// Microseconds of one operation each.
pub(super) struct Floor {
    multiplication: Spread,
    table: Spread,
    compression: Spread,
    batched_compression: Spread,
    small_batch: Spread,
    decompression: Spread,
    addition: Spread,
}

/// What a record is made of.
#[derive(Clone, Copy)]
pub(super) struct Blocks {
    pub(super) pseudonyms: usize,
    pub(super) attributes: usize,
}

/// The points of a batch: enough to share the inversion, and few enough for the cache.
const BATCH: usize = 128;

/// The attributes of one record.
const RECORD: usize = 6;

impl Floor {
    /// Over so many rounds of each operation: some ten milliseconds for 21 of them.
    pub(super) fn measure(rounds: usize) -> Self {
        let rng = &mut rand::rng();
        let (point, scalar) = (RistrettoPoint::random(rng), Scalar::random(rng));
        let table = RistrettoBasepointTable::create(&point);
        let points: Vec<_> = (0..BATCH).map(|_| RistrettoPoint::random(rng)).collect();
        let compressed = point.compress();
        let batch = |of: usize| {
            let compress = || RistrettoPoint::double_and_compress_batch(points.iter().take(of));
            primitive(rounds, compress).per(of)
        };
        Self {
            multiplication: primitive(rounds, || point * scalar),
            table: primitive(rounds, || &table * &scalar),
            compression: primitive(rounds, || point.compress()),
            batched_compression: batch(BATCH),
            small_batch: batch(RECORD),
            decompression: primitive(rounds, || compressed.decompress()),
            addition: primitive(rounds, || point + point),
        }
    }

    /// Two multiplications by tables and two compressions; a pseudonym cannot be halved, so one of its is by itself.
    pub(super) fn seal(&self, Blocks { pseudonyms, attributes }: Blocks) -> f64 {
        let multiplications = 2.0 * self.table.median;
        let (single, batched) = (self.compression.median, self.batched_compression.median);
        pseudonyms as f64 * (multiplications + single + batched)
            + attributes as f64 * (multiplications + 2.0 * batched)
    }

    /// An addition and a compression each, those of one record's attributes in one batch, the rest made ahead.
    pub(super) fn seal_from_pool(&self, Blocks { pseudonyms, attributes }: Blocks) -> f64 {
        pseudonyms as f64 * (2.0 * self.addition.median + self.compression.median)
            + attributes as f64 * (self.addition.median + self.small_batch.median)
    }

    /// Two decompressions, one multiplication and for an attribute one comparison by its compressed form.
    pub(super) fn open(&self, Blocks { pseudonyms, attributes }: Blocks) -> f64 {
        let each = 2.0 * self.decompression.median + self.multiplication.median;
        pseudonyms as f64 * each + attributes as f64 * (each + self.batched_compression.median)
    }
}

/// All operations that matter, also those that can be left out.
pub(super) fn primitives() -> Table {
    let rounds = 401;
    let floor = Floor::measure(rounds);
    let rng = &mut rand::rng();
    let (point, scalar) = (RistrettoPoint::random(rng), Scalar::random(rng));
    let data = RistrettoPoint::lizard_encode::<Sha256>(&[7; 16]);
    let mut table = Table::new(["one operation", "µs"]);
    for (name, took) in [
        ("multiplication", floor.multiplication),
        ("multiplication by a table", floor.table),
        ("multiplication by the table of G", primitive(rounds, || G * &scalar)),
        ("compression", floor.compression),
        ("compression in a batch of 128", floor.batched_compression),
        ("compression in a batch of 6", floor.small_batch),
        ("decompression", floor.decompression),
        ("addition", floor.addition),
        ("random scalar", primitive(rounds, || Scalar::random(rng))),
        (
            "16 bytes to an element (Lizard)",
            primitive(rounds, || RistrettoPoint::lizard_encode::<Sha256>(&[7; 16])),
        ),
        ("an element to 16 bytes (Lizard)", primitive(rounds, || data.lizard_decode::<Sha256>())),
        ("table of a key", primitive(rounds, || RistrettoBasepointTable::create(&point))),
    ] {
        table.row([name, &took.to_string()]);
    }
    table
}
