//! How an amount is divided: by the largest remainder, in an order that is fixed before the amount is known.

use sha2::{Digest, Sha256};

use super::Cents;

/// Divides an amount by weights, so that the parts add up to it exactly.
///
/// Each part is rounded down, and the cents that are left go one by one to the largest remainders (Hamilton's method);
/// equal remainders in the order of the list. Weights of zero get nothing. Where all weights are zero, or the amount is
/// below zero, nothing is divided and every part is zero.
///
/// ```
/// use nest_market::money::{Cents, shares};
///
/// let parts = shares(Cents(100), &[1, 1, 1]);
/// assert_eq!(parts, [Cents(34), Cents(33), Cents(33)]);
/// ```
pub fn shares(amount: Cents, weights: &[u32]) -> Vec<Cents> {
    let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let Ok(amount) = u128::try_from(amount.0) else { return vec![Cents::ZERO; weights.len()] };
    if total == 0 {
        return vec![Cents::ZERO; weights.len()];
    }
    let mut left = amount;
    let mut parts: Vec<(u128, u128)> = Vec::with_capacity(weights.len());
    for weight in weights {
        let product = amount * u128::from(*weight);
        let whole = product / total;
        left -= whole;
        parts.push((whole, product % total));
    }
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(parts.get(*place).map_or(0, |(_, remainder)| *remainder)));
    for place in order {
        if left == 0 {
            break;
        }
        if let Some((whole, remainder)) = parts.get_mut(place)
            && *remainder > 0
        {
            *whole += 1;
            left -= 1;
        }
    }
    // No part is larger than the amount, which is an i64.
    parts.into_iter().map(|(whole, _)| Cents(i64::try_from(whole).unwrap_or(i64::MAX))).collect()
}

/// Divides an amount equally. Which people get the odd cents is fixed by a hash of the offer and the person, so that it
/// is neither chosen nor always the same people.
pub fn equal_shares<P: Copy + Ord + AsRef<[u8]>>(
    amount: Cents,
    offer: &[u8],
    people: &[P],
) -> Vec<(P, Cents)> {
    let place = |person: &P| -> [u8; 32] {
        let hash = Sha256::new_with_prefix("nest-market/order/1").chain_update(offer);
        hash.chain_update(person.as_ref()).finalize().into()
    };
    let mut people: Vec<P> = people.to_vec();
    people.sort_by_cached_key(|person| (place(person), *person));
    let parts = shares(amount, &vec![1; people.len()]);
    people.into_iter().zip(parts).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test panics")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hundred_euros_are_divided_to_the_cent() {
        for people in [3_usize, 7, 10_001] {
            let parts = shares(Cents(10_000), &vec![1; people]);
            assert_eq!(parts.iter().copied().sum::<Cents>(), Cents(10_000));
            let (least, most) = (parts.iter().min().unwrap(), parts.iter().max().unwrap());
            assert!(most.0 - least.0 <= 1, "{people}");
        }
    }

    #[test]
    fn the_order_does_not_depend_on_the_list() {
        let people: Vec<[u8; 2]> = (0..50).map(|n| [n, 0]).collect();
        let mut reversed = people.clone();
        reversed.reverse();
        let parts = equal_shares(Cents(73), b"offer", &people);
        assert_eq!(parts, equal_shares(Cents(73), b"offer", &reversed));
        assert_ne!(parts, equal_shares(Cents(73), b"another", &people));
    }

    #[test]
    fn nothing_is_divided_among_none() {
        assert!(shares(Cents(5), &[]).is_empty());
        assert_eq!(shares(Cents(5), &[0, 0]), [Cents::ZERO; 2]);
        assert_eq!(shares(Cents(-5), &[1]), [Cents::ZERO]);
    }

    proptest! {
        #[test]
        fn parts_add_up_and_keep_the_quota(
            amount in 0..=i64::MAX,
            weights in prop::collection::vec(any::<u32>(), 1..60),
        ) {
            let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
            prop_assume!(total > 0);
            let parts = shares(Cents(amount), &weights);
            let sum: i128 = parts.iter().map(|part| i128::from(part.0)).sum();
            prop_assert_eq!(sum, i128::from(amount));
            for (part, weight) in parts.iter().zip(&weights) {
                let product = u128::try_from(amount).unwrap() * u128::from(*weight);
                let part = u128::try_from(part.0).unwrap();
                prop_assert!(part == product / total || part == product.div_ceil(total));
            }
        }
    }
}
