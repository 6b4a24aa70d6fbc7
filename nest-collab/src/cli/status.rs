//! What a node knows: keys, epochs, fingerprints, runs.

use std::time::Duration;

use serde_json::json;

use super::args::StatusArgs;
use super::serve::open;
use crate::error::CollabError;
use crate::identity::DeviceKey;
use crate::node::NodeConfig;
use crate::relay::{Outcome, Relay as _, RunState};

pub(super) async fn status(args: &StatusArgs) -> Result<(), CollabError> {
    let config = NodeConfig::load(&args.config.config)?;
    if let Some(run) = args.cancel {
        return config.relay()?.end(run, Outcome { state: RunState::Cancelled, step: 0 }).await;
    }
    let node = open(&config, Duration::ZERO).await?;
    let org = node.org();
    let own: Vec<_> =
        org.keys().iter().map(|key: &DeviceKey| json!({"key": key.id(), "epoch": key.epoch()})).collect();
    let peers: Vec<_> = node
        .keys()
        .iter()
        .map(|statement| {
            json!({"org": statement.org, "device": statement.device, "epoch": statement.epoch,
                   "key": statement.key_id(), "fingerprint": statement.org_id()})
        })
        .collect();
    let runs: Vec<_> = node
        .runs()?
        .iter()
        .map(|(id, name, state)| json!({"run": id, "name": name, "state": state}))
        .collect();
    if args.json {
        let all = json!({"org": org.name(), "device": org.device(), "fingerprint": org.id(), "keys": own,
                         "peers": peers, "runs": runs});
        println!("{all}");
        return Ok(());
    }
    println!(
        "organisation {}, node or user {}\nfingerprint  {}",
        org.name(),
        org.device(),
        org.id().groups()
    );
    for key in org.keys().iter() {
        println!("own key      {} of epoch {}", key.id(), key.epoch());
    }
    for statement in node.keys() {
        let key = statement.key_id().map_or_else(|| "no key any more".to_owned(), |id| id.to_string());
        println!("known key    {}/{} {key} of epoch {}", statement.org, statement.device, statement.epoch);
    }
    for (id, name, state) in node.runs()? {
        println!("run          {id} `{name}` {state}");
    }
    Ok(())
}
