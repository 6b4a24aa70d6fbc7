//! The words of a name: parted where it is written in several, and taken apart where it joins or cuts them.

use super::vocabulary::{Sense, Senses, exact, senses};

/// One word of a name.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// In small letters, without its number.
    pub(super) text: String,
    /// What it means, in the singular or the plural; nothing where it is not known.
    pub(super) senses: Senses,
    /// Whether a number follows it: `address2`.
    pub(super) numbered: bool,
    /// Whether it is written in one with the word before it.
    pub(super) joined: bool,
}

impl Word {
    /// Whether one of the meanings is this one.
    pub(super) fn is(&self, sense: Sense) -> bool {
        self.senses.has(sense)
    }

    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            senses: senses(text).unwrap_or_default(),
            numbered: false,
            joined: false,
        }
    }
}

/// The words of a name, in their order.
pub(super) fn words(name: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let pieces = joined(pieces(name));
    for (piece, numbered) in &pieces {
        let before = words.len();
        if senses(piece).is_some() {
            words.push(Word::new(piece));
        } else {
            words.extend(parts(piece));
            words.iter_mut().skip(before + 1).for_each(|word| word.joined = true);
        }
        if let Some(last) = words.get_mut(before..).and_then(|new| new.last_mut()) {
            last.numbered = *numbered;
        }
    }
    words
}

/// The pieces of a name, in small letters, parted by what is no letter and where a capital letter begins a word; and
/// whether a number follows each.
fn pieces(name: &str) -> Vec<(String, bool)> {
    let letters: Vec<char> = name.chars().collect();
    let mut pieces: Vec<(String, bool)> = Vec::new();
    let mut inside = false;
    for (i, &letter) in letters.iter().enumerate() {
        if !letter.is_alphabetic() {
            if let (true, true, Some((_, numbered))) = (inside, letter.is_numeric(), pieces.last_mut()) {
                *numbered = true;
            }
            inside = false;
            continue;
        }
        let before = i.checked_sub(1).and_then(|i| letters.get(i));
        let after = letters.get(i + 1);
        // `pupilId`, `pupilID`, `IDNumber`.
        let starts = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase())
                || before.is_some_and(|before| before.is_uppercase())
                    && after.is_some_and(|after| after.is_lowercase()));
        if !inside || starts {
            pieces.push((String::new(), false));
        }
        if let Some((piece, _)) = pieces.last_mut() {
            match letter {
                'ä' | 'Ä' => piece.push_str("ae"),
                'ö' | 'Ö' => piece.push_str("oe"),
                'ü' | 'Ü' => piece.push_str("ue"),
                'ß' => piece.push_str("ss"),
                'é' | 'è' | 'ë' | 'É' | 'Ë' => piece.push('e'),
                'ï' | 'Ï' => piece.push('i'),
                _ => piece.extend(letter.to_lowercase()),
            }
        }
        inside = true;
    }
    pieces
}

/// The pieces, with two that make one word put together: `e_mail`, `time_stamp`.
fn joined(pieces: Vec<(String, bool)>) -> Vec<(String, bool)> {
    let mut joined: Vec<(String, bool)> = Vec::new();
    for (piece, numbered) in pieces {
        if let Some((before, false)) = joined.last() {
            let both = format!("{before}{piece}");
            let one = [Sense::Identifier, Sense::Stamp, Sense::Birth];
            if senses(&both).is_some_and(|senses| senses.has_any(&one)) {
                joined.pop();
                joined.push((both, numbered));
                continue;
            }
        }
        joined.push((piece, numbered));
    }
    joined
}

/// Short words that may end a compound.
const SHORT_TAILS: [&str; 6] = ["id", "nr", "ip", "dat", "tag", "dag"];

/// What may stand between two words of a compound.
const LINKS: [&str; 7] = ["", "s", "n", "en", "es", "er", "e"];

/// Words that are recognised at the end of a piece whatever stands before them.
const TAILS: [&str; 21] = [
    "nummer",
    "datum",
    "telephone",
    "telefoon",
    "telefon",
    "adresse",
    "address",
    "adres",
    "email",
    "datetime",
    "timestamp",
    "postcode",
    "number",
    "date",
    "time",
    "tijd",
    "zeit",
    "dttm",
    "dtc",
    "dtm",
    "dt",
];

/// Words that are recognised at the start of a piece whatever follows.
const STARTS: [&str; 6] = ["email", "telefon", "telefoon", "telephone", "geburts", "geboorte"];

/// Words that end as a cut `date` does, and are none.
const NO_DATES: [&str; 6] = ["stadt", "wordt", "wandt", "sandt", "landt", "midt"];

/// Pieces longer than this are not taken apart.
const LONGEST: usize = 48;

/// The words of a piece that is no word of its own.
fn parts(piece: &str) -> Vec<Word> {
    if piece.len() <= LONGEST && piece.is_ascii() {
        let mut found = Vec::new();
        if compound(piece, &mut found) {
            return found.into_iter().map(Word::new).collect();
        }
        if !NO_DATES.iter().any(|word| piece.ends_with(word)) {
            for tail in TAILS {
                if let Some(rest) = piece.strip_suffix(tail).filter(|rest| rest.len() >= 2) {
                    let mut words = parts(rest);
                    words.push(Word::new(tail));
                    return words;
                }
            }
        }
        for start in STARTS {
            if let Some(rest) = piece.strip_prefix(start).filter(|rest| rest.len() >= 2) {
                return vec![Word::new(start), Word::new(rest)];
            }
        }
    }
    vec![Word::new(piece)]
}

/// Takes a piece apart into words of the vocabulary, the longest first; `false` where it is not made of these alone.
fn compound<'a>(piece: &'a str, found: &mut Vec<&'a str>) -> bool {
    let is_tail = piece.len() >= 4 && senses(piece).is_some_and(|senses| !senses.has(Sense::Whole));
    if !found.is_empty() && (is_tail || SHORT_TAILS.contains(&piece)) {
        found.push(piece);
        return true;
    }
    for length in (3..piece.len()).rev() {
        let (word, rest) = piece.split_at(length);
        if exact(word).is_none_or(|senses| senses.has_any(&[Sense::Whole, Sense::Alone])) {
            continue;
        }
        for link in LINKS {
            let Some(rest) = rest.strip_prefix(link).filter(|rest| rest.len() >= 2) else { continue };
            found.push(word);
            if compound(rest, found) {
                return true;
            }
            found.pop();
        }
    }
    false
}
