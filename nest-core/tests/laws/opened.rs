//! Opening what anybody may have sealed, or not: the tables of small domains never change what is read.

use std::cell::Cell;

use crate::ciphers::{Keys, ciphers, open_and_seal_again};
use crate::law::for_bytes;
use crate::values::Sample;

fn blocks_are_opened_as_libpep_opens_them<T: Sample>() {
    let (keys, accepted) = (Keys::new(), Cell::new(0));
    for_bytes(40, &|bytes| {
        let sealed = ciphers::<T>(bytes, &keys).unwrap();
        accepted.set(accepted.get() + open_and_seal_again::<T>(&keys, &sealed));
        Ok(())
    });
    // The generator is of use only while some of what it makes is accepted.
    assert!(accepted.get() > 0);
}

every_record!(blocks_are_opened_as_libpep_opens_them);

#[test]
fn any_bytes_are_opened_without_panic() {
    use crate::kinds::{Labels, Texts, Visit};

    let keys = Keys::new();
    for_bytes(40, &|bytes| {
        let any = bytes.peek_bytes(bytes.len()).unwrap();
        open_and_seal_again::<Labels>(&keys, any);
        open_and_seal_again::<Visit>(&keys, any);
        open_and_seal_again::<Texts>(&keys, &any[..any.len() / 768 * 768]);
        Ok(())
    });
}
