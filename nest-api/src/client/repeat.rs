//! When a request is sent again: which failures may pass, how long to wait, and when to give up.

use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::{ClientError, Code};

/// How often in a row a request is sent when the connection fails.
const TRIES: u32 = 4;

/// The pause before the first repetition, where the answer does not say how long to wait. Each following pause is
/// twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// The longest of these pauses.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// One try that failed.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: ClientError,
    /// How long to wait, as the answer says.
    pub(super) retry_after: Option<Duration>,
    /// Whether the data source may have carried the request out, or may still do so.
    pub(super) perhaps_done: bool,
}

impl Failure {
    /// Nothing was sent.
    pub(super) fn before(error: ClientError) -> Self {
        Self { error, retry_after: None, perhaps_done: false }
    }

    /// It broke off after something had been sent.
    pub(super) fn after(error: ClientError) -> Self {
        Self { error, retry_after: None, perhaps_done: true }
    }

    /// The answer was a refusal.
    pub(super) fn refused(error: ClientError, headers: &HeaderMap) -> Self {
        let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let perhaps_done = match &error {
            // The answer of a proxy, which may have handed the request on.
            ClientError::Refused { code: None, status, .. } => *status >= 500,
            ClientError::Refused { code: Some(code), .. } => *code == Code::InProgress,
            _ => false,
        };
        Self { error, retry_after: seconds.map(Duration::from_secs), perhaps_done }
    }

    /// Whether the answer says that the same request may pass later.
    fn may_pass(&self) -> bool {
        let ClientError::Refused { status, code, .. } = &self.error else { return false };
        match code {
            Some(code) => matches!(
                code,
                Code::InProgress | Code::Overloaded | Code::TranscryptionUnavailable | Code::ShuttingDown
            ),
            None => matches!(status, 502..=504),
        }
    }
}

/// How one request has gone so far.
#[derive(Debug)]
pub(super) struct Repeats {
    until: Option<Instant>,
    /// How often in a row there was no answer.
    unanswered: u32,
    pause: Duration,
    perhaps_done: bool,
}

impl Repeats {
    /// Repeats for so long.
    pub(super) fn new(time: Duration) -> Self {
        let until = Instant::now().checked_add(time);
        Self { until, unanswered: 0, pause: PAUSE, perhaps_done: false }
    }

    /// How long to wait before the next try; `None` where it is useless, or there is no time left.
    pub(super) fn after(&mut self, failure: &Failure) -> Option<Duration> {
        self.perhaps_done |= failure.perhaps_done;
        if failure.may_pass() {
            self.unanswered = 0;
        } else if failure.error == ClientError::Unreachable && self.unanswered + 1 < TRIES {
            self.unanswered += 1;
        } else {
            return None;
        }
        let longest = self.pause;
        self.pause = self.pause.saturating_mul(2).min(LONGEST_PAUSE);
        // Requests that were refused at one moment come back at different moments.
        let wait = match failure.retry_after {
            Some(told) => told.saturating_add(longest.mul_f64(rand::random_range(0.0..0.5))),
            None => longest.mul_f64(rand::random_range(0.5..1.0)),
        };
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        left.is_none_or(|left| wait <= left).then_some(wait)
    }

    /// Whether any of the tries may have been carried out.
    pub(super) fn perhaps_done(&self) -> bool {
        self.perhaps_done
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn refused(status: u16, code: Option<Code>, retry_after: Option<&'static str>) -> Failure {
        let mut headers = HeaderMap::new();
        if let Some(text) = retry_after {
            headers.insert(RETRY_AFTER, text.parse().unwrap());
        }
        Failure::refused(ClientError::Refused { status, code, request_id: None }, &headers)
    }

    #[test]
    fn it_waits_as_it_is_told_until_its_time_is_over() {
        let told = |text| {
            Repeats::new(Duration::from_secs(60)).after(&refused(409, Some(Code::InProgress), Some(text)))
        };
        let wait = told("2").unwrap();
        assert!((2.0..2.2).contains(&wait.as_secs_f64()), "{wait:?}");
        assert_eq!(told("61"), None);
        // A date, or text that is not a number, is not waited for.
        for other in ["Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-1", ""] {
            assert!(told(other).unwrap() <= PAUSE, "{other}");
        }
    }

    #[test]
    fn what_may_pass_is_repeated_and_what_is_said_of_it() {
        for (status, code, again, perhaps) in [
            (503, Some(Code::Overloaded), true, false),
            (503, Some(Code::ShuttingDown), true, false),
            (503, Some(Code::TranscryptionUnavailable), true, false),
            (409, Some(Code::InProgress), true, true),
            (503, Some(Code::TimedOut), false, false),
            (503, Some(Code::AuditUnavailable), false, false),
            (500, Some(Code::Internal), false, false),
            (502, None, true, true),
            (503, None, true, true),
            (504, None, true, true),
            (500, None, false, true),
            (413, None, false, false),
            (404, None, false, false),
        ] {
            let mut repeats = Repeats::new(Duration::from_secs(60));
            let found = repeats.after(&refused(status, code, None));
            assert_eq!((found.is_some(), repeats.perhaps_done()), (again, perhaps), "{status} {code:?}");
        }
    }

    #[test]
    fn whoever_does_not_answer_is_asked_four_times() {
        let mut repeats = Repeats::new(Duration::from_secs(60));
        let tries =
            (0..9).take_while(|_| repeats.after(&Failure::before(ClientError::Unreachable)).is_some());
        assert_eq!(tries.count() + 1, TRIES as usize);
        assert!(!repeats.perhaps_done(), "nothing was ever sent");
        let mut repeats = Repeats::new(Duration::from_secs(60));
        repeats.after(&Failure::after(ClientError::Unreachable));
        repeats.after(&Failure::before(ClientError::Unreachable));
        assert!(repeats.perhaps_done(), "it is not forgotten");
    }
}
