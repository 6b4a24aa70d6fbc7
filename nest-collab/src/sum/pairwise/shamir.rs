//! Shamir's secret sharing over the scalars of Curve25519: any `threshold` shares give the secret, fewer give nothing.
//!
//! A. Shamir, "How to share a secret", 1979. The arithmetic is that of `curve25519-dalek`, in constant time.

use curve25519_dalek::Scalar;
use zeroize::Zeroizing;

use super::scalar::random_scalar;

/// Shares for so many holders; the holder `i` has the value of the polynomial at `i + 1`.
pub(crate) fn split(secret: &Scalar, threshold: usize, holders: usize) -> Zeroizing<Vec<Scalar>> {
    let mut coefficients = Zeroizing::new(Vec::with_capacity(threshold));
    coefficients.push(*secret);
    for _ in 1..threshold {
        coefficients.push(*random_scalar());
    }
    let shares = (0..holders).map(|holder| {
        let at = point(holder);
        coefficients.iter().rev().fold(Scalar::ZERO, |value, coefficient| value * at + coefficient)
    });
    Zeroizing::new(shares.collect())
}

/// The secret of shares from distinct holders; `None` where they are fewer than the threshold.
pub(crate) fn join(shares: &[(usize, Scalar)], threshold: usize) -> Option<Zeroizing<Scalar>> {
    let shares = shares.get(..threshold)?;
    let mut secret = Zeroizing::new(Scalar::ZERO);
    for (holder, share) in shares {
        let (mut above, mut below) = (Scalar::ONE, Scalar::ONE);
        for (other, _) in shares {
            if other != holder {
                above *= point(*other);
                below *= point(*other) - point(*holder);
            }
        }
        if below == Scalar::ZERO {
            return None;
        }
        *secret += *share * above * below.invert();
    }
    Some(secret)
}

fn point(holder: usize) -> Scalar {
    Scalar::from(holder as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_threshold_is_enough_and_less_is_not(holders in 2_usize..17, skip in any::<prop::sample::Index>()) {
            let threshold = 2 * holders / 3 + 1;
            let secret = random_scalar();
            let shares = split(&secret, threshold, holders);
            let mut held: Vec<_> = shares.iter().copied().enumerate().collect();
            held.rotate_left(skip.index(holders));
            prop_assert!(join(&held, threshold).as_deref() == Some(&*secret));
            prop_assert!(join(&held[..threshold - 1], threshold).is_none());
            // One share less, and another polynomial fits: the value is another.
            if threshold > 2 {
                prop_assert!(join(&held, threshold - 1).as_deref() != Some(&*secret));
            }
        }
    }
}
