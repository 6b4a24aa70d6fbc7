//! One question of a processor, from the offer to the result.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value as Json, json};

use crate::client::Failure;
use crate::people::{DAY, Person, mean};
use crate::running_market::RunningMarket;

/// A question, with the true value of each person whom it is about.
pub(crate) struct Asking<'a> {
    processor: &'a str,
    query: &'static str,
    truth: fn(&Person) -> Option<f64>,
}

/// What came of it.
pub(crate) enum Outcome {
    Released { value: f64, within: String },
    Aborted { reason: String },
}

impl Outcome {
    pub(crate) fn word(&self) -> &str {
        match self {
            Outcome::Released { .. } => "released",
            Outcome::Aborted { reason } => reason,
        }
    }
}

impl<'a> Asking<'a> {
    pub(crate) fn new(processor: &'a str, query: &'static str, truth: fn(&Person) -> Option<f64>) -> Self {
        Self { processor, query, truth }
    }

    /// Offers the question, lets everybody agree who is asked, pays for it, and waits for the end.
    pub(crate) async fn ask(&self, market: &RunningMarket, people: &[Person]) -> Result<Outcome, Failure> {
        let caller = &market.caller;
        let terms = json!({
            "title": "A question of the demonstration",
            "goal": "It shows how a question becomes an answer.",
            "interval": { "from": DAY * 1000, "to": (DAY + 86_400) * 1000, "granularity": 3_600_000 },
            "min_people": 30, "open_for_seconds": 3600, "price": 10_000, "payment": "dummy", "max_level": "high",
        });
        let offered = json!({ "query": self.query, "terms": terms });
        let offer = caller.call(Method::POST, "/queries", self.processor, Some(&offered)).await?;
        let id = offer.get("id").and_then(Json::as_str).unwrap_or_default().to_owned();
        caller.call(Method::POST, &format!("/queries/{id}/fund"), self.processor, None).await?;
        for person in people {
            let requests = caller.call(Method::GET, "/me/requests", &person.token, None).await?;
            let asked = requests.as_array().into_iter().flatten();
            let asked = asked.filter(|asked| asked.get("offer").and_then(Json::as_str) == Some(&id));
            for request in asked {
                let decision = json!({ "terms_hash": request.get("terms_hash"), "decision": "accept" });
                let path = format!("/me/requests/{id}/decision");
                caller.call(Method::PUT, &path, &person.token, Some(&decision)).await?;
            }
        }
        market.pass(Duration::from_secs(3601)).await?;
        let offer = caller.call(Method::GET, &format!("/queries/{id}"), self.processor, None).await?;
        if let Some(reason) = offer.get("reason").and_then(Json::as_str) {
            return Ok(Outcome::Aborted { reason: reason.to_owned() });
        }
        let result = caller.call(Method::GET, &format!("/queries/{id}/result"), self.processor, None).await?;
        let answer = result.pointer("/value/calls/0/points/0/values/0").unwrap_or(&Json::Null);
        let number = |path: &str| {
            answer.pointer(path).and_then(|number| number.as_f64().or_else(|| number.as_str()?.parse().ok()))
        };
        let value = number("/value/value").ok_or_else(|| Failure::new(format!("no number in {result}")))?;
        let within = number("/noise/within").map_or_else(String::new, |within| format!("±{within:.1}"));
        Ok(Outcome::Released { value, within })
    }

    /// A line of the table.
    pub(crate) fn line(&self, outcome: &Outcome, people: &[Person]) -> String {
        let truth: Vec<f64> = people.iter().filter_map(self.truth).collect();
        let truth = if truth.is_empty() { "-".to_owned() } else { format!("{:.1}", mean(&truth)) };
        let query = self.query.replace("PersonalInformation", "Person");
        match outcome {
            Outcome::Released { value, within } => {
                format!("{query:<66} {truth:>10} {value:>10.1} {within:>10}")
            }
            Outcome::Aborted { reason } => format!("{query:<66} {truth:>10} {reason:>21}"),
        }
    }
}
