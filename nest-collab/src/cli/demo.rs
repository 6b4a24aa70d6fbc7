//! Settings for some organisations and a relay on one machine.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::args::DemoArgs;
use crate::error::CollabError;
use crate::identity::{DeviceName, Org, OrgName, Pins, write_private};

pub(super) fn write(args: &DemoArgs) -> Result<(), CollabError> {
    let all: Vec<&OrgName> = args.orgs.iter().chain(&args.linker).collect();
    let twice =
        all.iter().enumerate().any(|(place, name)| all.iter().skip(place + 1).any(|other| other == name));
    if twice || args.orgs.len() < 2 {
        return Err(CollabError::Settings("name two organisations or more, each once".to_owned()));
    }
    if args.dir.exists() {
        return Err(CollabError::Refused(format!(
            "{} is there already and is not overwritten",
            args.dir.display()
        )));
    }
    fs::create_dir_all(&args.dir).map_err(|error| failed(&args.dir, &error))?;
    let device = DeviceName::new("node").map_err(|rule| CollabError::Settings(rule.to_owned()))?;
    let orgs: Result<Vec<Org>, CollabError> =
        all.iter().map(|name| Org::generate((*name).clone(), device.clone())).collect();
    let orgs = orgs?;
    let port = free_port()?;
    let mut relay = format!(
        "listen = \"127.0.0.1:{port}\"\ndatabase = \"sqlite:relay.db\"\naudit = \"relay-audit.jsonl\"\n"
    );
    for org in &orgs {
        let token = hex::encode(rand::random::<[u8; 32]>());
        let hash = hex::encode(Sha256::digest(token.as_bytes()));
        relay.push_str(&format!(
            "\n[organizations.{}]\nidentity = \"{}\"\ntoken_sha256 = \"{hash}\"\n",
            org.name(),
            org.identity().key()
        ));
        write_org(args, org, &orgs, &token, port)?;
    }
    write_file(&args.dir.join("relay.toml"), &relay)?;
    eprintln!(
        "nest-collab: start the relay with `nest-collab relay --config {}/relay.toml`",
        args.dir.display()
    );
    Ok(())
}

fn write_org(args: &DemoArgs, org: &Org, orgs: &[Org], token: &str, port: u16) -> Result<(), CollabError> {
    let folder = args.dir.join(org.name().as_str());
    fs::create_dir(&folder).map_err(|error| failed(&folder, &error))?;
    org.save(&folder.join("node.key"))?;
    write_private(&folder.join("token"), token.as_bytes())?;
    for other in orgs.iter().filter(|other| other.name() != org.name()) {
        Pins::pin(&folder.join("pins.toml"), other.name(), other.id())?;
    }
    let quoted = |names: &mut dyn Iterator<Item = &OrgName>| {
        names.map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    };
    let peers = quoted(&mut orgs.iter().map(Org::name).filter(|name| *name != org.name()));
    let parties = quoted(&mut args.orgs.iter());
    let policy = format!(
        "# Which runs this node takes part in.\npeers = [{peers}]\nprotocols = [\"secure-sum\"]\nfields = [\"*\"]\n\
         minimum_parties = {}\nminimum_records = 1\nminimum_people = 10\nminimum_cell = 5\nruns_a_day = 100\n\
         synthetic = {}\n",
        args.orgs.len().min(3),
        args.synthetic
    );
    write_file(&folder.join("policy.toml"), &policy)?;
    let node = format!(
        "keys = \"node.key\"\npins = \"pins.toml\"\npolicy = \"policy.toml\"\nstate = \"state\"\ntoken = \"token\"\n\
         relay = \"http://127.0.0.1:{port}\"\n# The first one starts runs.\nparties = [{parties}]\n"
    );
    write_file(&folder.join("node.toml"), &node)
}

fn free_port() -> Result<u16, CollabError> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address =
        listener.map_err(|_| CollabError::Unavailable("no port of this machine is free".to_owned()))?;
    Ok(address.port())
}

fn write_file(path: &Path, text: &str) -> Result<(), CollabError> {
    fs::write(path, text).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> CollabError {
    CollabError::Settings(format!("{} cannot be written: {}", path.display(), error.kind()))
}
