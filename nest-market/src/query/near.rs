//! What a mistyped name may have meant.

/// The known name that is closest to a mistyped one, or other advice.
pub(super) fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>, otherwise: &str) -> String {
    let name = name.to_ascii_lowercase();
    let closest = known.map(|known| (distance(&name, &known.to_ascii_lowercase()), known)).min();
    match closest {
        Some((distance, known)) if distance <= 1 + name.len() / 5 => format!("write `{known}`"),
        _ => otherwise.to_owned(),
    }
}

/// How many letters must be put in, left out, changed or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let at = |row: usize, column: usize| {
                rows.get(row).and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX - 1)
            };
            let differs = usize::from(a.get(i - 1) != b.get(j - 1));
            let left = row.last().copied().unwrap_or(i);
            let mut best = (at(i - 1, j - 1) + differs).min(left + 1).min(at(i - 1, j) + 1);
            if i > 1 && j > 1 && a.get(i - 1) == b.get(j - 2) && a.get(i - 2) == b.get(j - 1) {
                best = best.min(at(i - 2, j - 2) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(0)
}
