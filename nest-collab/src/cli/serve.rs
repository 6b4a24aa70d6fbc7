//! A relay or a node that runs until it is stopped.

use std::sync::Arc;
use std::time::Duration;

use super::args::{ConfigArg, NodeArgs};
use super::{data, sum};
use crate::error::CollabError;
use crate::node::{Node, NodeConfig};
use crate::relay::server::{RelayConfig, serve};

pub(super) async fn relay(args: &ConfigArg) -> Result<(), CollabError> {
    let server = serve(RelayConfig::load(&args.config)?).await?;
    eprintln!("nest-collab: the relay listens on {}", server.address());
    tokio::task::spawn_blocking(|| server.wait())
        .await
        .map_err(|_| CollabError::Unavailable("the relay ended by a fault".to_owned()))?
}

/// Opens the node of the settings, and waits for a relay that is not up yet.
pub(super) async fn open(config: &NodeConfig, wait: Duration) -> Result<Node, CollabError> {
    let until = tokio::time::Instant::now() + wait;
    loop {
        let relay = Arc::new(config.relay()?);
        match Node::join(relay, config.org()?, config.pins()?, config.policy()?, &config.state).await {
            Err(CollabError::Unavailable(_)) if tokio::time::Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            joined => return joined,
        }
    }
}

pub(super) async fn node(args: NodeArgs) -> Result<(), CollabError> {
    let config = NodeConfig::load(&args.config.config)?;
    let schema = data::schema(&args.data)?;
    let node = open(&config, Duration::from_secs(args.wait.wait)).await?;
    let collab = config.collaboration();
    eprintln!("nest-collab: the node of `{}` waits for runs", node.org().name());
    let mut runs = 0;
    while args.runs.is_none_or(|most| runs < most) {
        let open = tokio::select! {
            open = node.open_runs(&collab) => open,
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        let open = match open {
            Ok(open) => open,
            Err(error @ CollabError::Unavailable(_)) => {
                eprintln!("nest-collab: {error}");
                Vec::new()
            }
            Err(error) => return Err(error),
        };
        for name in open {
            match sum::answer(&node, &collab, &name, &args, schema).await {
                Ok(()) => eprintln!("nest-collab: run `{name}` is done"),
                Err(error) => eprintln!("nest-collab: run `{name}`: {error}"),
            }
            runs += 1;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}
