//! The report for the person who signs, made from the table of routes.

use std::time::{SystemTime, UNIX_EPOCH};

use nest_core::report::{Exchange, Report};
use nest_core::time::TimeUnit;

use crate::operation::Mode;
use crate::server::openapi::{Described, does};
use crate::{DataSource, DataSourceApi};

impl<S: DataSource, T> DataSourceApi<S, T> {
    /// The report on everything that this data source exchanges, for the person who signs. It lists every request,
    /// what is sealed around each record, every record with its fingerprints, and who can see what. It is made from
    /// the table that the routes are mounted from, so it leaves no route out.
    ///
    /// ```
    /// # use nest_api::prelude::*;
    /// # use nest_core::Transcryption;
    /// # fn example<S: DataSource, T: Transcryption + 'static>(api: DataSourceApi<S, T>) -> std::io::Result<()> {
    /// std::fs::write("report.html", api.report("Reading study").to_html())
    /// # }
    /// ```
    ///
    /// # Privacy
    ///
    /// It holds declarations, and no value, pseudonym, caller or token.
    pub fn report(&self, title: impl Into<String>) -> Report {
        let description = self.description.description();
        let domains: Vec<_> = description.domains.iter().map(|domain| domain.as_str()).collect();
        let mut report = Report::new(title)
            .fact("Domain in which the data source knows participants", domains.join(", "))
            .fact("Software", concat!("nest-api ", env!("CARGO_PKG_VERSION")))
            .fact("Most participants in a request", description.records.to_string())
            .fact("Date of this report (UTC)", today());
        for protocol in &*self.protocols {
            report = report.note(protocol.note);
        }
        let singles = description.routes.iter().filter(|described| described.route.mode() == Mode::Single);
        singles.fold(report, |report, Described { route, item, reply, .. }| {
            report.exchange(Exchange {
                path: route.path(),
                does: does(*route).to_owned(),
                request: item,
                answer: reply,
            })
        })
    }
}

fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    TimeUnit::Day.format(TimeUnit::Day.from_unix_seconds(seconds))
}
