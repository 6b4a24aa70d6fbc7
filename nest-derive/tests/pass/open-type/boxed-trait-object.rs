use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4, max_bits = 129)]
enum Content {
    Score {
        #[pep(range = 0..=100)]
        points: u8,
    },
    Remark {
        #[pep(max_bytes = 15)]
        text: String,
    },
    Nothing,
}

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 4, max_bits = 129)]
struct Note {
    content: Content,
}

fn main() {
    let contents =
        [Content::Score { points: 100 }, Content::Remark { text: "ill".to_owned() }, Content::Nothing];
    for content in contents {
        let note = Note { content };
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
    assert_eq!(Content::BLOCKS, 3);
}
