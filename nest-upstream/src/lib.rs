#![doc = include_str!("docs/crate.md")]

mod handler;
mod libpep_json;
mod message;
mod question;
mod reply;

use nest_api::DataSourceApiBuilder;
use nest_core::Transcryption;
use nest_source::DataSource;

use handler::UpstreamHandler;
pub use libpep_json::LibpepJson;

/// Opens the upstream door of a data source. Call it after `transcryption`.
///
/// ```
/// use nest_api::prelude::*;
/// use nest_upstream::UpstreamDoor;
///
/// # fn example<S: Serves<A>, A: Activity>(source: S) -> Result<(), nest_api::StartError> {
/// let api = DataSourceApi::builder(source)
///     .domain("school")
///     .transcryption(nest_core::InProcess::new(2))
///     .caller(Caller::new("platform", TokenHash::of("a-random-token")))
///     .activity::<A>()
///     .upstream_door()
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub trait UpstreamDoor: Sized {
    /// Serves platforms that are built on the crate nest-data-source-api 0.7 as well, in its batch mode. It promises
    /// less: read [what it leaks](crate#what-it-leaks) first.
    #[must_use]
    fn upstream_door(self) -> Self;

    /// As [`upstream_door`](Self::upstream_door), where the settings have `upstream_door = true`.
    ///
    /// A program that does not call this refuses to start with such settings.
    #[must_use]
    fn upstream_door_by_settings(self) -> Self;
}

impl<S: DataSource, T: Transcryption + 'static> UpstreamDoor for DataSourceApiBuilder<S, T> {
    fn upstream_door(self) -> Self {
        self.__protocol::<UpstreamHandler>()
    }

    fn upstream_door_by_settings(self) -> Self {
        if self.__upstream_is_set() { self.upstream_door() } else { self }
    }
}
