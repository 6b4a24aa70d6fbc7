//! Some organisations and their relay, which listens on a port of this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use nest_collab::directory::EntryHash;
use nest_collab::envelope::CollabId;
use nest_collab::identity::{DeviceName, Org, OrgName, Pins, RunName};
use nest_collab::node::{Node, Policy};
use nest_collab::relay::server::{RelayConfig, RelayLimits, RelayOrganization, RelayServer, serve};
use nest_collab::relay::{Collaboration, HttpRelay, Relay};
use nest_collab::run::{Minima, Terms};
use nest_collab::sum::{SumMode, SumPlan, SumTerms};
use nest_core::schema::Schema;
use nest_core::value::{PlainRecord, Value};
use sha2::{Digest as _, Sha256};

use crate::data::Folder;
use crate::sum::records;

pub(crate) const WAIT: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) folder: Folder,
    pub(crate) server: RelayServer,
    pub(crate) names: Vec<OrgName>,
}

pub(crate) fn name(name: &str) -> OrgName {
    OrgName::new(name).unwrap()
}

fn token(name: &OrgName) -> String {
    format!("token of {name}")
}

impl World {
    pub(crate) async fn new(names: &[&str]) -> Self {
        Self::with(names, None, RelayLimits::default()).await
    }

    pub(crate) async fn with(names: &[&str], database: Option<String>, limits: RelayLimits) -> Self {
        let folder = Folder::new();
        let names: Vec<OrgName> = names.iter().map(|one| name(one)).collect();
        let mut organizations = BTreeMap::new();
        for name in &names {
            let org = Org::generate(name.clone(), DeviceName::new("node").unwrap()).unwrap();
            org.save(&folder.path(&format!("{name}.key"))).unwrap();
            let hash: [u8; 32] = Sha256::digest(token(name)).into();
            let admitted =
                RelayOrganization { identity: org.identity().key(), token_sha256: EntryHash(hash) };
            organizations.insert(name.clone(), admitted);
        }
        let config = RelayConfig {
            listen: "127.0.0.1:0".to_owned(),
            database: database.unwrap_or_else(|| format!("sqlite:{}", folder.path("relay.db").display())),
            audit: Some(folder.path("relay-audit.jsonl")),
            operator_token_sha256: Some(EntryHash(Sha256::digest("operator").into())),
            tls: None,
            limits,
            organizations,
        };
        let server = serve(config).await.unwrap();
        Self { folder, server, names }
    }

    pub(crate) fn org(&self, name: &str) -> Org {
        Org::load(&self.folder.path(&format!("{name}.key"))).unwrap()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    pub(crate) fn relay(&self, one: &str) -> HttpRelay {
        HttpRelay::new(&self.url(), token(&name(one)).into(), None).unwrap()
    }

    pub(crate) fn bearer(&self, one: &str) -> String {
        format!("Bearer {}", token(&name(one)))
    }

    pub(crate) fn pins(&self) -> Pins {
        Pins::new(self.names.iter().map(|one| (one.clone(), self.org(one.as_str()).id())))
    }

    pub(crate) fn policy(&self) -> Policy {
        let peers: Vec<String> = self.names.iter().map(|one| format!("'{one}'")).collect();
        let peers = peers.join(",");
        toml::from_str(&format!("peers = [{peers}]\nprotocols = ['secure-sum', 'steps']\nfields = ['*']"))
            .unwrap()
    }

    pub(crate) fn state(&self, one: &str) -> PathBuf {
        self.folder.path(&format!("state-{one}"))
    }

    pub(crate) async fn node(&self, one: &str) -> Node {
        self.node_over(one, Arc::new(self.relay(one))).await.unwrap()
    }

    pub(crate) async fn node_over(
        &self,
        one: &str,
        relay: Arc<dyn Relay>,
    ) -> Result<Node, nest_collab::CollabError> {
        Node::join(relay, self.org(one), self.pins(), self.policy(), &self.state(one)).await
    }

    pub(crate) fn collaboration(&self) -> Collaboration {
        Collaboration { id: CollabId([7; 16]), parties: self.names.clone() }
    }

    pub(crate) fn terms(&self, plan: &SumPlan, sum: &SumTerms) -> Terms {
        let name = RunName::new("patients").unwrap();
        Terms::of_sum(name, &self.names, plan, sum, Minima::default(), 4_000_000_000).unwrap()
    }
}

pub(crate) fn patients() -> &'static Schema {
    records::manifest(r#"{"name": "visits", "type": "integer", "min": 0, "max": 400, "uses": ["sum"]}"#)
}

pub(crate) fn plan(parties: usize) -> SumPlan {
    records::plan(patients(), &["count", "visits"].map(|item| item.parse().unwrap()), parties)
}

/// The records of the party at a place, whose visits add up to `100 × (place + 1)`.
pub(crate) fn own(plan: &SumPlan, mode: &SumMode, place: usize) -> Vec<PlainRecord> {
    let _ = (plan, mode);
    let value = i128::try_from(10 * (place + 1)).unwrap();
    let record = || {
        let mut record = PlainRecord::new(patients());
        record.set("visits", Value::Integer(value)).unwrap();
        record
    };
    (0..10).map(|_| record()).collect()
}
