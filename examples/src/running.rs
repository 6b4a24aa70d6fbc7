//! A data source that answers in the background until it is told to stop.

use std::io;

use nest_api::prelude::*;
use nest_api::{Server, ServerStop};
use nest_upstream::UpstreamDoor;
use tokio::task::JoinHandle;

use crate::Failure;
use crate::certificate::PrivateAuthority;
use crate::field::random_token;
use crate::party::Party;
use crate::records::{Assessment, ReadingPractice};
use crate::school::School;

/// A server under way.
#[derive(Debug)]
pub struct Running {
    stop: ServerStop,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Begins to answer.
    pub fn start(server: Server) -> Self {
        Self { stop: server.handle(), task: tokio::spawn(server.run()) }
    }

    /// Finishes what has begun, ends the session at the transcryptors, and stops.
    ///
    /// # Errors
    ///
    /// An error of the operating system.
    pub async fn stop(self) -> Result<(), Failure> {
        self.stop.stop().await;
        Ok(self.task.await??)
    }
}

/// The school, serving over TLS, with all that the platform has to be told to call it: for the examples that
/// are about the platform. How to serve is in the examples `standalone` and `embedded`.
#[derive(Debug)]
pub struct ServedSchool {
    /// Where it is.
    pub url: String,
    /// What the platform is known by.
    pub token: String,
    /// The authority that its certificate is by, in PEM.
    pub root_pem: String,
    running: Running,
}

impl ServedSchool {
    /// Serves `school` as the party at the transcryptors. The caller `nest` may do everything, also through
    /// the upstream door.
    ///
    /// # Errors
    ///
    /// Whatever making a certificate or listening says.
    pub fn start(school: School, party: &Party) -> Result<Self, Failure> {
        let token = random_token();
        let repetitions = school.vault().clone();
        let api = DataSourceApi::builder(school)
            .repetitions(repetitions)
            .domain(party.domain.as_str())
            .transcryption(party.paas.clone())
            .caller(Caller::new("nest", TokenHash::of(&token)))
            .activity::<Assessment>()
            .activity::<ReadingPractice>()
            .upstream_door()
            .build()?;
        let authority = PrivateAuthority::new()?;
        let server = api.bind("127.0.0.1:0", authority.loopback()?)?;
        let (url, root_pem) = (server.url(), authority.root_pem());
        Ok(Self { url, token, root_pem, running: Running::start(server) })
    }

    /// Stops it.
    ///
    /// # Errors
    ///
    /// As [`Running::stop`].
    pub async fn stop(self) -> Result<(), Failure> {
        self.running.stop().await
    }
}
