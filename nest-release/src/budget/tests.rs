pub(super) fn boundary(_: &str) {}
