//! The parts of sealing and opening, for whoever changes one of them and wants numbers at once:
//! `cargo bench -p nest-bench`. What they come to beside libpep is measured by `bench/run`.

// Nothing is from outside, and what fails here has no number.
#![allow(clippy::expect_used)]

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoBasepointTable, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use divan::Bencher;
use divan::counter::ItemsCount;
use nest_bench::curve::{Assessment, Keys};
use nest_core::Batch;
use sha2::Sha256;

fn main() {
    divan::main();
}

fn point() -> RistrettoPoint {
    RistrettoPoint::random(&mut rand::rng())
}

fn scalar() -> Scalar {
    Scalar::random(&mut rand::rng())
}

#[divan::bench]
fn multiply(bencher: Bencher) {
    bencher.with_inputs(|| (point(), scalar())).bench_refs(|(point, scalar)| *point * *scalar);
}

#[divan::bench]
fn multiply_by_table(bencher: Bencher) {
    let table = RistrettoBasepointTable::create(&point());
    bencher.with_inputs(scalar).bench_refs(|scalar| &table * &*scalar);
}

#[divan::bench]
fn make_table(bencher: Bencher) {
    bencher.with_inputs(point).bench_refs(|point| RistrettoBasepointTable::create(point));
}

#[divan::bench]
fn compress(bencher: Bencher) {
    bencher.with_inputs(point).bench_refs(|point| point.compress());
}

#[divan::bench(args = [6, 128])]
fn compress_batch(bencher: Bencher, points: usize) {
    let batch: Vec<_> = (0..points).map(|_| point()).collect();
    bencher
        .counter(ItemsCount::new(points))
        .bench_local(|| RistrettoPoint::double_and_compress_batch(divan::black_box(&batch)));
}

#[divan::bench]
fn decompress(bencher: Bencher) {
    bencher
        .with_inputs(|| point().compress())
        .bench_refs(|point: &mut CompressedRistretto| point.decompress());
}

#[divan::bench]
fn lizard_encode(bencher: Bencher) {
    bencher
        .with_inputs(rand::random::<[u8; 16]>)
        .bench_refs(|bytes| RistrettoPoint::lizard_encode::<Sha256>(bytes));
}

#[divan::bench]
fn lizard_decode(bencher: Bencher) {
    let element = || RistrettoPoint::lizard_encode::<Sha256>(&rand::random());
    bencher.with_inputs(element).bench_refs(|point| point.lizard_decode::<Sha256>());
}

#[divan::bench(args = [1, 16, 256])]
fn seal(bencher: Bencher, records: u16) {
    let (keys, records) = prepared(records);
    bencher
        .counter(ItemsCount::new(records.len()))
        .bench_local(|| Batch::seal(&keys.domain, &keys.session, &records));
}

#[divan::bench(args = [1, 16, 256])]
fn open(bencher: Bencher, records: u16) {
    let (keys, records) = prepared(records);
    let batch = Batch::seal(&keys.domain, &keys.session, &records).expect("records that fit");
    bencher.counter(ItemsCount::new(records.len())).bench_local(|| batch.open(&keys.session));
}

/// One record after the other, without what a batch shares.
#[divan::bench]
fn seal_one(bencher: Bencher) {
    let (keys, _) = prepared(1);
    bencher.with_inputs(|| Assessment::some(7)).bench_local_refs(|record| keys.session.seal(record));
}

fn prepared(records: u16) -> (Keys, Vec<Assessment>) {
    let keys = Keys::new().expect("keys");
    keys.session.prepare::<Assessment>();
    (keys, (0..records).map(Assessment::some).collect())
}
