use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 8, max_bits = 920)]
struct Note {
    #[pep(max_bytes = 15)]
    remark: String,
    #[pep(max_bytes = 100)]
    advice: String,
}

fn main() {
    for (remark, advice) in [("", ""), ("zesde groep", "ja"), ("fifteen bytes!!", "é")] {
        let note = Note { remark: remark.to_owned(), advice: advice.to_owned() };
        let pep = note.to_pep().unwrap();
        assert_eq!(pep.structure(), Note::structure());
        assert_eq!(Note::from_pep(&pep).unwrap(), note);
    }
    let long = Note { remark: "sixteen bytes...".to_owned(), advice: String::new() };
    assert!(long.to_pep().unwrap_err().to_string().contains("remark"));
    assert_eq!(Note::BLOCKS, 1 + 7);
}
