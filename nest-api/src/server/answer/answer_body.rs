//! The body of an answer. It is counted as under way until it is sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

use crate::server::connection::AtWork;
use crate::server::quota::memory::Charge;

/// How many bytes are handed on at a time. The others wait here, where they are counted.
const PIECE: usize = 32 * 1024;

/// A body that is handed on piece by piece.
pub(crate) struct AnswerBody {
    left: Bytes,
    _charge: Charge,
    _at_work: Option<AtWork>,
}

impl AnswerBody {
    /// `charge` counts its bytes, and its connection is at work, until the last piece is taken.
    pub(crate) fn new(body: Bytes, mut charge: Charge, at_work: Option<AtWork>) -> Self {
        charge.replace(body.len());
        Self { left: body, _charge: charge, _at_work: at_work }
    }
}

impl MessageBody for AnswerBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.left.len() as u64)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        let left = &mut self.get_mut().left;
        let piece = left.split_to(PIECE.min(left.len()));
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::server::quota::memory::Memory;

    #[tokio::test]
    async fn pieces_make_up_the_body_and_it_is_counted_until_it_is_gone() {
        let memory = Memory::new(1 << 20);
        let whole: Vec<u8> = (0..100_000_u32).map(|i| i.to_be_bytes()[3]).collect();
        let charge = memory.charge(&"a".into(), 10, false).await.unwrap();
        let mut body = AnswerBody::new(whole.clone().into(), charge, None);
        assert_eq!((body.size(), memory.used()), (BodySize::Sized(100_000), 100_000));
        let mut sent = Vec::new();
        let mut cx = Context::from_waker(std::task::Waker::noop());
        while let Poll::Ready(Some(piece)) = Pin::new(&mut body).poll_next(&mut cx) {
            let piece = piece.unwrap();
            assert!(piece.len() <= PIECE);
            sent.extend_from_slice(&piece);
        }
        assert!(sent == whole);
        drop(body);
        assert_eq!(memory.used(), 0);
    }
}
