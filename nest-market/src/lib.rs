//! People decide: a market for data with consent, privacy levels, honest noise and payment.
