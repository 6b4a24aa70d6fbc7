//! The proposal of a manifest reads its own file, and leaves out what a person has to decide.

use nest_collab::data::{CsvData, DataError, propose};
use nest_core::schema::Manifest;

use super::{Folder, texts};

#[tokio::test]
async fn a_proposal_reads_the_file_that_it_is_made_of() {
    let folder = Folder::new();
    let mut file = "visits,dose,ward,postcode,name,empty,note\n".to_owned();
    for number in 0..60 {
        let (visits, dose) = (number * 6 + 3, f64::from(number) / 4.0 - 3.0);
        let ward = ["surgery", "children"][number as usize % 2];
        let note = if number % 3 == 0 { "" } else { "17" };
        file += &format!("{visits},{dose},{ward},0{number},person {number},,{note}\n");
    }
    let path = folder.file("a.csv", file);
    let proposal = propose(&path, b',', "Patients").unwrap();
    let manifest = Manifest::from_json(&proposal.json).unwrap();
    let schema = manifest.schema().unwrap();
    let fields: Vec<_> =
        schema.fields.iter().map(|field| format!("{}: {}", field.name, field.ty.describe())).collect();
    assert_eq!(
        fields,
        [
            "visits: whole number, 0 to 400",
            "dose: number with 2 decimals, -3.00 to 20.00",
            "ward: one of children, surgery",
            "note: whole number, 10 to 20, or absent",
        ]
    );
    assert_eq!(proposal.left_out, ["postcode", "name", "empty"]);
    assert!(schema.fields.iter().all(|field| field.uses.is_empty()), "a person decides what is summed");
    assert_eq!(texts(&CsvData::new(&path, schema)).await.unwrap().len(), 60);
}

#[test]
fn a_file_without_anything_to_declare_is_refused() {
    let folder = Folder::new();
    let path = folder.file("a.csv", "name;city\nAda;Ghent\nBo;Paris\n");
    assert!(matches!(propose(&path, b',', "People"), Err(DataError::Propose(_))));
}
