//! Keys: files that are not overwritten, pins, the directory, and the transfer to a new node.

use std::os::unix::fs::PermissionsExt;

use nest_collab::CollabError;
use nest_collab::directory::{Directory, Entry, Head};
use nest_collab::identity::{
    DeviceKeys, DeviceName, KeyStatement, Org, OrgId, Pins, open_transfer, seal_transfer,
};

use super::world::name;
use crate::data::Folder;

fn org(one: &str) -> Org {
    Org::generate(name(one), DeviceName::new("node").unwrap()).unwrap()
}

#[test]
fn a_file_of_keys_is_private_and_never_overwritten() {
    let folder = Folder::new();
    let path = folder.path("a.key");
    let org = org("a");
    org.save(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(org.save(&path), Err(CollabError::Refused(_))));
    let again = Org::load(&path).unwrap();
    assert_eq!(again.id(), org.id());
    assert_eq!(again.statement(), org.statement());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(Org::load(&path), Err(CollabError::Refused(_))));
}

#[test]
fn a_pin_is_added_and_never_changed() {
    let folder = Folder::new();
    let path = folder.path("pins.toml");
    assert_eq!(Pins::file(&path).unwrap_err().exit_code(), 2);
    Pins::pin(&path, &name("b"), OrgId([1; 32])).unwrap();
    Pins::pin(&path, &name("c"), OrgId([2; 32])).unwrap();
    Pins::pin(&path, &name("b"), OrgId([1; 32])).unwrap();
    assert!(matches!(Pins::pin(&path, &name("b"), OrgId([3; 32])), Err(CollabError::Refused(_))));
    let pins = Pins::file(&path).unwrap();
    assert_eq!(pins.get(&name("b")), Some(OrgId([1; 32])));
    assert_eq!(pins.get(&name("c")), Some(OrgId([2; 32])));
}

#[test]
fn a_new_node_joins_by_one_sealed_transfer() {
    let (org, new) = (org("a"), DeviceKeys::generate());
    let public = *new.newest().unwrap().public();
    let transfer = seal_transfer(&org, &public).unwrap();
    let device = DeviceName::new("second").unwrap();
    for place in 0..transfer.len() {
        let mut changed = transfer.clone();
        changed[place] ^= 1;
        let new = DeviceKeys::new(vec![]).is_none();
        assert!(new && open_transfer(&changed, device.clone(), DeviceKeys::generate()).is_err());
    }
    let joined = open_transfer(&transfer, device, new).unwrap();
    assert_eq!(joined.id(), org.id());
    assert_ne!(joined.statement().key, org.statement().key);
    assert!(joined.statement().is_signed());
}

/// A log of these statements.
fn log(statements: &[KeyStatement]) -> Vec<Entry> {
    let mut head = Head::EMPTY;
    let mut entries = Vec::new();
    for statement in statements {
        let entry = Entry::after(head, statement.clone());
        head = entry.head();
        entries.push(entry);
    }
    entries
}

#[test]
fn the_directory_believes_pinned_identities_alone() {
    let (mut a, liar) = (org("a"), org("a"));
    let mut pins = Pins::new([(name("a"), a.id())]);
    let first = a.statement();
    let mut directory = Directory::default();
    directory.extend(&log(std::slice::from_ref(&first)), &mut pins).unwrap();
    assert_eq!(directory.keys(&name("a"), &pins).unwrap(), [first.key.unwrap().0]);

    // Another identity, a key that was not signed, an old key again, and a broken chain.
    let mut unsigned = first.clone();
    unsigned.key = liar.statement().key;
    for (statements, word) in [
        (vec![liar.statement()], "another identity"),
        (vec![unsigned], "unsigned key"),
        (vec![first.clone(), first.clone()], "an old key"),
    ] {
        let mut fresh = Directory::default();
        let error = fresh.extend(&log(&statements), &mut pins).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert_eq!(fresh.head(), Head::EMPTY);
        assert!(fresh.keys(&name("a"), &pins).is_err());
    }
    let error = directory.extend(&log(std::slice::from_ref(&first)), &mut pins).unwrap_err();
    assert!(error.to_string().contains("rewrote"), "{error}");

    // A second key follows; the newest is used. An organisation without a pin is refused by name.
    a.advance();
    let next = Entry::after(directory.head(), a.statement());
    directory.extend(&[next], &mut pins).unwrap();
    assert_eq!(directory.keys(&name("a"), &pins).unwrap(), [a.statement().key.unwrap().0]);
    let error = directory.keys(&name("b"), &pins).unwrap_err();
    assert!(matches!(&error, CollabError::Refused(what) if what.contains("`b` has no pin")), "{error}");
    let mut trusting = Pins::default().trust_on_first_use();
    Directory::default().extend(&log(&[liar.statement()]), &mut trusting).unwrap();
    assert_eq!(trusting.get(&name("a")), Some(liar.id()));
}

#[test]
fn a_key_that_was_taken_back_is_not_used() {
    let a = org("a");
    let mut pins = Pins::new([(name("a"), a.id())]);
    let back = KeyStatement::sign(a.identity(), a.name(), a.device(), 2, None);
    let mut directory = Directory::default();
    directory.extend(&log(&[a.statement(), back]), &mut pins).unwrap();
    assert!(matches!(directory.keys(&name("a"), &pins), Err(CollabError::Unavailable(_))));
}
