//! Offers: what a processor asks for, on which terms, and how far it is.
//!
//! The words that people read are made once, kept, and hashed. A decision names the hash, so nobody agrees to other words
//! than they have read. An offer is never changed: other terms are another offer.

mod error;
mod offers;
mod request;
mod state;
mod terms;

pub use error::OfferError;
pub use offers::{Offer, OfferId, Offers};
pub use request::{RequestText, TermsHash};
pub use state::{Aborted, Event, OfferState};
pub use terms::{Interval, Protection, Terms};

pub(crate) const TABLES: &str = "
CREATE TABLE market_offer (
    id {bytes} PRIMARY KEY,
    processor {bytes} NOT NULL,
    money {bytes} NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    query TEXT NOT NULL,
    terms TEXT NOT NULL,
    request TEXT NOT NULL,
    hash {bytes} NOT NULL,
    funded BIGINT NOT NULL,
    closes BIGINT NOT NULL,
    result TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX market_offer_of_processor ON market_offer (processor, at);
";
