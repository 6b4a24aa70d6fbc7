//! Vectors of numbers modulo 2^64: how they are added, drawn and written.

use rand::Rng;
use zeroize::Zeroizing;

/// Adds other numbers to these, modulo 2^64.
pub(crate) fn add(numbers: &mut [u64], others: &[u64]) {
    for (number, other) in numbers.iter_mut().zip(others) {
        *number = number.wrapping_add(*other);
    }
}

/// Subtracts other numbers from these, modulo 2^64.
pub(crate) fn subtract(numbers: &mut [u64], others: &[u64]) {
    for (number, other) in numbers.iter_mut().zip(others) {
        *number = number.wrapping_sub(*other);
    }
}

/// The numbers as bytes: eight for each, the lowest first.
pub(crate) fn to_bytes(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// As many numbers as are expected; `None` where there are more or fewer.
pub(crate) fn from_bytes(bytes: &[u8], len: usize) -> Option<Vec<u64>> {
    let (numbers, rest) = bytes.as_chunks::<8>();
    (numbers.len() == len && rest.is_empty())
        .then(|| numbers.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect())
}

/// So many random bytes for a secret.
pub(crate) fn random_bytes<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::rng().fill_bytes(bytes.as_mut_slice());
    bytes
}

/// So many random numbers.
pub(crate) fn random(len: usize) -> Zeroizing<Vec<u64>> {
    let mut rng = rand::rng();
    Zeroizing::new((0..len).map(|_| rng.next_u64()).collect())
}
