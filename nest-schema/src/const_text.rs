//! Text put together while compiling, so that a refusal can carry numbers and names.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

/// A text of at most `N` bytes, built by constants. What does not fit is cut off.
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    #[allow(clippy::new_without_default, reason = "it is built in constants only")]
    pub const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    pub const fn str(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut i = 0;
        if self.len + bytes.len() > N {
            return self;
        }
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    pub const fn number(self, number: usize) -> Self {
        let text = if number >= 10 { self.number(number / 10) } else { self };
        text.str(match number % 10 {
            0 => "0",
            1 => "1",
            2 => "2",
            3 => "3",
            4 => "4",
            5 => "5",
            6 => "6",
            7 => "7",
            8 => "8",
            _ => "9",
        })
    }

    pub const fn integer(self, number: i128) -> Self {
        let text = if number < 0 { self.str("-") } else { self };
        text.number(number.unsigned_abs() as usize)
    }

    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_holds_what_was_put_in_and_cuts_what_does_not_fit() {
        const TEXT: Text<16> = Text::new().str("needs ").number(1207).str(", no more");
        assert_eq!(TEXT.as_str(), "needs 1207");
        const NUMBERS: Text<16> = Text::new().integer(-40).str(" to ").integer(0);
        assert_eq!(NUMBERS.as_str(), "-40 to 0");
    }
}
