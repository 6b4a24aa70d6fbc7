//! Organisations that compute together: sealed messages, runs, and sums that no party can look into.
