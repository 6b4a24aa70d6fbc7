//! Names that give a field away: a column called `email` holds e-mail addresses, whatever its type.

/// What a field's name says about its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// An identifier that others may know: `pupil_id`, `email`, `surname`.
    Identifier,
    /// A moment: `created_at`, `timestamp`.
    Moment,
    /// A moment or a duration: `start_time`, `response_time`.
    Time,
    /// When somebody was born: `birth_date`.
    Birth,
}

/// Words that name identifiers wherever they stand.
const IDENTIFIERS: &[&str] = &[
    "barcode",
    "bsn",
    "cookie",
    "eckid",
    "eduid",
    "email",
    "emailadres",
    "emailaddress",
    "fingerprint",
    "firstname",
    "fullname",
    "guid",
    "hostname",
    "iban",
    "id",
    "identifier",
    "imei",
    "imsi",
    "ipaddress",
    "ipv4",
    "ipv6",
    "kenteken",
    "lastname",
    "leerlingnummer",
    "linkedin",
    "login",
    "macaddr",
    "macaddress",
    "maidenname",
    "mrn",
    "nickname",
    "nonce",
    "orcid",
    "passport",
    "pid",
    "rowid",
    "serialnumber",
    "ssn",
    "studentnumber",
    "studentnummer",
    "surname",
    "telefoon",
    "telephone",
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

/// Words that name identifiers at the end of a name (`home_phone`), and not before it (`phone_minutes`).
const IDENTIFIERS_AT_THE_END: &[&str] = &[
    "account", "address", "checksum", "gsm", "hash", "ip", "mac", "mail", "mobile", "phone", "plate",
    "postcode", "seq", "sequence", "serial", "tel", "token", "zip", "zipcode",
];

/// Words that name moments wherever they stand.
const MOMENTS: &[&str] = &[
    "created",
    "createdat",
    "datetime",
    "epoch",
    "instant",
    "lastseen",
    "modified",
    "tijdstip",
    "timestamp",
    "unix",
    "unixtime",
    "updated",
    "updatedat",
    "utc",
];

/// Words that name moments at the end of a name (`created_at`), and not before it (`at_home`).
const MOMENTS_AT_THE_END: &[&str] = &[
    "at",
    "date",
    "datum",
    "micros",
    "microseconds",
    "millis",
    "milliseconds",
    "moment",
    "nanos",
    "nanoseconds",
    "stamp",
    "started",
    "submitted",
    "ts",
];

/// Words that name a moment or a duration at the end of a name.
const TIMES_AT_THE_END: &[&str] = &["clock", "time", "tijd"];

/// Words that name when somebody was born.
const BIRTHS: &[&str] = &["birth", "birthdate", "birthday", "dateofbirth", "dob", "geboortedatum"];

/// What a field's name says: by its words, parted by what is no letter or by a capital letter, and by two words that
/// follow each other.
pub fn hint(name: &str) -> Option<Hint> {
    let words = words(name);
    let mut found = None;
    for (i, word) in words.iter().enumerate() {
        let joined = words.get(i + 1).map(|next| format!("{word}{next}"));
        let is = |known: &[&str]| {
            is_among(known, word) || joined.as_deref().is_some_and(|both| is_among(known, both))
        };
        let is_last = |known: &[&str]| i + 1 == words.len() && is_among(known, word);
        let hint = if is(IDENTIFIERS) || is_last(IDENTIFIERS_AT_THE_END) {
            Some(Hint::Identifier)
        } else if is(BIRTHS) {
            Some(Hint::Birth)
        } else if is(MOMENTS) || is_last(MOMENTS_AT_THE_END) && !(word == "at" && i == 0) {
            Some(Hint::Moment)
        } else if is_last(TIMES_AT_THE_END) {
            Some(Hint::Time)
        } else {
            None
        };
        // An identifier is the gravest of them.
        if hint == Some(Hint::Identifier) {
            return hint;
        }
        found = found.or(hint);
    }
    found
}

/// The words of a name, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut last = None;
    for letter in name.chars() {
        let starts = letter.is_uppercase() && last.is_some_and(char::is_lowercase);
        // A digit belongs to the word before it, as in `ipv4`.
        let parts = !letter.is_alphanumeric();
        if parts || starts {
            words.push(String::new());
        }
        if let (false, Some(word)) = (parts, words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
        last = Some(letter);
    }
    words.retain(|word| word.chars().any(char::is_alphabetic));
    words
}

/// Whether a word is among those listed, as it is, in the plural, or with a number behind it.
fn is_among(known: &[&str], word: &str) -> bool {
    let bare = word.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let singular = bare.strip_suffix('s').unwrap_or(bare);
    known.contains(&word) || known.contains(&bare) || known.contains(&singular)
}

#[cfg(test)]
mod tests {
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
            "user_name",
            "user",
            "surname",
            "e_mailadres",
            "ip_address",
            "serial",
            "mac",
            "uuid4",
            "last_name",
            "ipv4",
        ] {
            let expected = (name != "user").then_some(Hint::Identifier);
            assert_eq!(hint(name), expected, "{name}");
        }
    }

    #[test]
    fn names_of_moments_are_seen() {
        for name in
            ["created_at", "createdAt", "timestamp", "unix_time", "millis", "visit_date", "time_stamp"]
        {
            assert_eq!(hint(name), Some(Hint::Moment), "{name}");
        }
        for name in ["birth_date", "birthday", "birth_day", "dob", "date_of_birth", "geboortedatum"] {
            assert_eq!(hint(name), Some(Hint::Birth), "{name}");
        }
        for name in ["response_time", "startTime", "time"] {
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
            "screen_time_s",
            "reaction_time_ms",
            "time_on_task",
            "phone_minutes",
            "sequence_length",
            "serial_recall",
            "account_balance",
            "clock_drawing",
            "date_format",
            "phone_brand",
            "mobile_os",
            "token_reward",
            "part_time_job",
            "name",
        ] {
            assert_eq!(hint(name), None, "{name}");
        }
    }
}
