//! A file that is right, and tables of what is wrong with others: every fault is named, no value is.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use nest_core::__workspace_v1::libpep::keys::distribution::make_distributed_global_keys;
use paas_api::config::{PAASConfig, TranscryptorConfig};

use super::*;
use crate::Operation;
use crate::operation::{Mode, Route};

const DELETE: Route = Route::new("any", Operation::Delete, Mode::Single);

fn names(domains: &[Domain]) -> Vec<&str> {
    domains.iter().map(Domain::as_str).collect()
}

const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const OTHER_HASH: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

/// A folder with the files that settings name, which goes when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("nest-config-{}", crate::RequestId::random()));
        fs::create_dir(&folder).unwrap();
        let (global_public_keys, blinded_global_keys, _) = make_distributed_global_keys(2, &mut rand::rng());
        let transcryptors = ["transcryptor-1", "transcryptor-2"].map(|name| TranscryptorConfig {
            system_id: name.to_owned(),
            url: format!("https://{name}.example").parse().unwrap(),
        });
        let paas =
            PAASConfig { blinded_global_keys, global_public_keys, transcryptors: transcryptors.to_vec() };
        fs::write(folder.join("paas.json"), serde_json::to_vec(&paas).unwrap()).unwrap();
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (own.cert.pem(), own.signing_key.serialize_pem());
        let texts =
            [("token", "file-token\n"), ("empty", "\n"), ("cert.pem", &certificate), ("key.pem", &key)];
        for (name, text) in texts {
            fs::write(folder.join(name), text).unwrap();
        }
        Self(folder)
    }

    fn parse(&self, text: &str, variables: &[(&str, &str)]) -> Result<Config, StartError> {
        let own = [("T1", "env-token"), ("HOME", "/home/school"), ("NESTING", "x")];
        let all = own.iter().chain(variables).map(|(name, value)| (name.to_string(), value.to_string()));
        let config = Config::parse(text, &self.0, all.collect());
        config.check().map(|()| config)
    }

    fn faults(&self, text: &str, variables: &[(&str, &str)]) -> Vec<String> {
        self.parse(text, variables).map(|_| Vec::new()).unwrap_or_else(|error| error.faults().to_vec())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

fn small() -> String {
    format!(
        "listen = \"127.0.0.1:0\"\n\
         domain = \"school\"\n\
         \n\
         [[callers]]\n\
         name = \"nest\"\n\
         token_hashes = [\"{HASH}\"]\n\
         \n\
         [paas]\n\
         config = \"paas.json\"\n\
         tokens.transcryptor-1.env = \"T1\"\n\
         tokens.transcryptor-2.file = \"token\"\n"
    )
}

#[test]
fn a_small_file_gives_the_defaults() {
    let folder = Folder::new();
    let config = folder.parse(&small(), &[]).unwrap();
    assert_eq!((config.listen.unwrap().port(), names(&config.domains)), (0, vec!["school"]));
    assert!(config.tls.is_none());
    assert_eq!((config.audit_log, config.upstream_door), (None, false));
    assert_eq!(config.idempotency, Duration::from_secs(24 * 3600));
    assert_eq!(config.limits.max_body_bytes, 32 * 1024 * 1024);
    let caller = config.callers.first().unwrap();
    assert_eq!(caller.name(), "nest");
    assert!(caller.may_call(DELETE) && caller.may_come_from(&Domain::new("any").unwrap()));
    assert!(!caller.may_read_metrics());
    assert_eq!(
        format!("{:?}", config.paas.as_ref().unwrap()),
        r#"PaasSettings { transcryptors: ["transcryptor-1", "transcryptor-2"], .. }"#
    );
}

#[test]
fn tokens_come_from_where_the_file_says() {
    let paas = Folder::new().parse(&small(), &[]).unwrap().paas.unwrap();
    assert_eq!(paas.token("transcryptor-1"), Some("env-token"));
    assert_eq!(paas.token("transcryptor-2"), Some("file-token"));
}

#[test]
fn every_setting_is_read() {
    let folder = Folder::new();
    let text = format!(
        "listen = \"0.0.0.0:0\"\n\
         audit_log = \"audit.log\"\n\
         idempotency_hours = 2\n\
         upstream_door = true\n\
         other_domains = [\"other-school\"]\n\
         tls = {{ certificate = \"cert.pem\", key = \"key.pem\" }}\n\
         repetitions = \"kept\"\n\
         limits = {{ max_body_bytes = 2048, max_records = 3, request_seconds = 4, requests_at_once = 5, \
         bytes_in_flight = 8192, connections = 6, connections_per_address = 7, proxies = [\"10.0.0.1\", \"::1\"], \
         idempotency_keys = 8, idempotency_bytes = 9 }}\n\
         {}\n\
         [[callers]]\n\
         name = \"second\"\n\
         token_hashes = [\"{OTHER_HASH}\"]\n\
         domains = [\"platform\"]\n\
         activities = [\"reading-test\"]\n\
         operations = [\"results\", \"progress\"]\n",
        small().replacen("listen = \"127.0.0.1:0\"\n", "", 1)
    );
    let config = folder.parse(&text, &[]).unwrap();
    assert!(config.upstream_door);
    assert_eq!(config.audit_log, Some(folder.0.join("audit.log")));
    assert_eq!(config.idempotency, Duration::from_secs(7200));
    assert_eq!(config.repetitions, Some(folder.0.join("kept")));
    assert!(config.tls.is_some());
    assert_eq!(names(&config.domains), ["school", "other-school"]);
    let limits = ConfiguredLimits {
        max_body_bytes: 2048,
        max_records: 3,
        max_depth: 64,
        request: Duration::from_secs(4),
        requests_at_once: 5,
        bytes_in_flight: Some(8192),
        connections: Some(6),
        connections_per_address: Some(7),
        proxies: vec!["10.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
        idempotency_keys: 8,
        idempotency_bytes: 9,
    };
    assert_eq!(config.limits, limits);
    let second = config.callers.last().unwrap();
    let domain = |name| Domain::new(name).unwrap();
    assert!(second.may_come_from(&domain("platform")) && !second.may_come_from(&domain("other")));
    let on = |subject, operation| Route::new(subject, operation, Mode::Single);
    assert!(second.may_call(on("reading-test", Operation::Results)));
    assert!(!second.may_call(on("reading-test", Operation::Delete)));
    assert!(!second.may_call(on("writing-test", Operation::Results)));
}

#[test]
fn a_variable_replaces_a_setting() {
    let folder = Folder::new();
    let variables = [
        ("NEST_LISTEN", "127.0.0.2:0"),
        ("NEST_DOMAIN", "other"),
        ("NEST_LIMITS_MAX_RECORDS", "7"),
        ("NEST_UPSTREAM_DOOR", "true"),
        ("NEST_TLS_CERTIFICATE", "cert.pem"),
        ("NEST_TLS_KEY", "key.pem"),
        ("NEST_CONFIG", "whatever"),
    ];
    let config = folder.parse(&small(), &variables).unwrap();
    assert_eq!(
        (config.listen.unwrap().to_string().as_str(), names(&config.domains)),
        ("127.0.0.2:0", vec!["other"])
    );
    assert_eq!(config.limits.max_records, 7);
    assert!(config.upstream_door && config.tls.is_some());

    let faults = folder.faults(&small(), &[("NEST_LIMITS_MAX_RECORDS", "secret"), ("NEST_LISTN", "secret")]);
    let expected = [
        "the environment variable `NEST_LIMITS_MAX_RECORDS` must be a whole number",
        "the environment variable `NEST_LISTN` is no setting: unset or rename it",
    ];
    assert_eq!(faults, expected);
    // Unless the file names it as that of a token.
    let text = small().replace("\"T1\"", "\"NEST_T1\"");
    assert!(folder.parse(&text, &[("NEST_T1", "token")]).is_ok());
}

/// What is replaced in the small file, and how each fault begins.
#[test]
fn every_fault_is_named_and_no_value() {
    let hash = format!("\"{HASH}\"");
    let cases: &[(&str, &str, &[&str])] = &[
        ("listen = \"127.0.0.1:0\"\n", "", &["`listen` is missing"]),
        ("\"127.0.0.1:0\"", "\"secret\"", &["`listen` must be an address"]),
        ("\"127.0.0.1:0\"", "8080", &["`listen` must be an address"]),
        ("127.0.0.1", "0.0.0.0", &["`listen` can be reached from elsewhere without TLS: add `[tls]`"]),
        ("\"school\"", "\"sec ret\"", &["`domain` must be a name"]),
        ("domain =", "domian =", &["`domain` is missing", "`domian` is no setting"]),
        ("domain =", "plain_http = \"secret\"\ndomain =", &["`plain_http` must be `true` or `false`"]),
        (
            "domain =",
            "idempotency_hours = 0\ndomain =",
            &["`idempotency_hours` must be a whole number from 1"],
        ),
        ("domain =", "audit_log = true\ndomain =", &["`audit_log` must be a text"]),
        ("domain =", "limits = 5\ndomain =", &["`limits` must be a table: write `[limits]`"]),
        (
            "domain =",
            "limits = { max_records = -1, request_seconds = 1.5, max_secrets = 1 }\ndomain =",
            &[
                "`limits.max_records` must be",
                "`limits.request_seconds` must be",
                "`limits.max_secrets` is no setting",
            ],
        ),
        ("domain =", "tls = { key = \"key.pem\" }\ndomain =", &["`tls.certificate` is missing"]),
        (
            "domain =",
            "plain_http = true\ntls = { certificate = \"cert.pem\", key = \"missing.pem\" }\ndomain =",
            &["the file that `tls.key` names cannot be read", "`plain_http` contradicts `tls`"],
        ),
        ("[[callers]]", "[[caller]]", &["`callers` is missing", "`caller` is no setting"]),
        ("[[callers]]", "[callers]", &["`callers` must be one or more tables"]),
        ("\"nest\"", "\"sec ret\"", &["`callers[0].name` must be a name"]),
        (
            "name = \"nest\"",
            "secret_name = 1",
            &["`callers[0].name` is missing", "`callers[0].secret_name` is no"],
        ),
        (&hash, "", &["`callers[0].token_hashes` must be a list of one or more: SHA-256"]),
        (&hash, "\"secret\"", &["`callers[0].token_hashes` must be"]),
        (
            "token_hashes",
            "token",
            &["`callers[0].token_hashes` is missing", "`callers[0].token` is no setting"],
        ),
        ("[paas]", "activities = [\"Secret\"]\n[paas]", &["`callers[0].activities` must be"]),
        ("[paas]", "domains = []\n[paas]", &["`callers[0].domains` must be"]),
        ("[paas]", "operations = \"all\"\n[paas]", &["`callers[0].operations` must be"]),
        ("[paas]", "operations = [\"secret\"]\n[paas]", &["`callers[0].operations` must be"]),
        ("[paas]", "metrics = \"secret\"\n[paas]", &["`callers[0].metrics` must be"]),
        ("[paas]\n", "[paas]\nplain_http = 1\n", &["`paas.plain_http` must be"]),
        (
            "[paas]\n",
            "[paas]\nroot_certificate = \"missing.pem\"\n",
            &["the file that `paas.root_certificate` names"],
        ),
        ("domain =", "other_domains = [\"sec ret\"]\ndomain =", &["`other_domains` must be"]),
        (
            "domain =",
            "tls = { certificate = \"token\", key = \"key.pem\" }\ndomain =",
            &["`tls.certificate` and `tls.key`: "],
        ),
        (
            "[paas]",
            "metrics = true\noperations = [\"read\"]\n[paas]",
            &["`callers[0].operations` contradicts `metrics`"],
        ),
        ("paas.json", "missing.json", &["the file that `paas.config` names cannot be read"]),
        ("paas.json", "token", &["the file that `paas.config` names is no configuration of PAAS"]),
        ("config = \"paas.json\"\n", "", &["`paas.config` is missing"]),
        (
            "tokens.transcryptor-1.env",
            "tokens.other.env",
            &["`paas.tokens.transcryptor-1` is missing", "`paas.tokens.other` is of no transcryptor"],
        ),
        ("\"T1\"", "\"SECRET\"", &["`paas.tokens.transcryptor-1.env` names no token"]),
        ("\"token\"", "\"empty\"", &["`paas.tokens.transcryptor-2.file` names no token"]),
        ("\"token\"", "\"secret\"", &["`paas.tokens.transcryptor-2.file` names no token"]),
        (
            "tokens.transcryptor-1.env = \"T1\"",
            "tokens.transcryptor-1 = \"secret\"",
            &["`paas.tokens.transcryptor-1` must be a table"],
        ),
        (
            ".env",
            ".token",
            &[
                "either `paas.tokens.transcryptor-1.env` or",
                "`paas.tokens.transcryptor-1.token` is no setting",
            ],
        ),
        ("domain = ", "domain = secret ", &["line 2 of the settings is no TOML"]),
        ("domain = ", "listen = \"secret\"\ndomain = ", &["line 2 of the settings is no TOML"]),
    ];
    let folder = Folder::new();
    for (from, to, expected) in cases {
        let text = small().replacen(from, to, 1);
        assert_ne!(text, small(), "{from}");
        let faults = folder.faults(&text, &[]);
        assert_eq!(faults.len(), expected.len(), "{to}: {faults:#?}");
        for (fault, expected) in faults.iter().zip(*expected) {
            assert!(fault.starts_with(expected), "{to}: {fault}");
            let words = fault.replace("max_secrets", "").replace("secret_name", "");
            assert!(!words.to_lowercase().contains("secret"), "{fault}");
            assert!(!fault.contains('\n'), "{fault}");
        }
    }
}

#[test]
fn callers_share_neither_name_nor_token() {
    let folder = Folder::new();
    let with = |name: &str, hash: &str| {
        let second = format!("\n[[callers]]\nname = \"{name}\"\ntoken_hashes = [\"{hash}\"]\n");
        folder.faults(&(small() + &second), &[])
    };
    assert!(with("other", OTHER_HASH).is_empty());
    assert!(with("nest", OTHER_HASH).concat().starts_with("`callers[1].name` is that of another caller too"));
    assert!(
        with("other", HASH)
            .concat()
            .starts_with("`callers[1].token_hashes` holds a hash that is there twice")
    );
}

#[test]
fn an_empty_file_names_all_that_is_needed_at_once() {
    let error = Folder::new().parse("", &[]).unwrap_err();
    let starts: Vec<_> =
        error.faults().iter().map(|fault| fault.split(" is missing").next().unwrap()).collect();
    assert_eq!(starts, ["`listen`", "`domain`", "`callers`", "`paas`"]);
    assert_eq!(error.to_string().lines().count(), 5);
}

#[test]
fn a_file_that_is_not_there_is_said_so() {
    let error = Config::load(Path::new("/nonexistent/nest.toml")).check().unwrap_err();
    assert_eq!(error.faults(), ["the settings /nonexistent/nest.toml cannot be read: entity not found"]);
}

#[test]
fn the_file_of_the_documentation_is_read() {
    let docs = include_str!("mod.rs").lines().skip_while(|line| *line != "//! ```toml").skip(1);
    let lines = docs.take_while(|line| *line != "//! ```").map(|line| line.trim_start_matches("//!"));
    let text: String = lines.flat_map(|line| [line.trim_start(), "\n"]).collect();
    let own = [
        ("0.0.0.0:8443", "0.0.0.0:0"),
        ("certificate.pem", "cert.pem"),
        ("…", HASH),
        ("ca.pem", "cert.pem"),
        ("TRANSCRYPTOR_1_TOKEN", "T1"),
        ("/run/secrets/transcryptor-2", "token"),
    ];
    let text = own.iter().fold(text, |text, (from, to)| text.replace(from, to));
    let config = Folder::new().parse(&text, &[]).unwrap();
    assert!(config.tls.is_some() && config.audit_log.is_some());
}

#[test]
fn what_kubernetes_adds_is_no_fault() {
    let links = [
        ("NEST_SERVICE_HOST", "10.0.0.7"),
        ("NEST_SERVICE_PORT", "8443"),
        ("NEST_SERVICE_PORT_HTTPS", "8443"),
        ("NEST_PORT", "tcp://10.0.0.7:8443"),
        ("NEST_PORT_8443_TCP", "tcp://10.0.0.7:8443"),
        ("NEST_PORT_8443_TCP_PROTO", "tcp"),
        ("NEST_PORT_8443_TCP_PORT", "8443"),
        ("NEST_PORT_8443_TCP_ADDR", "10.0.0.7"),
        ("NEST_SOURCE_SERVICE_HOST", "10.0.0.8"),
        ("NEST_SOURCE_PORT", "tcp://10.0.0.8:80"),
        ("NEST_SOURCE_PORT_53_UDP_ADDR", "10.0.0.8"),
    ];
    let folder = Folder::new();
    assert_eq!(folder.faults(&small(), &links), Vec::<String>::new());
    // What a person would write by mistake still is one.
    for (name, value) in
        [("NEST_PORT", "8443"), ("NEST_TLS_PORT_X", "1"), ("NEST_PORT_8443", "x"), ("NEST_HOST", "x")]
    {
        assert_eq!(folder.faults(&small(), &[(name, value)]).len(), 1, "{name}");
    }
}

#[test]
fn the_repair_for_a_name_with_dots_works_when_it_is_pasted() {
    let folder = Folder::new();
    let json = fs::read_to_string(folder.0.join("paas.json")).unwrap();
    fs::write(folder.0.join("paas.json"), json.replace("\"transcryptor-1\"", "\"t1.example.org\"")).unwrap();
    let text = small().replace("tokens.transcryptor-1.env = \"T1\"\n", "");
    let faults = folder.faults(&text, &[]);
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    let key = fault.split('`').nth(3).unwrap();
    assert_eq!(key, "tokens.\"t1.example.org\".env");
    assert_eq!(folder.faults(&format!("{text}{key} = \"T1\"\n"), &[]), Vec::<String>::new());
}

#[test]
fn a_fault_says_which_path_was_tried() {
    let folder = Folder::new();
    let fault = |from: &str, to: &str| folder.faults(&small().replacen(from, to, 1), &[]).concat();
    let path = folder.0.join("paas.jsn").display().to_string();
    assert!(fault("paas.json", "paas.jsn").contains(&format!("cannot be read: {path}: entity not found")));
    assert!(fault("paas.json", ".").contains("cannot be read"));
    // Of a token's file the folder only: somebody may have written the token itself.
    let fault = fault("\"token\"", "\"hunter2\"");
    assert!(fault.contains(&folder.0.display().to_string()) && !fault.contains("hunter2"), "{fault}");
    let pasted = folder.faults(&small().replacen("\"paas.json\"", "'{ \"url\": 1 }'", 1), &[]).concat();
    assert!(pasted.starts_with("`paas.config` holds what should be in a file"), "{pasted}");
}

#[test]
fn what_windows_saves_is_read_or_named() {
    let folder = Folder::new();
    for name in ["paas.json", "token", "cert.pem", "key.pem"] {
        let text = fs::read_to_string(folder.0.join(name)).unwrap();
        fs::write(folder.0.join(name), format!("\u{feff}{text}")).unwrap();
    }
    let text = format!("tls = {{ certificate = \"cert.pem\", key = \"key.pem\" }}\n{}", small());
    let path = folder.0.join("nest.toml");
    let config = folder.parse(&text, &[]).unwrap();
    assert_eq!(config.paas.unwrap().token("transcryptor-2"), Some("file-token"));
    fs::write(&path, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()).unwrap();
    let error = Config::load(&path).check().unwrap_err();
    assert_eq!(error.faults(), [format!("the file {} is UTF-16: save it as UTF-8", path.display())]);
    fs::write(folder.0.join("cert.pem"), text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>())
        .unwrap();
    let fault = folder.faults(&text, &[]).concat();
    assert!(fault.starts_with("`tls.certificate` and `tls.key`: ") && fault.contains("is UTF-16"), "{fault}");
}

#[test]
fn domains_that_are_there_twice_and_empty_tokens_are_named() {
    let folder = Folder::new();
    let many: Vec<_> = (0..10_000).map(|i| format!("\"d{}\"", i / 2)).collect();
    let faults = folder.faults(&format!("other_domains = [{}]\n{}", many.join(","), small()), &[]);
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert!(faults[0].starts_with("`other_domains[1]` is there before"));
    assert_eq!(faults[3], "and 4997 more of `other_domains` are there before");
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let faults = folder.faults(&small().replace(HASH, empty), &[]);
    assert!(faults.concat().starts_with("`callers[0].token_hashes` holds the hash of an empty token"));
}

#[test]
fn an_address_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let fault = Folder::new().faults(&small().replace("127.0.0.1:0", &address.to_string()), &[]).concat();
    assert_eq!(
        fault,
        format!(
            "`listen`: {address} cannot be listened on: another program listens there: stop it, or choose another port"
        )
    );
}

#[test]
fn repetitions_are_kept_in_a_folder_unless_they_are_asked_to_be_forgotten() {
    let folder = Folder::new();
    let kept = |more: &str| folder.parse(&format!("{more}\n{}", small()), &[]).unwrap().repetitions;
    assert_eq!(kept(""), Some(folder.0.join("repetitions")));
    assert_eq!(kept("audit_log = \"logs/audit.log\""), Some(folder.0.join("logs/repetitions")));
    assert_eq!(kept("repetitions_in_memory = true"), None);
    let both = format!("repetitions_in_memory = true\nrepetitions = \"here\"\n{}", small());
    assert_eq!(folder.faults(&both, &[]).len(), 1);
}

#[test]
fn limits_that_cannot_be_kept_are_faults() {
    let folder = Folder::new();
    for (limits, part) in [
        ("bytes_in_flight = 33554432", "100663296"),
        ("connections = 1000000000", "ulimit -n"),
        ("proxies = [\"proxy.example\"]", "limits.proxies"),
        ("idempotency_keys = 0", "idempotency_keys"),
    ] {
        let faults = folder.faults(&format!("{}\n[limits]\n{limits}\n", small()), &[]);
        assert!(faults.len() == 1 && faults[0].contains(part), "{limits}: {faults:?}");
    }
}
