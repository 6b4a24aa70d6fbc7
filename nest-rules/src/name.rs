//! Names that give a field away: a column called `email` holds e-mail addresses, whatever its type.

/// What a field's name says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// An identifier that others may know: `pupil_id`, `email`, `serial`.
    Identifier,
    /// A moment: `created_at`, `timestamp`, `birth_date`.
    Time,
}

/// Words that name identifiers.
const IDENTIFIERS: &[&str] = &[
    "account",
    "barcode",
    "bsn",
    "email",
    "fingerprint",
    "guid",
    "iban",
    "id",
    "identifier",
    "imei",
    "ip",
    "isbn",
    "login",
    "mac",
    "mail",
    "mobile",
    "nonce",
    "orcid",
    "passport",
    "phone",
    "serial",
    "seq",
    "sequence",
    "ssn",
    "telephone",
    "token",
    "udid",
    "ulid",
    "uri",
    "url",
    "urn",
    "username",
    "uuid",
    // Without an underscore before `id`.
    "clientid",
    "deviceid",
    "patientid",
    "personid",
    "pupilid",
    "recordid",
    "sessionid",
    "studentid",
    "teacherid",
    "userid",
];

/// Words that name moments.
const TIMES: &[&str] = &[
    "at",
    "birthdate",
    "birthday",
    "clock",
    "created",
    "createdat",
    "date",
    "datetime",
    "dob",
    "epoch",
    "instant",
    "micros",
    "microseconds",
    "millis",
    "milliseconds",
    "modified",
    "moment",
    "nanos",
    "nanoseconds",
    "time",
    "timestamp",
    "unix",
    "updated",
    "updatedat",
    "utc",
];

/// What a field's name says: by its words, parted by what is no letter or by a capital letter.
///
/// `at` counts as the last word only (`created_at`, not `at_home`).
pub fn hint(name: &str) -> Option<Hint> {
    let mut rest = name;
    let mut first = true;
    while !rest.is_empty() {
        let (word, after) = split_word(rest);
        let says_time = !word.eq_ignore_ascii_case("at") || (after.is_empty() && !first);
        if is_among(IDENTIFIERS, word) {
            return Some(Hint::Identifier);
        }
        if is_among(TIMES, word) && says_time {
            return Some(Hint::Time);
        }
        first &= word.is_empty();
        rest = after;
    }
    None
}

/// The first word of a name, and what follows it.
fn split_word(name: &str) -> (&str, &str) {
    let name = name.trim_start_matches(|letter: char| !letter.is_alphabetic());
    let mut last = None;
    let end = name.find(|letter: char| {
        let starts = letter.is_uppercase() && last.is_some_and(char::is_lowercase);
        last = Some(letter);
        starts || !letter.is_alphabetic()
    });
    name.split_at_checked(end.unwrap_or(name.len())).unwrap_or((name, ""))
}

/// Whether a word, or what it is the plural of, is among those listed.
fn is_among(words: &[&str], word: &str) -> bool {
    let singular = word.strip_suffix(['s', 'S']).unwrap_or(word);
    words.iter().any(|known| known.eq_ignore_ascii_case(word) || known.eq_ignore_ascii_case(singular))
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn names_of_identifiers_are_seen() {
        for name in [
            "id",
            "pupil_id",
            "pupilId",
            "ID",
            "PUPIL_ID",
            "uuid",
            "record_uuid",
            "Email",
            "e_mail",
            "phone2",
            "bsn",
            "home-phone",
            "access.token",
            "ids",
            "emails",
            "studentid",
            "id_7",
        ] {
            assert_eq!(hint(name), Some(Hint::Identifier), "{name}");
        }
    }

    #[test]
    fn names_of_moments_are_seen() {
        for name in ["created_at", "createdAt", "timestamp", "birth_date", "unix_time", "millis", "dob"] {
            assert_eq!(hint(name), Some(Hint::Time), "{name}");
        }
    }

    #[test]
    fn innocent_names_are_left_alone() {
        for name in [
            "",
            "valid",
            "grid",
            "paid",
            "covid",
            "remark",
            "score",
            "at_home",
            "sometimes",
            "attention",
            "reading",
            "identity_card_seen",
            "video",
            "state",
            "at",
            "postal_code",
        ] {
            assert_eq!(hint(name), None, "{name}");
        }
    }
}
